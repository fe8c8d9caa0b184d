"""The E-step kernels give what their slow twins give, whatever the shape."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.mixture import kernel_parameters
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples

BORDERS = [1, 2, 511, 512, 513]
LONG = [4095, 4096, 4097, 8193]
FULL, DIAG = Covariance.FULL, Covariance.DIAG


def sums_of(samples, mixture, form):
    """(log-likelihood, counts, first moments, lower triangles) straight from the kernel."""
    components, features = mixture.means.shape
    per_component = kernels.moment_count(features, is_diagonal=form.is_diagonal)
    chunks = kernels.chunk_count(samples.values.shape[1])
    sums = np.full((chunks, 1 + components * per_component), np.nan)
    parameters, _ = kernel_parameters(mixture, form)
    kernels.em_sums(
        0, chunks, samples.values, samples.weights, *parameters, form.is_diagonal, sums
    )  # fmt: skip
    summed = sums.sum(axis=0)
    table = summed[1:].reshape(components, -1)
    return summed[0], table[:, 0], table[:, 1 : 1 + features], table[:, 1 + features :]


def expected_sums(samples, mixture, form):
    joint = reference.log_joint(
        samples.values, mixture, form.noise, form.weight, is_diagonal=form.is_diagonal
    )
    r, log_densities = reference.responsibilities(joint)
    centres = mixture.means.astype(np.float32).astype(float)
    counts, first, second = reference.moments(samples.values, samples.weights, centres, r)
    features = len(samples.values)
    diagonal_only = kernels.sums_diagonal_only(features, is_diagonal=form.is_diagonal)
    places = np.diag_indices(features) if diagonal_only else np.tril_indices(features)
    return samples.weights @ log_densities, counts, first, second[:, *places]


def posterior_of(values, mixture, form):
    samples = values.shape[1]
    out = np.full((len(mixture), samples), np.nan, np.float32)
    labels, densities = np.full(samples, 255, np.uint8), np.full(samples, np.nan)
    parameters, _ = kernel_parameters(mixture, form)
    chunks = kernels.chunk_count(samples)
    kernels.posterior(0, chunks, values, *parameters, form.is_diagonal, out, labels, densities)
    return out, labels, densities


def assert_same_sums(samples, mixture, form):
    found, expected = sums_of(samples, mixture, form), expected_sums(samples, mixture, form)
    total = samples.total
    for name, a, b in zip(("ll", "counts", "first", "second"), found, expected, strict=True):
        np.testing.assert_allclose(a / total, b / total, rtol=3e-6, atol=3e-6, err_msg=name)


@pytest.mark.parametrize("covariance", [FULL, DIAG])
@pytest.mark.parametrize("features", range(1, 9))
def test_sums_equal_their_twin_for_any_number_of_features(
    random_samples, random_mixture, form_of, features, covariance
):
    assert_same_sums(
        random_samples(features, 150),
        random_mixture(3, features, covariance),
        form_of(covariance, features, weight=np.linspace(0.4, 1.6, features)),
    )


@pytest.mark.parametrize("count", BORDERS)
@pytest.mark.parametrize("features", [2, 3])
def test_sums_equal_their_twin_at_the_borders_of_blocks(
    random_samples, random_mixture, form_of, features, count
):
    assert_same_sums(
        random_samples(features, count), random_mixture(2, features), form_of(FULL, features)
    )


@pytest.mark.parametrize("count", LONG)
def test_sums_equal_their_twin_at_the_borders_of_chunks(
    random_samples, random_mixture, form_of, count
):
    assert_same_sums(random_samples(1, count), random_mixture(2, 1, DIAG), form_of(DIAG, 1))


@pytest.mark.parametrize("components", [1, 2, 5, 32])
def test_sums_equal_their_twin_for_any_number_of_components(
    random_samples, random_mixture, form_of, components
):
    assert_same_sums(random_samples(3, 100), random_mixture(components, 3), form_of(FULL, 3))


def test_sums_of_equal_samples_have_no_spread(form_of):
    samples = Samples(np.full((3, 700), 0.25, np.float32), np.full(700, 3, np.float32))
    mixture = Mixture(np.ones(1), np.full((1, 3), 0.25), np.eye(3)[None])
    log_likelihood, counts, first, second = sums_of(samples, mixture, form_of(FULL, 3, noise=0))
    assert counts[0] == 2100
    assert not first.any()
    assert not second.any()
    assert log_likelihood == pytest.approx(2100 * -1.5 * np.log(2 * np.pi), rel=1e-7)


def test_a_chunk_is_the_same_whoever_computes_it(random_samples, random_mixture, form_of):
    samples, mixture, form = random_samples(3, 9000), random_mixture(4, 3), form_of(FULL, 3)
    parameters, _ = kernel_parameters(mixture, form)
    together, apart = np.empty((3, 41)), np.empty((3, 41))
    kernels.em_sums(0, 3, samples.values, samples.weights, *parameters, False, together)
    for chunk in (2, 0, 1):
        kernels.em_sums(
            chunk, chunk + 1, samples.values, samples.weights, *parameters, False, apart
        )  # fmt: skip
    assert together.tobytes() == apart.tobytes()


@pytest.mark.parametrize("covariance", [FULL, DIAG])
@pytest.mark.parametrize(
    "size", [(1, 1, 1), (1, 32, 60), (2, 4, 513), (3, 4, 513), (8, 3, 200), (1, 2, 4097)]
)
def test_posterior_equals_its_twin(random_samples, random_mixture, form_of, size, covariance):
    features, components, count = size
    samples = random_samples(features, count)
    mixture = random_mixture(components, features, covariance)
    form = form_of(covariance, features)
    found, labels, densities = posterior_of(samples.values, mixture, form)
    joint = reference.log_joint(
        samples.values, mixture, form.noise, form.weight, is_diagonal=form.is_diagonal
    )
    r, expected_densities = reference.responsibilities(joint)
    np.testing.assert_allclose(found, r, atol=1e-5)
    np.testing.assert_allclose(densities, expected_densities, rtol=1e-5, atol=1e-5)
    # Where two components are as probable as one another, rounding may choose.
    best = np.take_along_axis(r, labels[None].astype(int), axis=0)[0]
    assert (r.max(axis=0) - best < 1e-5).all()


@pytest.mark.parametrize("count", [1, 511, 512, 513, 4095, 4096, 4097, 8193])
def test_labels_alone_are_the_labels_of_the_posterior(
    random_samples, random_mixture, form_of, count
):
    samples, mixture, form = random_samples(3, count), random_mixture(5, 3), form_of(FULL, 3)
    labels = np.full(count, 255, np.uint8)
    kernels.most_probable(
        0, kernels.chunk_count(count), samples.values, *kernel_parameters(mixture, form)[0],
        False, labels,
    )  # fmt: skip
    np.testing.assert_array_equal(labels, posterior_of(samples.values, mixture, form)[1])


def test_the_first_of_equal_components_gives_the_label(random_samples, form_of):
    twice = Mixture(np.array([0.5, 0.5]), np.zeros((2, 2)), np.array([np.eye(2)] * 2))
    found, labels, _ = posterior_of(random_samples(2, 20).values, twice, form_of(FULL, 2))
    assert not labels.any()
    np.testing.assert_array_equal(found, 0.5)


@pytest.mark.parametrize("distance", [1e2, 1e4, 1e8])
def test_a_sample_far_from_every_component_still_has_one(form_of, distance):
    values = np.array([[distance, -distance]], np.float32)
    mixture = Mixture(np.array([0.5, 0.5]), np.array([[-1.0], [1.0]]), np.full((2, 1, 1), 1e-2))
    found, labels, densities = posterior_of(values, mixture, form_of(FULL, 1))
    np.testing.assert_allclose(found.sum(axis=0), 1, atol=1e-6)
    assert np.isfinite(densities).all()
    if distance < 1e4:
        assert labels.tolist() == [1, 0]


def test_a_component_of_weight_nothing_gets_nothing(random_samples, form_of):
    mixture = Mixture(np.array([1.0, 0.0]), np.zeros((2, 1)), np.ones((2, 1, 1)))
    found, labels, densities = posterior_of(random_samples(1, 50).values, mixture, form_of(FULL, 1))
    assert not labels.any()
    assert found[1].max() < 1e-30
    assert np.isfinite(densities).all()


@pytest.mark.parametrize(
    ("samples", "chunks"), [(0, 0), (1, 1), (4095, 1), (4096, 1), (4097, 2), (8193, 3)]
)
def test_chunks_cover_all_samples(samples, chunks):
    assert kernels.chunk_count(samples) == chunks
