"""Splits and merges: moments stay, shapes fit the form, and the cheapest pair is the right one."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.settings import Covariance
from segmenter.engine.split_merge import (
    halved,
    merge,
    merge_costs,
    split_by_samples,
    split_in_width,
)
from segmenter.engine.types import Mixture, Samples


def moments(mixture):
    """Mean and covariance of the whole mixture."""
    mean = mixture.weights @ mixture.means
    gaps = mixture.means - mean
    spread = np.tensordot(mixture.weights, mixture.covariances, axes=1)
    return mean, spread + (mixture.weights[:, None] * gaps).T @ gaps


def assert_same_moments(a, b):
    for one, other in zip(moments(a), moments(b), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def normal(*means, count=500, spread=0.3):
    random = np.random.default_rng(0)
    rows = [random.normal(mean, spread, (count, len(mean))) for mean in means]
    values = np.ascontiguousarray(np.concatenate(rows).T, np.float32)
    return Samples(values, np.ones(values.shape[1], np.float32))


def test_merging_keeps_the_moments_and_puts_the_new_one_last(random_mixture, form_of):
    mixture = random_mixture(5, 3)
    merged = merge(mixture, 1, 3, form_of("full", 3))
    assert len(merged) == 4
    assert merged.weights[-1] == pytest.approx(mixture.weights[[1, 3]].sum())
    np.testing.assert_array_equal(merged.means[:3], mixture.means[[0, 2, 4]])
    assert_same_moments(merged, mixture)


@pytest.mark.parametrize("covariance", [Covariance.DIAG, Covariance.SPHERICAL])
def test_a_merged_component_has_the_shape_of_the_form(random_mixture, form_of, covariance):
    merged = merge(random_mixture(3, 2, covariance), 0, 1, form_of(covariance, 2))
    assert (merged.covariances[:, 0, 1] == 0).all()


def test_costs_are_those_of_every_pair(random_mixture, form_of):
    mixture, form = random_mixture(4, 2), form_of("full", 2)
    costs = merge_costs(mixture)
    entropies = mixture.weights * np.log(np.linalg.det(mixture.covariances)) / 2
    for i in range(4):
        assert np.isinf(costs[i, : i + 1]).all()
        for j in range(i + 1, 4):
            merged = merge(mixture, i, j, form)
            joint = merged.weights[-1] * np.log(np.linalg.det(merged.covariances[-1])) / 2
            assert costs[i, j] == pytest.approx(joint - entropies[i] - entropies[j])


def test_equal_components_cost_nothing_to_merge():
    mixture = Mixture(np.full(3, 1 / 3), np.array([[0.0], [9], [0]]), np.ones((3, 1, 1)))
    costs = merge_costs(mixture)
    assert costs[0, 2] == pytest.approx(0)
    assert costs[0, 1] > 0.5


def test_splitting_in_width_keeps_the_moments(random_mixture):
    mixture = random_mixture(3, 2)
    split = split_in_width(mixture, 1)
    assert len(split) == 4
    assert_same_moments(split, mixture)
    wide, narrow = np.linalg.det(split.covariances[-2:])
    assert wide > 2 * narrow


@pytest.mark.parametrize("covariance", list(Covariance))
def test_samples_in_two_blobs_split_there(form_of, covariance):
    own = normal([-2, 1], [3, 0])
    mixture = Mixture(
        np.array([0.2, 0.8]), np.array([[50, 50], [0.5, 0.5]]), np.stack([np.eye(2)] * 2)
    )
    split = split_by_samples(own, mixture, 1, form_of(covariance, 2), np.random.default_rng(0))
    np.testing.assert_array_equal(split.means[0], [50, 50])
    found = split.means[1:][np.argsort(split.means[1:, 0])]
    np.testing.assert_allclose(found, [[-2, 1], [3, 0]], atol=0.1)
    np.testing.assert_allclose(split.weights, [0.2, 0.4, 0.4], atol=1e-6)
    if covariance in {Covariance.DIAG, Covariance.SPHERICAL}:
        assert (split.covariances[:, 0, 1] == 0).all()


def test_a_long_component_of_two_stripes_splits_between_them(form_of):
    random = np.random.default_rng(0)
    rows = np.stack([random.normal(0, 20, 1000), np.repeat([-1, 1], 500)])
    own = Samples(rows.astype(np.float32), np.ones(1000, np.float32))
    mixture = Mixture(np.ones(1), np.zeros((1, 2)), np.diag([400.0, 1])[None])
    form, seeds = form_of("full", 2), map(np.random.default_rng, range(20))
    splits = [split_by_samples(own, mixture, 0, form, random) for random in seeds]
    assert sum(abs(split.means[0, 1] - split.means[1, 1]) > 1 for split in splits) > 10


@pytest.mark.parametrize("count", [0, 1, 5])
def test_equal_samples_cannot_be_split(form_of, count):
    own = Samples(np.zeros((1, count), np.float32), np.ones(count, np.float32))
    mixture = Mixture(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))
    random = np.random.default_rng(0)
    assert split_by_samples(own, mixture, 0, form_of("full", 1), random) is None


def test_halves_have_the_moments_of_the_whole(random_mixture):
    mixture = random_mixture(3, 2)
    found = halved(mixture, 1)
    pair = [1, 3]
    shares = found.weights[pair] / found.weights[pair].sum()
    mean = shares @ found.means[pair]
    about = found.means[pair] - mean
    covariance = np.einsum("k,kab->ab", shares, found.covariances[pair])
    covariance += np.einsum("k,ka,kb->ab", shares, about, about)
    np.testing.assert_allclose(found.weights[pair].sum(), mixture.weights[1])
    np.testing.assert_allclose(mean, mixture.means[1], atol=1e-12)
    np.testing.assert_allclose(covariance, mixture.covariances[1], atol=1e-12)
    np.testing.assert_array_equal(found.classes, [0, 1, 2, 3])
    assert np.abs(about).max() > 0
    assert np.linalg.eigvalsh(found.covariances).min() > 0
