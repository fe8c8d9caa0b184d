"""What must not matter does not: weights or copies, merging, threads, offsets, float32."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from segmenter.engine import samples as merging
from segmenter.engine.estimator import GaussianMixture
from segmenter.engine.iterate import iterate
from segmenter.engine.maximise import m_step, moments_of_labels
from segmenter.engine.mixture import e_step, em_step, posterior
from segmenter.engine.pipeline import finish, image_of, segment, steps
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Mixture, Samples

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


def groups(features, count, *, apart=2):
    """(features, count) values of three groups, overlapping unless far apart."""
    random = np.random.default_rng(features)
    centres = random.normal(size=(3, features)) * apart
    return (centres[random.integers(0, 3, count)] + random.normal(size=(count, features))).T


def samples_of(values, weights=None):
    weights = np.ones(values.shape[1]) if weights is None else weights
    return Samples(np.ascontiguousarray(values, np.float32), np.asarray(weights, np.float32))


def begun(samples, form, *, components=3):
    """A mixture of hard random labels."""
    labels = np.random.default_rng(0).integers(0, components, samples.values.shape[1])
    return m_step(moments_of_labels(samples, labels), form, samples.total)


def last(steps):
    *_, end = steps
    return end


# ---- Weights or copies --------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize("features", [1, 3, 5])
def test_a_weight_is_as_many_copies(form_of, covariance, features):
    values, times = groups(features, 5000), np.random.default_rng(1).integers(1, 20, 5000)
    weighted, copied = samples_of(values, times), samples_of(np.repeat(values, times, axis=1))
    form = form_of(covariance, features)
    mixture = begun(weighted, form)
    for _ in range(3):
        (after, one), (same, other) = (em_step(s, mixture, form) for s in (weighted, copied))
        # Likelihoods of samples are weighed in float64, the moments of a block in float32.
        assert one == pytest.approx(other, rel=1e-10)
        np.testing.assert_allclose(after.weights, same.weights, rtol=1e-6)
        np.testing.assert_allclose(after.means, same.means, atol=1e-6)
        np.testing.assert_allclose(after.covariances, same.covariances, atol=3e-6)
        mixture = after


@EVERY
def test_a_whole_run_on_weights_ends_where_one_on_copies_does(form_of, covariance):
    values, times = groups(2, 5000), np.random.default_rng(1).integers(1, 20, 5000)
    weighted, copied = samples_of(values, times), samples_of(np.repeat(values, times, axis=1))
    form = form_of(covariance, 2)
    start = begun(weighted, form)
    one, other = (
        last(iterate(samples, start, form, limit=500, tolerance=1e-7))
        for samples in (weighted, copied)
    )
    # Where hardly anything is left to gain, rounding decides which step is the last.
    assert one.log_likelihoods[-1] == pytest.approx(other.log_likelihoods[-1], rel=1e-6)


# ---- Merged pixels ------------------------------------------------------------------------------


def picture(channels, *, dtype=np.uint8, step=1):
    """(60, 120, channels) three kinds of pixel with noise, in whole steps."""
    kinds = np.tile(np.repeat(np.arange(3), 40), (60, 1))
    levels = np.array([[60, 90, 40], [120, 100, 160], [200, 190, 90]])[kinds][..., :channels]
    noise = np.random.default_rng(0).normal(0, 9, levels.shape)
    return np.rint(levels + noise).astype(dtype) * dtype(step)


PICTURES = {
    "8-bit grey": picture(1),
    "16-bit grey": picture(1, dtype=np.uint16, step=200),
    "8-bit colour": picture(3) // np.uint8(4) * np.uint8(4),
    "16-bit colour": picture(3, dtype=np.uint16, step=10) // np.uint16(60) * np.uint16(60),
    "fractions": picture(1, dtype=np.float64, step=1 / 7),
}


@pytest.mark.parametrize("name", PICTURES)
@EVERY
def test_merged_pixels_are_all_pixels(monkeypatch, name, covariance):
    image, chosen = image_of(PICTURES[name]), Settings(components=3, covariance=covariance)
    start = segment(image, chosen.model_copy(update={"max_iterations": 1})).mixture
    merged = finish(steps(image, chosen, start=start))
    monkeypatch.setattr(merging, "merge_equal_pixels", lambda image: None)
    single = finish(steps(image, chosen, start=start))
    assert merged.index is not None
    assert single.index is None
    np.testing.assert_array_equal(merged.labels, single.labels)
    assert merged.log_likelihoods[-1] == pytest.approx(single.log_likelihoods[-1], rel=1e-6)
    np.testing.assert_allclose(merged.mixture.means, single.mixture.means, rtol=1e-4)


# ---- Threads ------------------------------------------------------------------------------------


@pytest.fixture
def _threads_as_before():
    yield
    set_thread_count(0)


def bits(*arrays):
    return [np.asarray(array).tobytes() for array in arrays]


def found_by(threads, task):
    set_thread_count(threads)
    return task()


def sums_of(covariance, form_of):
    samples, form = samples_of(groups(3, 30_001)), form_of(covariance, 3)
    mixture = begun(samples, form)
    log_likelihood, moments = e_step(samples, mixture, form)
    return bits(log_likelihood, *moments, *posterior(samples.values, mixture, form))


def classes_of(pixels):
    result = segment(pixels, Settings(components=3, max_iterations=20))
    mixture = result.mixture
    return bits(
        result.labels, result.responsibilities, mixture.weights, mixture.means,
        mixture.covariances, result.log_likelihoods,
    )  # fmt: skip


def fitted_to(data, covariance):
    model = GaussianMixture(3, covariance_type=covariance.value, random_state=0).fit(data)
    return bits(model.weights_, model.means_, model.covariances_, model.lower_bounds_)


@EVERY
@pytest.mark.usefixtures("_threads_as_before")
def test_any_number_of_threads_gives_the_same_bits(form_of, covariance):
    data = groups(2, 30_001).T
    one, *others = (
        found_by(threads, lambda: sums_of(covariance, form_of) + fitted_to(data, covariance))
        for threads in (1, 2, 3, 4, 5)
    )
    assert all(other == one for other in others)


@pytest.mark.parametrize(
    "pixels", [picture(3), groups(1, 30_000).reshape(150, 200)], ids=["merged", "all different"]
)
@pytest.mark.usefixtures("_threads_as_before")
def test_any_number_of_threads_gives_the_same_classes(pixels):
    one, *others = (found_by(threads, lambda: classes_of(pixels)) for threads in (1, 2, 3, 4, 5))
    assert all(other == one for other in others)


# ---- Offsets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [(), ("grey",)], ids=["channels", "grey"])
@pytest.mark.parametrize("smoothing", [0, 1.5], ids=["sharp", "smoothed"])
def test_a_hundred_million_more_everywhere_changes_no_class(features, smoothing):
    plain = picture(3, dtype=np.float64, step=1 / 7)
    chosen = Settings(components=3, features=features or ("channels",), smoothing=smoothing)
    low, high = (segment(plain + offset, chosen) for offset in (0, 1e8))
    assert (low.labels == high.labels).mean() > 0.999
    np.testing.assert_allclose(high.mixture.means - 1e8, low.mixture.means, atol=1e-3)
    np.testing.assert_allclose(high.mixture.covariances, low.mixture.covariances, atol=1e-3)
    assert high.log_likelihoods[-1] == pytest.approx(low.log_likelihoods[-1], abs=1e-5)


@EVERY
def test_a_hundred_million_more_everywhere_changes_no_fit(covariance):
    data = groups(3, 4000, apart=4).T
    low, high = (
        GaussianMixture(3, covariance_type=covariance.value, random_state=0).fit(data + offset)
        for offset in (0, 1e8)
    )
    assert (low.predict(data) == high.predict(data + 1e8)).mean() > 0.999
    assert high.score(data + 1e8) == pytest.approx(low.score(data), abs=1e-6)
    np.testing.assert_allclose(high.means_ - 1e8, low.means_, atol=1e-3)
    np.testing.assert_allclose(high.covariances_, low.covariances_, atol=1e-3)


# ---- float32 ------------------------------------------------------------------------------------


@EVERY
@pytest.mark.parametrize("features", [1, 3, 4])
def test_a_whole_run_in_float32_follows_its_twin_in_float64(form_of, covariance, features):
    times = np.random.default_rng(1).integers(1, 5, 200)
    samples, form = samples_of(groups(features, 200), times), form_of(covariance, features)
    ours = twins = begun(samples, form)
    for _ in range(25):
        ours, found = em_step(samples, ours, form)
        parameters, expected = reference.em_step(samples, twins, form)
        twins = Mixture(*parameters)
        assert found == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(ours.means, twins.means, atol=1e-3)


@EVERY
def test_where_a_run_ends_its_twin_measures_the_same_likelihood(form_of, covariance):
    samples, form = samples_of(groups(2, 400)), form_of(covariance, 2)
    fit = last(iterate(samples, begun(samples, form), form, limit=500, tolerance=1e-7))
    after, expected = reference.em_step(samples, fit.mixture, form)
    assert fit.log_likelihoods[-1] == pytest.approx(expected, rel=1e-7)
    # And nothing that EM in float64 could still find.
    _, further = reference.em_step(samples, Mixture(*after), form)
    assert further == pytest.approx(expected, abs=1e-6)
