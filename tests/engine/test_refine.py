"""EM over classes: it never falls, and comes down to what is known in the plain cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmenter.engine import refine as refine_module
from segmenter.engine.mixture import em_step
from segmenter.engine.pipeline import segment
from segmenter.engine.priors import Independent
from segmenter.engine.refine import LARGEST_NOISE, Seen, refine
from segmenter.engine.scribbles import sites_of
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.types import Noise, Samples


def climbed(seen, mixture, *, limit=30, **more):
    prior = Independent(seen.sites, mixture.class_count)
    steps = refine(seen, mixture, prior, limit=limit, tolerance=1e-9, **more)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value, prior


def seen_of(samples, form, scribbles=None, classes=2):
    nothing = np.zeros((1, samples.values.shape[1]), np.uint8)
    said = nothing if scribbles is None else np.atleast_2d(scribbles).astype(np.uint8)
    return Seen(samples, form, sites_of(samples, said, classes))


@pytest.mark.parametrize("covariance", list(Covariance))
def test_without_anything_else_it_is_plain_em(random_samples, random_mixture, form_of, covariance):
    samples, form = random_samples(2, 500, weighted=False), form_of(covariance, 2)
    mixture = random_mixture(3, 2, covariance)
    plain, values = mixture, []
    for _ in range(5):  # before the first leap
        plain, value = em_step(samples, plain, form)
        values.append(value)
    found, _ = climbed(seen_of(samples, form, classes=3), mixture, limit=4)
    np.testing.assert_allclose(found.objectives, values, rtol=2e-6)
    step, _ = climbed(seen_of(samples, form, classes=3), mixture, limit=1)
    expected, _ = em_step(samples, mixture, form)
    np.testing.assert_allclose(step.mixture.means, expected.means, atol=1e-5)
    np.testing.assert_allclose(step.mixture.covariances, expected.covariances, atol=1e-5)
    np.testing.assert_allclose(step.mixture.weights, expected.weights, atol=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 1000),
    classes=st.sampled_from([(0, 1), (0, 1, 1), (0, 1, 0, 1)]),
    said=st.floats(0, 0.9),
    noise=st.booleans(),
)
def test_the_objective_never_falls(random_samples, random_mixture, form_of, **drawn):
    seed, classes, said, noise = (drawn[name] for name in ("seed", "classes", "said", "noise"))
    random = np.random.default_rng(seed)
    samples = random_samples(2, 200, seed=seed, weighted=False)
    form = form_of(Covariance.FULL, 2)
    mixture = replace(random_mixture(len(classes), 2, seed=seed), classes=np.array(classes))
    if noise:
        mixture = replace(mixture, noise=Noise(0.1, 0.01))
    scribbles = random.integers(1, 3, 200) * (random.random(200) < said)
    prior = Independent(sites_of(samples, scribbles[None].astype(np.uint8), 2), 2 + noise)
    steps = refine(seen_of(samples, form, scribbles), mixture, prior, limit=20, tolerance=1e-12)
    values = [found.objectives[-1] for found in steps]
    # float32 moments: a fall of a last digit is rounding.
    assert np.diff(values).min(initial=0) >= -2e-6


def test_when_all_is_said_one_step_is_the_supervised_fit(random_samples, random_mixture, form_of):
    samples, form = random_samples(2, 300, weighted=False), form_of(Covariance.FULL, 2)
    said = 1 + (samples.values[0] > 0.3)
    found, prior = climbed(seen_of(samples, form, said), random_mixture(2, 2), limit=1)
    for number in (1, 2):
        own = samples.values[:, said == number].astype(float)
        np.testing.assert_allclose(found.mixture.means[number - 1], own.mean(axis=1), atol=1e-5)
        expected = np.cov(own, bias=True) + np.diag(form.noise)
        np.testing.assert_allclose(found.mixture.covariances[number - 1], expected, atol=1e-5)
        assert found.mixture.weights[number - 1] == pytest.approx((said == number).mean())
    labels = np.argmax(prior.memberships()[:, prior.index.ravel()], axis=0)
    np.testing.assert_array_equal(labels + 1, said)


def test_shares_come_from_pixels_of_which_nothing_is_said(form_of):
    random = np.random.default_rng(0)
    dark, bright = random.normal(-3, 0.3, 1000), random.normal(3, 0.3, 1000)
    values = np.concatenate([dark, bright]).astype(np.float32)[None]
    samples = Samples(values, np.ones(2000, np.float32))
    said = np.zeros(2000, np.uint8)
    said[1000:1900] = 2  # nine of ten bright pixels
    said[:5] = 1
    form = form_of(Covariance.FULL, 1)
    mixture, _ = em_step(samples, mixture_at([-2.5, 2.5]), form)
    found, _ = climbed(seen_of(samples, form, said), mixture)
    assert found.mixture.weights[1] == pytest.approx(100 / 1095, abs=1e-3)


def mixture_at(means):
    from segmenter.engine.types import Mixture

    count = len(means)
    return Mixture(
        np.full(count, 1 / count), np.array(means, float)[:, None], np.ones((count, 1, 1))
    )


def test_scribbles_that_contradict_each_other_give_a_result(form_of):
    samples = Samples(np.zeros((1, 4), np.float32), np.ones(4, np.float32))
    seen = seen_of(samples, form_of(Covariance.FULL, 1), np.array([1, 2, 1, 2]))
    found, prior = climbed(seen, mixture_at([-1.0, 1.0]))
    assert np.isfinite(found.objectives).all()
    np.testing.assert_allclose(found.mixture.means, 0, atol=1e-6)
    labels = np.argmax(prior.memberships()[:, prior.index.ravel()], axis=0)
    np.testing.assert_array_equal(labels, [0, 1, 0, 1])


def test_outliers_go_to_the_noise_class_and_leave_the_means_alone():
    random = np.random.default_rng(0)
    true = np.array([60.0, 130.0])
    kinds = random.integers(0, 2, (120, 120))
    pixels = random.normal(true[kinds], 4)
    outlying = random.random(kinds.shape) < 0.1
    pixels[outlying] = random.uniform(0, 1000, outlying.sum())
    pixels = pixels.astype(np.float32)
    three_errors = 3 * 4 / np.sqrt(kinds.size / 2)
    plain = segment(pixels, Settings(components=2))
    noisy = segment(pixels, Settings(components=2, noise_class=True))
    assert np.abs(plain.mixture.means[:, 0] - true).max() > three_errors
    assert np.abs(noisy.mixture.means[:, 0] - true).max() < three_errors
    assert noisy.class_count == 3
    assert noisy.mixture.noise.share == pytest.approx(0.1, abs=0.02)
    assert (noisy.labels[pixels > 200] == 3).all()


def test_clean_data_leave_the_noise_class_nearly_empty():
    random = np.random.default_rng(1)
    pixels = random.normal(np.array([60.0, 130.0])[random.integers(0, 2, (100, 100))], 4)
    noisy = segment(pixels.astype(np.float32), Settings(components=2, noise_class=True))
    assert noisy.mixture.noise.share < 0.01


def test_the_noise_class_never_takes_more_than_its_limit(form_of):
    random = np.random.default_rng(0)
    samples = Samples(random.uniform(-1, 1, (1, 500)).astype(np.float32), np.ones(500, np.float32))
    mixture = replace(mixture_at([-0.5, 0.5]), noise=Noise(0.29, 100.0))
    seen = seen_of(samples, form_of(Covariance.FULL, 1))
    found, _ = climbed(seen, mixture)
    assert found.mixture.noise.share == pytest.approx(LARGEST_NOISE)


def test_a_component_that_loses_all_its_pixels_does_no_harm(form_of):
    random = np.random.default_rng(0)
    samples = Samples(random.normal(size=(1, 300)).astype(np.float32), np.ones(300, np.float32))
    found, _ = climbed(seen_of(samples, form_of(Covariance.FULL, 1)), mixture_at([0.0, 1e4]))
    assert np.isfinite(found.mixture.means).all()
    assert found.mixture.weights[1] < 1e-30


def test_a_few_samples_show_many_the_way_to_the_same_end(
    random_samples, random_mixture, form_of, monkeypatch
):
    apart = random_samples(2, 6000, weighted=False).values + np.repeat([0, 4], 3000)
    samples = Samples(apart.astype(np.float32), np.ones(6000, np.float32))
    form, said = form_of(Covariance.FULL, 2), np.zeros(6000)
    said[:20], said[-20:] = 1, 2
    seen, mixture = seen_of(samples, form, said), random_mixture(2, 2)
    expected, _ = climbed(seen, mixture, limit=300)
    monkeypatch.setattr(refine_module, "WORTH_THINNING", 1000)
    monkeypatch.setattr(refine_module, "MOST", 500)
    found, _ = climbed(seen, mixture, limit=300)
    assert len(found.objectives) < len(expected.objectives)
    assert found.objectives[-1] == pytest.approx(expected.objectives[-1], abs=1e-6)
    np.testing.assert_allclose(found.mixture.means, expected.mixture.means, atol=5e-3)
