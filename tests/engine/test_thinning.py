"""Fewer samples stand for all of them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from segmenter.engine.thinning import FEW, MOST, SUBSET, along_curve, subset, views_of
from segmenter.engine.types import Samples


def test_a_subset_stands_for_all(random_samples):
    samples = random_samples(2, 30_000)
    few = subset(samples, np.random.default_rng(0))
    assert few.total == SUBSET
    assert few.values.shape[1] <= SUBSET
    share = samples.weights / samples.total
    np.testing.assert_allclose(
        few.values @ (few.weights / SUBSET), samples.values @ share, atol=0.05
    )


def test_heavy_samples_come_as_often_as_they_weigh():
    weights = np.ones(20_000, np.float32)
    weights[77] = 20_000
    few = subset(
        Samples(np.arange(20_000, dtype=np.float32)[None], weights), np.random.default_rng(0)
    )
    assert few.weights[few.values[0] == 77] == pytest.approx(SUBSET / 2, abs=1)


def test_few_samples_are_all_taken(random_samples):
    samples = random_samples(2, SUBSET)
    few = subset(samples, np.random.default_rng(0))
    assert few.values is samples.values
    assert few.weights is samples.weights


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(9, (9, 9, 9)), (3000, (FEW, 3000, 3000)), (90_000, (FEW, SUBSET, MOST))],
    ids=str,
)
def test_each_view_is_a_part_of_the_next(random_samples, count, sizes):
    views = views_of(random_samples(2, count, weighted=False))
    assert tuple(view.values.shape[1] for view in views) == sizes
    for part, whole in pairwise(views):
        assert set(part.values[0].tolist()) <= set(whole.values[0].tolist())


@pytest.mark.parametrize("features", [1, 2, 3, 16])
def test_the_curve_has_every_sample_once_with_its_weight(random_samples, features):
    samples = random_samples(features, 700)
    ordered = along_curve(samples)
    before, after = (
        sorted(zip(s.values.T.tolist(), s.weights.tolist(), strict=True))
        for s in (samples, ordered)
    )
    assert before == after


@pytest.mark.parametrize("features", [1, 2, 3])
def test_neighbours_along_the_curve_are_near(random_samples, features):
    def way(samples):
        return float(np.linalg.norm(np.diff(samples.values), axis=0).mean())

    samples = random_samples(features, 5000)
    assert way(along_curve(samples)) < way(samples) / 6


def test_the_curve_bears_equal_samples():
    same = Samples(np.full((2, 5), 7, np.float32), np.ones(5, np.float32))
    np.testing.assert_array_equal(along_curve(same).values, same.values)
