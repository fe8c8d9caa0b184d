"""The M-step gives the most likely mixture for the moments that it is given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import reference

from segmenter.engine.maximise import EMPTY, Moments, in_shape, m_step, m_steps, moments_of_labels
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Samples

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


def test_moments_of_labels_are_those_of_hard_responsibilities(random_samples):
    samples = random_samples(3, 200)
    labels = np.random.default_rng(0).integers(0, 4, 200)
    found = moments_of_labels(samples, labels)
    hard = np.eye(4)[labels].T
    counts, first, second = reference.moments(samples.values, samples.weights, found.centres, hard)
    np.testing.assert_allclose(found.counts, counts)
    np.testing.assert_allclose(first, 0, atol=1e-4)
    np.testing.assert_allclose(found.second, second, rtol=1e-6, atol=1e-6)


@EVERY
def test_nothing_near_is_more_likely(random_samples, form_of, covariance):
    """The expected log-likelihood of hard assignments falls wherever one goes from the M-step."""
    samples, form = random_samples(2, 300), form_of(covariance, 2, noise=0.01)
    labels = np.arange(300) % 2
    mixture = m_step(moments_of_labels(samples, labels), form, samples.total)

    def expected(changed):
        joint = reference.log_joint(
            samples.values, changed, form.noise, form.weight, is_diagonal=form.is_diagonal
        )
        return samples.weights @ np.take_along_axis(joint, labels[None], 0)[0]

    best = expected(mixture)
    for factor in (0.97, 1.03):
        assert expected(replace(mixture, covariances=mixture.covariances * factor)) < best
        assert expected(replace(mixture, means=mixture.means + (factor - 1))) < best
        shares = mixture.weights * [factor, 1]
        assert expected(replace(mixture, weights=shares / shares.sum())) < best


@EVERY
def test_several_mixtures_are_maximised_as_each_alone(random_samples, form_of, covariance):
    form, samples = form_of(covariance, 2), [random_samples(2, 90, seed=n) for n in range(3)]
    moments = [moments_of_labels(those, np.arange(90) % 3) for those in samples]
    moments[1].counts[2] = EMPTY  # one of the second's is dropped
    together = m_steps(Moments(*map(np.stack, zip(*moments, strict=True))), form, 270)
    assert [len(mixture) for mixture in together] == [3, 2, 3]
    for found, alone in zip(together, (m_step(one, form, 270) for one in moments), strict=True):
        np.testing.assert_array_equal(found.means, alone.means)
        np.testing.assert_allclose(found.covariances, alone.covariances, rtol=1e-13)


@pytest.mark.parametrize("has_frozen", [False, True])
def test_classes_stay_and_what_is_frozen_whoever_empties(
    random_samples, random_mixture, form_of, has_frozen
):
    """A class of which nothing is left goes, so that there is no gap."""
    moments = moments_of_labels(random_samples(2, 90), np.arange(90) % 4)
    frozen = np.array([False, False, True, True]) if has_frozen else None
    before = replace(random_mixture(4, 2), classes=np.array([2, 0, 1, 2]), frozen=frozen)
    assert m_step(moments, form_of("full", 2), 270, before).classes.tolist() == [2, 0, 1, 2]
    moments.counts[2] = EMPTY
    found = m_step(moments, form_of("full", 2), 270, before)
    assert found.classes.tolist() == [1, 0, 1]
    assert (found.frozen is not None) is has_frozen
    if has_frozen:
        assert found.frozen.tolist() == [False, False, True]
        np.testing.assert_array_equal(found.means[2], before.means[3])


@EVERY
def test_a_mixture_in_shape_stays_as_it_is(random_mixture, form_of, covariance):
    mixture = random_mixture(3, 2, covariance)
    shaped = in_shape(mixture, form_of(covariance, 2))
    np.testing.assert_allclose(shaped.covariances, mixture.covariances, rtol=1e-12)


def test_a_cross_term_that_rounding_made_too_large_is_lifted(form_of):
    line = np.linspace(-1, 1, 50, dtype=np.float32)
    samples = Samples(np.stack([line, line]), np.ones(50, np.float32))
    form = form_of("full", 2, noise=1e-9)
    moments = moments_of_labels(samples, np.zeros(50, int))
    off_line = moments.second.copy()
    off_line[0, 0, 1] = off_line[0, 1, 0] = off_line[0, 0, 0] * (1 + 1e-7)
    found = m_step(moments._replace(second=off_line), form, 50)
    assert np.linalg.eigvalsh(found.covariances).min() > 0.5e-9
