"""One E+M step: against its slow twin, against scikit-learn, and what it maximises."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine.maximise import Form, m_step, moments_of_labels
from segmenter.engine.mixture import em_step, em_steps, posterior
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples, SegmenterError

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


def mixture_of(parameters):
    return Mixture(*parameters)


@EVERY
@pytest.mark.parametrize("features", [1, 2, 3, 5, 8])
def test_a_step_equals_its_twin(random_samples, random_mixture, form_of, covariance, features):
    samples = random_samples(features, 400)
    mixture = random_mixture(3, features, covariance)
    form = form_of(covariance, features)
    found, log_likelihood = em_step(samples, mixture, form)
    expected, expected_log_likelihood = reference.em_step(samples, mixture, form)
    assert log_likelihood == pytest.approx(expected_log_likelihood, rel=1e-6)
    parts = (found.weights, found.means, found.covariances)
    for name, a, b in zip(("weights", "means", "covariances"), parts, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5, err_msg=name)


@EVERY
def test_a_step_with_powers_equals_its_twin(random_samples, random_mixture, form_of, covariance):
    samples, mixture = random_samples(3, 300), random_mixture(3, 3, covariance)
    form = form_of(covariance, 3, weight=[1, 0.5, 2], noise=0.05)
    found, log_likelihood = em_step(samples, mixture, form)
    expected, expected_log_likelihood = reference.em_step(samples, mixture, form)
    assert log_likelihood == pytest.approx(expected_log_likelihood, rel=1e-6)
    np.testing.assert_allclose(found.means, expected[1], atol=1e-5)
    np.testing.assert_allclose(found.covariances, expected[2], atol=1e-5)


@EVERY
@pytest.mark.parametrize("weight", [[1, 1, 1], [0.5, 1, 2]], ids=["plain", "powers"])
@pytest.mark.parametrize("noise", [1e-3, 0.3])
def test_the_step_of_the_formulas_never_lowers_their_likelihood(
    random_samples, random_mixture, form_of, covariance, weight, noise
):
    samples, mixture = random_samples(3, 60), random_mixture(3, 3, covariance)
    form = form_of(covariance, 3, weight=weight, noise=noise)
    history = []
    for _ in range(25):
        parameters, log_likelihood = reference.em_step(samples, mixture, form)
        history.append(log_likelihood)
        mixture = mixture_of(parameters)
    assert np.diff(history).min() > -1e-9


@EVERY
def test_without_the_trace_term_the_same_step_can_lower_the_likelihood_of_the_start(
    random_samples, form_of, covariance
):
    # The start fits better than any covariance that the noise permits.
    samples = random_samples(2, 200, weighted=False)
    start = m_step(
        moments_of_labels(samples, np.zeros(200, int)), form_of(covariance, 2, noise=0), 200
    )
    falls = {}
    for in_density in (False, True):
        form = form_of(covariance, 2, noise=0.5, noise_in_density=in_density)
        after, first = em_step(samples, start, form)
        falls[in_density] = em_step(samples, after, form)[1] < first
    assert falls == {False: True, True: False}


@settings(deadline=None, max_examples=60)
@given(
    values=some.arrays(
        np.float32,
        st.tuples(st.integers(1, 4), st.integers(1, 30)),
        elements=st.integers(-5, 5).map(float),
    ),
    covariance=st.sampled_from(Covariance),
    components=st.integers(1, 4),
    power=st.sampled_from([0.5, 1.0, 3.0]),
    data=st.data(),
)
def test_log_likelihood_never_falls(values, covariance, components, power, data):
    features, count = values.shape
    weights = data.draw(some.arrays(np.float32, count, elements=st.integers(1, 9).map(float)))
    labels = data.draw(some.arrays(np.uint8, count, elements=st.integers(0, components - 1)))
    samples = Samples(values, weights)
    form = Form(covariance, np.full(features, 0.01), np.linspace(1, power, features))
    mixture = m_step(moments_of_labels(samples, labels), form, samples.total)
    before = -np.inf
    for _ in range(12):
        following, log_likelihood = em_step(samples, mixture, form)
        # float32 samples: a log-likelihood is right to about 1e-6
        assert log_likelihood > before - 3e-6 * max(1, abs(before))
        dropped = len(following) < len(mixture)
        before, mixture = (-np.inf if dropped else log_likelihood), following


@EVERY
def test_log_likelihood_is_that_of_scikit_learn_from_equal_starts(random_samples, covariance):
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    random = np.random.default_rng(3)
    centres = np.array([[0, 0, 0], [2, 1, 0], [-1, 2, 2]])
    values = (centres[random.integers(0, 3, 3000)] + random.normal(size=(3000, 3))).T
    samples = Samples(np.ascontiguousarray(values, np.float32), np.ones(3000, np.float32))
    form = Form(covariance, np.full(3, 1e-4), np.ones(3), noise_in_density=False)
    shared = np.eye(3) * 1.5
    mixture = Mixture(np.full(3, 1 / 3), centres + 0.3, np.array([shared] * 3))
    precision = {"full": np.array([shared] * 3), "tied": shared, "diag": np.full((3, 3), 1.5),
                 "spherical": np.full(3, 1.5)}  # fmt: skip
    invert = np.linalg.inv if covariance in {"full", "tied"} else np.reciprocal
    for steps in (1, 5, 20):
        twin = GaussianMixture(
            3, covariance_type=covariance.value, tol=0, reg_covar=1e-4, max_iter=steps,
            weights_init=mixture.weights, means_init=centres + 0.3,
            precisions_init=invert(precision[covariance]),
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            twin.fit(samples.values.T.astype(float))
        ours = mixture
        for _ in range(steps):
            ours, _ = em_step(samples, ours, form)
        _, log_likelihood = em_step(samples, ours, form)
        assert log_likelihood == pytest.approx(twin.score(samples.values.T), abs=1e-5)
        np.testing.assert_allclose(ours.means, twin.means_, atol=1e-4)


@EVERY
def test_a_known_mixture_is_recovered_within_three_standard_errors(covariance):
    random = np.random.default_rng(11)
    count, centres = 40_000, np.array([[-3.0, 0.0], [3.0, 1.0]])
    kinds = random.random(count) < 0.3
    values = centres[kinds.astype(int)] + random.normal(size=(count, 2))
    samples = Samples(np.ascontiguousarray(values.T, np.float32), np.ones(count, np.float32))
    form = Form(covariance, np.full(2, 1e-9), np.ones(2))
    mixture = Mixture(np.full(2, 0.5), centres * 0.5, np.array([np.eye(2) * 2] * 2))
    for _ in range(100):
        mixture, _ = em_step(samples, mixture, form)
    parts = np.array([0.7, 0.3]) * count
    assert abs(mixture.weights[1] - 0.3) < 3 * np.sqrt(0.21 / count)
    assert (np.abs(mixture.means - centres) < 3 / np.sqrt(parts)[:, None]).all()
    spread = 3 * np.sqrt(2 / parts)[:, None, None]
    assert (np.abs(mixture.covariances - np.eye(2)) < spread).all()


@EVERY
def test_weights_count_as_repeated_samples(random_samples, random_mixture, form_of, covariance):
    samples, form = random_samples(3, 700), form_of(covariance, 3)
    times = samples.weights.astype(int)
    repeated = Samples(
        np.ascontiguousarray(np.repeat(samples.values, times, axis=1)),
        np.ones(times.sum(), np.float32),
    )
    mixture = random_mixture(4, 3, covariance)
    a, log_likelihood = em_step(samples, mixture, form)
    b, same = em_step(repeated, mixture, form)
    assert log_likelihood == pytest.approx(same, rel=1e-6)
    np.testing.assert_allclose(a.means, b.means, atol=1e-5)
    np.testing.assert_allclose(a.covariances, b.covariances, atol=1e-5)


def test_scaling_all_weights_changes_nothing(random_samples, random_mixture, form_of):
    samples, mixture, form = random_samples(3, 500), random_mixture(3, 3), form_of("full", 3)
    heavy = replace(samples, weights=samples.weights * np.float32(1024))
    a, b = em_step(samples, mixture, form), em_step(heavy, mixture, form)
    assert a[1] == pytest.approx(b[1], rel=1e-12)
    np.testing.assert_allclose(a[0].covariances, b[0].covariances, rtol=1e-12)


def test_the_order_of_components_does_not_matter(random_samples, random_mixture, form_of):
    samples, mixture, form = random_samples(3, 500), random_mixture(4, 3), form_of("full", 3)
    order = np.array([2, 0, 3, 1])
    shuffled = Mixture(mixture.weights[order], mixture.means[order], mixture.covariances[order])
    a, b = em_step(samples, mixture, form), em_step(samples, shuffled, form)
    assert a[1] == pytest.approx(b[1], rel=1e-6)
    np.testing.assert_allclose(a[0].means[order], b[0].means, atol=1e-5)


def test_moments_are_about_the_means_that_the_kernel_saw(form_of):
    # float32 rounds this mean by more than the new one may be wrong.
    values = (1000 + np.arange(-64, 65) / 1024).astype(np.float32)[None]
    samples = Samples(values, np.ones(129, np.float32))
    mixture = Mixture(np.ones(1), np.array([[1000.00001]]), np.array([[[1e-3]]]))
    after, _ = em_step(samples, mixture, form_of("full", 1, noise=1e-9))
    assert after.means[0, 0] == pytest.approx(1000, abs=1e-7)


def test_an_empty_component_is_dropped(random_samples, form_of):
    far = Mixture(
        np.array([0.5, 0.5]), np.array([[0.0, 0.0], [1e3, 1e3]]), np.array([np.eye(2)] * 2)
    )
    after, _ = em_step(random_samples(2, 300), far, form_of("full", 2))
    assert len(after) == 1
    assert after.weights.tolist() == [1.0]


@EVERY
def test_equal_samples_get_the_variance_of_rounding(form_of, covariance):
    samples = Samples(np.full((3, 50), 0.7, np.float32), np.ones(50, np.float32))
    form = form_of(covariance, 3, noise=0.02)
    mixture = m_step(moments_of_labels(samples, np.zeros(50, int)), form, 50)
    np.testing.assert_allclose(mixture.covariances[0], 0.02 * np.eye(3), rtol=1e-6, atol=1e-12)


def test_a_collapse_without_noise_is_said_in_one_sentence(form_of):
    samples = Samples(np.full((2, 50), 0.7, np.float32), np.ones(50, np.float32))
    with pytest.raises(SegmenterError, match=r"collapsed .* Use fewer components"):
        m_step(moments_of_labels(samples, np.zeros(50, int)), form_of("full", 2, noise=0), 50)


@EVERY
def test_steps_side_by_side_are_the_steps_one_by_one(
    random_samples, random_mixture, form_of, covariance
):
    samples, form = random_samples(2, 5000), form_of(covariance, 2)
    mixtures = [random_mixture(k, 2, covariance, seed=k) for k in (3, 5, 3, 1)]
    far = Mixture(np.array([0.5, 0.5]), np.array([[0.0, 0], [1e4, 0]]), np.array([np.eye(2)] * 2))
    mixtures += [far, random_mixture(2, 2, covariance)]
    together = em_steps(samples, mixtures, form)
    assert [len(following) for following, _ in together] == [3, 5, 3, 1, 1, 2]
    for mixture, (following, value) in zip(mixtures, together, strict=True):
        alone, same = em_step(samples, mixture, form)
        assert value == pytest.approx(same, rel=1e-14)
        np.testing.assert_allclose(following.means, alone.means, rtol=1e-12)
        np.testing.assert_allclose(following.covariances, alone.covariances, rtol=1e-12)


@EVERY
def test_posterior_and_labels_agree(random_samples, random_mixture, form_of, covariance):
    values = random_samples(4, 5000).values
    mixture, form = random_mixture(32, 4, covariance), form_of(covariance, 4)
    found = posterior(values, mixture, form)
    np.testing.assert_allclose(found.responsibilities.sum(axis=0), 1, atol=1e-5)
    best = np.take_along_axis(found.responsibilities, found.labels[None].astype(int), 0)[0]
    assert (best >= found.responsibilities.max(axis=0) - 1e-6).all()


def test_densities_integrate_to_one(form_of):
    grid = np.linspace(-9, 9, 20_001, dtype=np.float32)[None]
    mixture = Mixture(np.array([0.3, 0.7]), np.array([[-1.0], [1.5]]), np.array([[[0.5]], [[1.2]]]))
    form = form_of("full", 1, noise=0.1, noise_in_density=False)
    densities = np.exp(posterior(grid, mixture, form).log_densities)
    assert densities.sum() * 18 / 20_000 == pytest.approx(1, abs=1e-5)
