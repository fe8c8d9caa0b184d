"""EM on what is known of every sample: against its slow twin, and what it maximises."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import reference
import reference_missing as twin
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine.conditional import added, completed, marginal
from segmenter.engine.emission import class_moments, emission_of
from segmenter.engine.iterate import iterate
from segmenter.engine.maximise import Form, Moments, m_step, moments_of_labels
from segmenter.engine.mixture import e_step, em_step, em_steps, posterior_of
from segmenter.engine.patterns import by_pattern
from segmenter.engine.settings import Covariance
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Mixture, Noise, Pattern, Samples

EVERY = pytest.mark.parametrize("covariance", list(Covariance))
PATTERNS = [np.array(each) for each in product([True, False], repeat=3) if any(each)]
BY_PATTERN = pytest.mark.parametrize(
    "observed", PATTERNS, ids=lambda each: "".join("-x"[int(one)] for one in each)
)


def holed(samples, share, *, seed=0, spared=()):
    """Take a share of the values away, but never all of a sample, nor any of those spared."""
    missing = np.random.default_rng([seed, 7]).random(samples.values.shape) < share
    missing[0] &= ~missing.all(axis=0)
    missing[list(spared)] = False
    values = np.where(missing, np.float32(0), samples.values)
    index = np.arange(len(samples.weights), dtype=np.int32)[None]
    return by_pattern(values, missing, samples.weights, index)


def drawn(mixture, count, *, seed=0):
    """(D, count) float32 values of a mixture, and the component of each."""
    random = np.random.default_rng(seed)
    kinds = random.choice(len(mixture), count, p=mixture.weights)
    roots = np.linalg.cholesky(mixture.covariances)[kinds]
    noise = random.normal(size=(count, mixture.means.shape[1]))
    values = mixture.means[kinds] + np.einsum("nab,nb->na", roots, noise)
    return np.ascontiguousarray(values.T, np.float32), kinds


@EVERY
@BY_PATTERN
@pytest.mark.parametrize("weight", [[1, 1, 1], [1, 0.5, 3]], ids=["plain", "powers"])
def test_moments_are_completed_as_by_the_twin(
    random_samples, random_mixture, form_of, covariance, observed, weight
):
    samples, mixture = random_samples(3, 40), random_mixture(2, 3, covariance)
    form = form_of(covariance, 3, noise=0.02, weight=weight)
    part = Samples(np.ascontiguousarray(samples.values[observed]), samples.weights)
    seen, seen_form = marginal(mixture, observed, form)
    found = completed(e_step(part, seen, seen_form)[1], mixture, observed, form)
    joint = reference.log_joint(
        part.values, seen, seen_form.noise, seen_form.weight, is_diagonal=form.is_diagonal
    )
    parts = reference.responsibilities(joint)[0] * samples.weights
    counts, first, second = twin.completed(
        samples.values.astype(float), parts, mixture, observed, form
    )
    off = found.centres - mixture.means  # the kernels' centres are rounded
    np.testing.assert_allclose(found.counts, counts, rtol=1e-5)
    np.testing.assert_allclose(found.first + counts[:, None] * off, first, atol=1e-4)
    np.testing.assert_allclose(found.second, second, atol=2e-4)


@settings(max_examples=40)
@given(
    values=some.arrays(
        np.float64, st.tuples(st.just(4), st.integers(1, 6)), elements=st.integers(-4, 4).map(float)
    ),
    observed=some.arrays(np.bool_, 4).filter(np.any),
    weight=some.arrays(np.float64, 4, elements=st.sampled_from([1.0, 0.5, 4.0])),
    seed=st.integers(0, 99),
)
def test_any_moments_are_completed_as_by_the_twin(values, observed, weight, seed):
    random = np.random.default_rng(seed)
    roots = random.normal(size=(2, 4, 4))
    full = roots @ roots.transpose(0, 2, 1) + 0.1 * np.eye(4)
    mixture = Mixture(np.full(2, 0.5), random.normal(size=(2, 4)), full)
    form = Form(Covariance.FULL, random.random(4) * 0.01, weight)
    parts = random.random((2, values.shape[1]))
    centres = mixture.means[:, observed] + random.normal(0, 0.1, (2, int(observed.sum())))
    sums = reference.moments(values[observed], np.ones(values.shape[1]), centres, parts)
    found = completed(Moments(centres, *sums), mixture, observed, form)
    counts, first, second = twin.completed(values, parts, mixture, observed, form)
    off = mixture.means - found.centres
    np.testing.assert_allclose(found.counts, counts)
    scale = 1 + np.abs(first).max() + np.abs(second).max()
    np.testing.assert_allclose(found.first, first + counts[:, None] * off, atol=1e-9 * scale)
    crossed = first[:, :, None] * off[:, None, :]
    about = second + crossed + crossed.transpose(0, 2, 1)
    about += counts[:, None, None] * off[:, :, None] * off[:, None, :]
    np.testing.assert_allclose(found.second, about, atol=1e-8 * scale)


@BY_PATTERN
def test_the_marginal_density_is_the_integral_of_the_whole(random_mixture, form_of, observed):
    mixture, form = random_mixture(2, 3), form_of("full", 3, noise=0.0, weight=[1, 0.7, 2.5])
    unseen = np.flatnonzero(~observed)
    line = np.linspace(-9, 9, 121)
    points = np.zeros((3, len(line) ** len(unseen)))
    points[observed] = np.array([0.3, -0.4, 0.8])[observed][:, None]
    for row, axis in zip(unseen, np.meshgrid(*[line] * len(unseen), indexing="ij"), strict=True):
        points[row] = axis.ravel()
    whole = reference.log_joint(points, mixture, form.noise, form.weight)
    expected = np.exp(whole).sum(axis=1) * (line[1] - line[0]) ** len(unseen)
    seen, seen_form = marginal(mixture, observed, form)
    found = reference.log_joint(points[observed][:, :1], seen, seen_form.noise, seen_form.weight)
    np.testing.assert_allclose(np.exp(found[:, 0]), expected, rtol=1e-6)


def test_the_marginal_keeps_names_classes_and_the_sides_of_the_noise_class(random_mixture, form_of):
    mixture = replace(
        random_mixture(3, 3), features=("a", "b", "c"), classes=np.array([0, 1, 0]),
        noise=Noise(0.1, 1 / 4**3),
    )  # fmt: skip
    seen, form = marginal(mixture, np.array([True, False, True]), form_of("full", 3))
    assert seen.features == ("a", "c")
    assert seen.classes.tolist() == [0, 1, 0]
    assert seen.noise.share == 0.1
    assert seen.noise.density == pytest.approx(1 / 4**2)
    assert form.noise.shape == form.weight.shape == (2,)


@EVERY
def test_samples_that_have_everything_give_what_they_give_without_patterns(
    random_samples, random_mixture, form_of, covariance
):
    plain, mixture = random_samples(5, 900), random_mixture(3, 5, covariance)
    form = form_of(covariance, 5)
    whole = np.ones(5, np.bool_)
    split = replace(plain, patterns=(Pattern(whole, 0, 400), Pattern(whole, 400, 900)))
    (one, value), (other, expected) = em_step(split, mixture, form), em_step(plain, mixture, form)
    assert value == pytest.approx(expected, rel=1e-7)
    np.testing.assert_allclose(one.weights, other.weights, rtol=1e-6)
    np.testing.assert_allclose(one.means, other.means, atol=1e-6)
    np.testing.assert_allclose(one.covariances, other.covariances, atol=1e-6)
    np.testing.assert_allclose(
        posterior_of(split, mixture, form).responsibilities,
        posterior_of(plain, mixture, form).responsibilities, atol=1e-6,
    )  # fmt: skip


@EVERY
@pytest.mark.parametrize("weight", [[1, 1, 1], [1, 1, 0.5]], ids=["plain", "powers"])
def test_the_likelihood_of_what_is_known_never_falls(random_samples, form_of, covariance, weight):
    spared = [a for a, power in enumerate(weight) if power != 1]
    samples = holed(random_samples(3, 400), 0.4, spared=spared)
    form = form_of(covariance, 3, noise=0.05, weight=weight)
    labels = np.arange(len(samples.weights)) % 3
    mixture = m_step(moments_of_labels(samples, labels), form, samples.total)
    history = []
    for _ in range(40):
        mixture, value = em_step(samples, mixture, form)
        history.append(value)
    assert np.diff(history).min() > -2e-7
    assert history[-1] > history[0] + 0.01


@settings(deadline=None, max_examples=40)
@given(
    values=some.arrays(
        np.float32, st.tuples(st.integers(2, 4), st.integers(2, 20)),
        elements=st.integers(-5, 5).map(float),
    ),
    covariance=st.sampled_from(Covariance),
    share=st.sampled_from([0.1, 0.5, 0.9]),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_whatever_is_missing_the_likelihood_never_falls(values, covariance, share, seed):
    features, count = values.shape
    samples = holed(Samples(values, np.ones(count, np.float32)), share, seed=seed)
    form = Form(covariance, np.full(features, 0.05), np.ones(features))
    labels = np.random.default_rng(seed).integers(0, 2, count)
    labels[:2] = 0, 1
    mixture = m_step(moments_of_labels(samples, labels), form, samples.total)
    history = []
    for _ in range(12):
        mixture, value = em_step(samples, mixture, form)
        history.append(value)
    assert np.diff(history).min() > -1e-5


@pytest.mark.parametrize("share", [0.2, 0.5])
@pytest.mark.parametrize("components", [2, 3])
def test_what_is_missing_by_chance_leaves_the_parameters_to_be_found(form_of, share, components):
    corners = np.array([[0, 0, 0], [4, 1, 0], [0, 4, 4.0]])[:components]
    full = np.array([
        [[1, 0.6, 0], [0.6, 1, 0.3], [0, 0.3, 1]], np.diag([1, 0.5, 2]),
        [[0.5, 0, 0.3], [0, 1, 0], [0.3, 0, 1]],
    ])[:components]  # fmt: skip
    truth = Mixture(
        np.array([0.5, 0.3, 0.2])[:components] / (0.8, 1)[components - 2], corners, full
    )
    count = 12_000
    values, _ = drawn(truth, count)
    samples = holed(Samples(values, np.ones(count, np.float32)), share)
    fit = list(iterate(samples, truth, form_of("full", 3, noise=1e-9), limit=400, tolerance=1e-8))[
        -1
    ]
    known = count * (1 - share) * truth.weights
    deviations = np.sqrt(np.diagonal(full, axis1=1, axis2=2))
    # What is lost by the overlap of the components comes on top: a half is ample here.
    means = 1.5 * deviations / np.sqrt(known)[:, None]
    assert (np.abs(fit.mixture.means - truth.means) < 3 * means).all()
    variances = 1.5 * deviations**2 * np.sqrt(2 / known)[:, None]
    found = np.diagonal(fit.mixture.covariances, axis1=1, axis2=2)
    assert (np.abs(found - deviations**2) < 3 * variances).all()
    pairs = count * (1 - share) ** 2 * truth.weights
    crossed = (
        1.5 * deviations[:, :, None] * deviations[:, None, :] * np.sqrt(2 / pairs)[:, None, None]
    )
    assert (np.abs(fit.mixture.covariances - full) < 3 * crossed).all()
    spread = np.sqrt(truth.weights * (1 - truth.weights) / (count * (1 - share)))
    assert (np.abs(fit.mixture.weights - truth.weights) < 3 * 1.5 * spread).all()


@pytest.mark.parametrize("covariance", ["diag", "spherical"])
def test_features_that_know_nothing_of_each_other_are_fitted_one_by_one(
    random_samples, form_of, covariance
):
    whole = random_samples(3, 500)
    samples, form = holed(whole, 0.4), form_of(covariance, 3, noise=1e-9)
    mixture = Mixture(np.ones(1), np.full((1, 3), 0.5), 2 * np.eye(3)[None])
    for _ in range(60):
        mixture, _ = em_step(samples, mixture, form)
    known = np.zeros(samples.values.shape)
    for observed, first, last in samples.patterns:
        known[observed, first:last] = samples.weights[first:last]
    sums = known.sum(axis=1)
    means = (known * samples.values).sum(axis=1) / sums
    squares = (known * (samples.values - means[:, None]) ** 2).sum(axis=1)
    variances = squares / sums if covariance == "diag" else np.full(3, squares.sum() / sums.sum())
    np.testing.assert_allclose(mixture.means[0], means, atol=1e-5)
    np.testing.assert_allclose(np.diag(mixture.covariances[0]), variances, rtol=1e-5)


def test_a_class_of_which_one_feature_is_known_is_found_by_it(form_of):
    truth = Mixture(
        np.array([0.4, 0.6]), np.array([[0.0, 0], [6, 6]]), np.tile(np.eye(2), (2, 1, 1))
    )
    values, kinds = drawn(truth, 3000)
    missing = np.zeros(values.shape, np.bool_)
    missing[1] = kinds == 1
    index = np.arange(3000, dtype=np.int32)[None]
    samples = by_pattern(
        np.where(missing, np.float32(0), values), missing, np.ones(3000, np.float32), index
    )
    form = form_of("full", 2)
    start = Mixture(truth.weights, np.array([[1.0, 1], [4, 3]]), truth.covariances)
    fit = list(iterate(samples, start, form, limit=100, tolerance=1e-6))[-1]
    labels = posterior_of(samples, fit.mixture, form).labels[samples.index[0]]
    assert np.mean(labels == kinds) > 0.99
    np.testing.assert_allclose(fit.mixture.means[:, 0], [0, 6], atol=0.1)
    assert np.isfinite(fit.mixture.covariances).all()
    assert np.linalg.eigvalsh(fit.mixture.covariances).min() > 0


def test_many_mixtures_step_as_one_does(random_samples, random_mixture, form_of):
    samples, form = holed(random_samples(3, 500), 0.3), form_of("full", 3)
    mixtures = [random_mixture(k, 3, seed=k) for k in (2, 3, 2)]
    together = em_steps(samples, mixtures, form)
    for mixture, (found, value) in zip(mixtures, together, strict=True):
        expected, alone = em_step(samples, mixture, form)
        assert value == pytest.approx(alone, rel=1e-12)
        np.testing.assert_allclose(found.covariances, expected.covariances, rtol=1e-9)


def test_any_number_of_threads_gives_the_same_bits(random_samples, random_mixture, form_of):
    samples, mixture = holed(random_samples(3, 30_000), 0.3), random_mixture(3, 3)
    found = []
    for threads in (1, 2, 3):
        set_thread_count(threads)
        step, value = em_step(samples, mixture, form_of("full", 3))
        found.append((value, step.means.tobytes(), step.covariances.tobytes()))
    set_thread_count(0)
    assert len(set(found)) == 1


@EVERY
@pytest.mark.parametrize("weight", [[1, 1, 1, 1], [1, 1, 0.5, 3]], ids=["plain", "powers"])
def test_classes_of_one_component_each_are_what_the_plain_step_sees(
    random_samples, random_mixture, form_of, covariance, weight
):
    samples, mixture = holed(random_samples(4, 700), 0.3), random_mixture(3, 4, covariance)
    form = form_of(covariance, 4, weight=weight)
    found = posterior_of(samples, mixture, form)
    emission = emission_of(samples, mixture, form)
    joint = emission.table.T * np.log(2) + np.log(mixture.weights)[:, None]
    parts, densities = reference.responsibilities(joint)
    np.testing.assert_allclose(parts, found.responsibilities, atol=1e-5)
    np.testing.assert_allclose(
        densities + emission.largest * np.log(2), found.log_densities, atol=1e-4
    )
    occupancy = (found.responsibilities * samples.weights).astype(np.float32)
    moments = class_moments(samples, mixture, form, occupancy)
    expected = e_step(samples, mixture, form)[1]
    for one, other in zip(moments, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-2)


def test_moments_about_the_same_centres_add_up(random_samples, random_mixture, form_of):
    mixture, form = random_mixture(2, 2), form_of("full", 2)
    whole = random_samples(2, 300)
    parts = [
        Samples(np.ascontiguousarray(whole.values[:, own]), whole.weights[own])
        for own in (slice(0, 100), slice(100, 300))
    ]
    together = added(*(e_step(part, mixture, form)[1] for part in parts))
    for one, other in zip(together, e_step(whole, mixture, form)[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)
