"""Starts and trials: where they begin without noise, and which of them is kept."""

import numpy as np
import pytest

from segmenter.engine.estimator import trials
from segmenter.engine.mixture import e_step
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples

POINTS = ["k-means++", "random_from_data"]


def trial_with(spread, bound, *, weights=(0.5, 0.5)):
    """A trial of two components, one of variance 1 and one of `spread`."""
    covariances = np.array([np.eye(2), np.diag([1.0, spread])])
    return trials.Trial(Mixture(np.array(weights), np.zeros((2, 2)), covariances), (bound,))


@pytest.mark.parametrize(
    ("other", "is_better"),
    [
        (trial_with(1e-6, 5.0), False),
        (trial_with(1.5e-6, 5.0), False),
        (trial_with(1e-3, 5.0), True),
        (trial_with(1e-3, -5.0), False),
        (trial_with(1e-6, 5.0, weights=(1, 0)), True),
    ],
    ids=["noise alone", "hardly more", "more likely", "less likely", "empty"],
)
def test_a_collapsed_component_outweighs_any_likelihood(form_of, other, is_better):
    form = form_of("full", 2, noise=1e-6)
    sound = trial_with(0.1, 0.0)
    assert (trials.merit(other, form) > trials.merit(sound, form)) is is_better


@pytest.mark.parametrize("kind", POINTS)
@pytest.mark.parametrize("covariance", list(Covariance))
def test_a_start_without_noise_has_the_extent_of_what_is_near(form_of, kind, covariance):
    random = np.random.default_rng(0)
    values = np.repeat([[0.0, 10], [0, 0]], 200, axis=1) + random.normal(size=(2, 400))
    samples = Samples(values.astype(np.float32), np.ones(400, np.float32))
    form = form_of(covariance, 2, noise=0.0, noise_in_density=False)
    found = trials.start(samples, form, kind, components=2, random=np.random.RandomState(1))
    drawn = {tuple(mean) for mean in samples.values.T.astype(float)}
    assert {tuple(mean) for mean in found.means} <= drawn
    np.testing.assert_allclose(found.weights, 0.5)
    assert np.linalg.eigvalsh(found.covariances).min() > 0.3
    assert np.isfinite(e_step(samples, found, form)[0])


def test_more_points_than_distinct_samples_begin_empty(form_of):
    samples = Samples(np.array([[0, 1]], np.float32), np.ones(2, np.float32))
    form = form_of("full", 1, noise=1e-3, noise_in_density=False)
    for kind in POINTS:
        found = trials.start(samples, form, kind, components=4, random=np.random.RandomState(0))
        assert sorted(found.weights) == [0, 0, 0.5, 0.5]


def test_k_means_of_many_samples_settles_on_those_that_stand_for_all(form_of, monkeypatch):
    looked_at = []
    lloyd = trials.lloyd

    def watching(samples, centres, iterations):
        looked_at.append(samples.values.shape[1])
        return lloyd(samples, centres, iterations)

    monkeypatch.setattr(trials, "lloyd", watching)
    random = np.random.default_rng(0)
    values = np.repeat([[0.0, 6, 12]], 40_000, axis=1) + random.normal(size=(1, 120_000))
    samples = Samples(values.astype(np.float32), np.ones(120_000, np.float32))
    form = form_of("full", 1, noise=1e-6, noise_in_density=False)
    found = trials.start(samples, form, "kmeans", components=3, random=np.random.RandomState(0))
    assert looked_at.count(120_000) == 1
    np.testing.assert_allclose(sorted(found.means[:, 0]), [0, 6, 12], atol=0.05)
