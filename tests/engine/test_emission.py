"""Densities and moments of classes of components: against slow twins in plain loops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import reference

from segmenter.engine.emission import class_moments, emission_of
from segmenter.engine.settings import Covariance
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Noise

FEATURES = pytest.mark.parametrize("features", [1, 2, 3, 5])
GROUPS = pytest.mark.parametrize(
    "classes", [[0, 1, 2, 3], [0, 1, 1, 0], [0, 0, 0, 0], [2, 0, 1, 0]], ids=str
)


@pytest.fixture
def grouped(random_mixture):
    def make(features, classes, covariance=Covariance.FULL):
        mixture = random_mixture(len(classes), features, covariance)
        return replace(mixture, classes=np.array(classes))

    return make


def log_densities(samples, mixture, form):
    """(samples, classes): log of the density of every class, one number at a time."""
    joint = reference.log_joint(
        samples.values, mixture, form.noise, form.weight,
        is_diagonal=form.covariance in reference.DIAGONAL,
    )  # fmt: skip
    columns = []
    for number in range(mixture.classes.max() + 1):
        mine = mixture.classes == number
        parts = np.exp(joint[mine]).sum(axis=0) / mixture.weights[mine].sum()
        columns.append(np.log(parts))
    if mixture.noise is not None:
        columns.append(np.full(samples.values.shape[1], np.log(mixture.noise.density)))
    return np.stack(columns, axis=1)


@FEATURES
@GROUPS
@pytest.mark.parametrize("covariance", [Covariance.FULL, Covariance.DIAG])
def test_a_class_is_as_likely_as_its_components_together(
    random_samples, grouped, form_of, features, classes, covariance
):
    samples, form = random_samples(features, 300), form_of(covariance, features)
    mixture = grouped(features, classes, covariance)
    found = emission_of(samples, mixture, form)
    assert found.table.max(axis=1) == pytest.approx(0, abs=0)
    logarithms = (found.table + found.largest[:, None]) * np.log(2)
    np.testing.assert_allclose(logarithms, log_densities(samples, mixture, form), atol=2e-5)


def test_the_noise_class_is_equally_likely_everywhere(random_samples, grouped, form_of):
    samples, form = random_samples(2, 3000), form_of(Covariance.FULL, 2)
    mixture = replace(grouped(2, [0, 1]), noise=Noise(0.1, 0.02))
    found = emission_of(samples, mixture, form)
    assert found.table.shape == (3000, 3)
    density = np.exp2(found.table[:, 2] + found.largest)
    np.testing.assert_allclose(density, 0.02, rtol=1e-5)
    np.testing.assert_allclose(
        (found.table + found.largest[:, None]) * np.log(2),
        log_densities(samples, mixture, form),
        atol=2e-5,
    )


@FEATURES
@GROUPS
@pytest.mark.parametrize("covariance", [Covariance.FULL, Covariance.DIAG])
def test_moments_are_those_of_components_that_share_their_class(
    random_samples, grouped, form_of, features, classes, covariance
):
    samples, form = random_samples(features, 250), form_of(covariance, features)
    mixture = grouped(features, classes, covariance)
    occupancy = np.random.default_rng(0).random((mixture.class_count, 250)).astype(np.float32)
    joint = reference.log_joint(
        samples.values, mixture, form.noise, form.weight,
        is_diagonal=covariance in reference.DIAGONAL,
    )  # fmt: skip
    parts = np.empty_like(joint)
    for number in range(mixture.class_count):
        mine = mixture.classes == number
        within, _ = reference.responsibilities(joint[mine])
        parts[mine] = within * occupancy[number]
    expected = reference.moments(samples.values, np.ones(250), mixture.means, parts)
    found = class_moments(samples, mixture, form, occupancy)
    np.testing.assert_allclose(found.counts, expected[0], rtol=1e-5)
    np.testing.assert_allclose(found.first, expected[1], atol=2e-3)
    second = np.array(expected[2])
    if features > 3 and covariance is Covariance.DIAG:
        second *= np.eye(features)
    np.testing.assert_allclose(found.second, second, atol=2e-3)


def test_any_number_of_threads_gives_the_same_bits(random_samples, grouped, form_of):
    samples, form = random_samples(3, 20_000), form_of(Covariance.FULL, 3)
    mixture = grouped(3, [0, 1, 1, 0])
    occupancy = np.random.default_rng(0).random((2, 20_000)).astype(np.float32)
    found = []
    try:
        for threads in (1, 2, 5):
            set_thread_count(threads)
            table = emission_of(samples, mixture, form).table
            moments = class_moments(samples, mixture, form, occupancy)
            found.append((table.tobytes(), *(part.tobytes() for part in moments)))
    finally:
        set_thread_count(0)
    assert found[0] == found[1] == found[2]


def test_a_component_far_from_all_samples_gives_no_nan(random_samples, grouped, form_of):
    samples, form = random_samples(2, 100), form_of(Covariance.FULL, 2)
    mixture = grouped(2, [0, 1, 1])
    far = replace(mixture, means=mixture.means + np.array([[0], [1e5], [2e5]]))
    found = emission_of(samples, far, form)
    assert np.isfinite(found.table).all()
    assert (found.table[:, 1] < -1e6).all()
    moments = class_moments(samples, far, form, np.ones((2, 100), np.float32))
    assert all(np.isfinite(part).all() for part in moments)


def test_shares_of_classes_leave_room_for_noise(grouped):
    mixture = grouped(1, [0, 1, 1])
    expected = [mixture.weights[0], mixture.weights[1:].sum()]
    np.testing.assert_allclose(mixture.class_shares, expected)
    noisy = replace(mixture, noise=Noise(0.2, 1.0)).class_shares
    np.testing.assert_allclose(noisy, [*np.multiply(expected, 0.8), 0.2])
