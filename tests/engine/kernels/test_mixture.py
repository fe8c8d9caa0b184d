"""The E-step kernels give what their slow twins give, whatever the shape."""

from __future__ import annotations

import numba
import numpy as np
import pytest
import reference

from segmenter.engine.kernels import few, many
from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.mixture import kernel_parameters
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples

BORDERS = [1, 2, 1023, 1024, 1025]
LONG = [4095, 4096, 4097, 8193]
FULL, DIAG = Covariance.FULL, Covariance.DIAG


def compiled(features):
    return few if features <= kernels.FEW else many


def stacked(mixture, form):
    """The parameters of one mixture, as the first of some."""
    return [part[None] for part in kernel_parameters(mixture, form)[0]]


def sums_of(samples, mixture, form):
    """(log-likelihood, counts, first moments, lower triangles) straight from the kernel."""
    components, features = mixture.means.shape
    per_component = kernels.moment_count(features, is_diagonal=form.is_diagonal)
    chunks = kernels.chunk_count(samples.values.shape[1])
    sums = np.full((1, chunks, 1 + components * per_component), np.nan)
    compiled(features).em_sums(
        0, chunks, samples.values, samples.weights, samples.boxes, *stacked(mixture, form),
        form.is_diagonal, sums,
    )  # fmt: skip
    summed = sums[0].sum(axis=0)
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
    compiled(len(values)).posterior(
        0, chunks, values, *parameters, form.is_diagonal, out, labels, densities
    )
    return out, labels, densities


def assert_same_sums(samples, mixture, form):
    found, expected = sums_of(samples, mixture, form), expected_sums(samples, mixture, form)
    total = samples.total
    for name, a, b in zip(("ll", "counts", "first", "second"), found, expected, strict=True):
        np.testing.assert_allclose(a / total, b / total, rtol=3e-6, atol=3e-6, err_msg=name)


@pytest.mark.parametrize("covariance", [FULL, DIAG])
@pytest.mark.parametrize("features", range(1, 14))
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
    samples, form = random_samples(3, 9000), form_of(FULL, 3)
    two = [stacked(random_mixture(4, 3, seed=seed), form) for seed in (0, 1)]
    parameters = [np.concatenate(parts) for parts in zip(*two, strict=True)]
    given = (samples.values, samples.weights, samples.boxes)
    together, apart = np.empty((2, 3, 41)), np.empty((2, 3, 41))
    few.em_sums(0, 6, *given, *parameters, False, together)
    for number in (2, 0, 5, 1, 4, 3):
        few.em_sums(number, number + 1, *given, *parameters, False, apart)
    assert together.tobytes() == apart.tobytes()
    for mixture, expected in zip(two, together, strict=True):
        alone = np.empty((1, 3, 41))
        few.em_sums(0, 3, *given, *mixture, False, alone)
        assert alone[0].tobytes() == expected.tobytes()


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


# ---- Components that are left out of a block ----------------------------------------------------


@pytest.fixture(scope="module")
def mattering():
    """Which components matter in a box, straight from the kernel's function."""

    @numba.njit
    def compiled(low, high, centres, factors, constants):
        active = np.empty(len(centres), np.int64)
        found = kernels._matter(
            low, high, centres, factors, constants, np.empty(len(centres)), active
        )
        return active[:found]

    return compiled


def in_a_box(features, width, random):
    """(features, 400) samples of a box: its corners among them, the others inside."""
    places = random.uniform(-1, 1, (features, 400))
    corners = np.stack(np.meshgrid(*[[-1, 1]] * features)).reshape(features, -1)
    places[:, : corners.shape[1]] = corners
    return (random.normal(size=(features, 1)) * 3 + width * places).astype(np.float32)


@pytest.mark.parametrize("width", [0.01, 0.3, 3])
@pytest.mark.parametrize("features", [1, 2, 3, 5])
def test_who_is_left_out_of_a_box_has_no_part_in_any_sample(
    mattering, random_mixture, form_of, features, width
):
    left_out = 0
    for seed in range(20):
        values = in_a_box(features, width, np.random.default_rng(seed))
        mixture = random_mixture(12, features, seed=seed)
        parameters, _ = kernel_parameters(mixture, form_of(FULL, features))
        active = mattering(values.min(axis=1), values.max(axis=1), *parameters)
        found, _, _ = posterior_of(values, mixture, form_of(FULL, features))
        gone = np.setdiff1d(np.arange(12), active)
        left_out += len(gone)
        assert found[gone].max(initial=0) < 2.0**-24.9
    assert width > 1 or left_out > 20


@pytest.mark.parametrize("features", [1, 3, 5])
def test_sums_of_ordered_samples_equal_their_twin(
    mattering, random_samples, random_mixture, form_of, features
):
    loose = random_samples(features, 9000)
    order = np.argsort(loose.values[0])
    samples = Samples(np.ascontiguousarray(loose.values[:, order]), loose.weights[order])
    narrow = random_mixture(16, features)
    mixture = Mixture(narrow.weights, narrow.means, narrow.covariances / 400)
    parameters, _ = kernel_parameters(mixture, form_of(FULL, features))
    active = mattering(samples.boxes[0, 0], samples.boxes[1, 0], *parameters)
    assert features > 1 or len(active) < 16
    assert_same_sums(samples, mixture, form_of(FULL, features))


def test_a_component_that_matters_nowhere_has_sums_of_nothing(random_samples, form_of):
    mixture = Mixture(np.array([0.5, 0.5]), np.array([[0.0], [1e4]]), np.ones((2, 1, 1)))
    _, counts, first, second = sums_of(random_samples(1, 3000), mixture, form_of(FULL, 1))
    assert counts[0] > 0
    assert not any(sums[1].any() for sums in (counts, first, second))
