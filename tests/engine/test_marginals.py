"""A mixture along one feature and in the plane of two."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, norm

from segmenter.engine.marginals import Plane, densities
from segmenter.engine.types import Mixture, Noise

NAMES = ("a", "b", "c")


@pytest.fixture
def mixture():
    random = np.random.default_rng(3)
    roots = random.normal(size=(4, 3, 3)) * [[1.0], [5.0], [0.2]]
    covariances = roots @ roots.transpose(0, 2, 1) + 1e-3 * np.eye(3)
    weights = np.array([0.1, 0.2, 0.3, 0.4])
    return Mixture(weights, random.normal(size=(4, 3)), covariances, NAMES)


@pytest.fixture
def plane():
    return Plane("c", "b", np.array([0.5, 4.0]))


def test_densities_are_weighted_normal_ones(mixture):
    values = np.linspace(-3, 3, 7)
    found = densities(mixture, "b", values, span=6)
    for k in range(4):
        sd = np.sqrt(mixture.covariances[k, 1, 1])
        expected = mixture.weights[k] * norm.pdf(values, mixture.means[k, 1], sd)
        np.testing.assert_allclose(found[k], expected)


def test_the_noise_class_is_spread_evenly_and_takes_its_share(mixture):
    values = np.linspace(-100, 100, 20_001)
    noisy = replace(mixture, noise=Noise(0.25, 1.0))
    found = densities(noisy, "a", values, span=200)
    shares = found.sum(axis=1) * 0.01
    np.testing.assert_allclose(shares, [*0.75 * mixture.weights, 0.25], rtol=1e-3)


def test_axes_make_up_the_covariance_and_are_at_right_angles(mixture, plane):
    axes = plane.axes(mixture)
    made = np.einsum("kia,kib->kab", axes, axes)
    np.testing.assert_allclose(made, plane.covariances(mixture))
    scaled = axes / plane.units
    np.testing.assert_allclose((scaled[:, 0] * scaled[:, 1]).sum(axis=1), 0, atol=1e-9)
    lengths = np.hypot(*scaled.transpose(2, 0, 1))
    assert (lengths[:, 0] >= lengths[:, 1]).all()


@pytest.mark.parametrize("sigmas", [1, 2])
def test_ellipses_are_at_their_distance_from_the_mean(mixture, plane, sigmas):
    for points, mean, covariance in zip(
        plane.ellipses(mixture, sigmas), plane.means(mixture), plane.covariances(mixture),
        strict=True,
    ):  # fmt: skip
        step = points - mean
        distances = np.einsum("na,ab,nb->n", step, np.linalg.inv(covariance), step)
        np.testing.assert_allclose(distances, sigmas**2)
        np.testing.assert_allclose(points[0], points[-1])
    assert chi2.cdf(sigmas**2, 2) == pytest.approx({1: 0.393, 2: 0.865}[sigmas], abs=1e-3)


def test_a_mean_is_moved_in_its_plane_alone(mixture, plane):
    moved = plane.moved(mixture, 2, np.array([7.0, -8.0]))
    expected = mixture.means.copy()
    expected[2] = [mixture.means[2, 0], -8, 7]
    np.testing.assert_array_equal(moved.means, expected)
    assert moved.covariances is mixture.covariances


@pytest.mark.parametrize("which", [0, 1])
def test_a_stretched_axis_is_as_asked_and_the_other_keeps_its_length(mixture, plane, which):
    half = np.array([0.9, -3.0])
    before = plane.axes(mixture)[1] / plane.units
    stretched = plane.stretched(mixture, 1, which, half)
    after = plane.axes(stretched)[1] / plane.units
    wanted = np.hypot(*(half / plane.units)), np.hypot(*before[1 - which])
    np.testing.assert_allclose(sorted(np.hypot(*after.T)), sorted(wanted))
    place = int(np.argmax(np.abs(after @ (half / plane.units)) / np.hypot(*after.T)))
    np.testing.assert_allclose(np.abs(after[place]), np.abs(half / plane.units))
    assert (np.linalg.eigvalsh(stretched.covariances) > 0).all()
    np.testing.assert_array_equal(stretched.covariances[[0, 2, 3]], mixture.covariances[[0, 2, 3]])
    # What does not lie in the plane stays.
    assert stretched.covariances[1, 0, 0] == pytest.approx(mixture.covariances[1, 0, 0])


def test_nothing_is_stretched_to_nothing(mixture, plane):
    flat = plane.stretched(mixture, 0, 0, np.zeros(2))
    assert (np.linalg.eigvalsh(flat.covariances[0]) > 0).all()
