"""k-means: distinct seeds, and centres that are the means of their samples."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from segmenter.engine.kmeans import (
    FEW,
    at_rest,
    cost_of,
    lloyd,
    lloyd_halves,
    seed_centres,
    squares_of,
)
from segmenter.engine.types import Samples


def samples_of(rows, weights=None):
    values = np.ascontiguousarray(np.atleast_2d(rows), np.float32)
    weights = np.ones(values.shape[1]) if weights is None else weights
    return Samples(values, np.asarray(weights, np.float32))


def cost(samples, labels, centres):
    return float(samples.weights @ ((samples.values - centres[labels].T) ** 2).sum(axis=0))


@pytest.mark.parametrize("count", [1, 5, 32])
def test_seeds_are_distinct_samples(random_samples, count):
    samples = random_samples(3, 500)
    seeds = seed_centres(samples, count, np.random.default_rng(0))
    assert len(np.unique(seeds, axis=0)) == count
    assert {tuple(seed) for seed in seeds} <= {tuple(value) for value in samples.values.T}


def test_there_are_no_more_seeds_than_distinct_samples():
    samples = samples_of([0, 0, 1, 1, 1, 5])
    seeds = seed_centres(samples, 32, np.random.default_rng(0))
    assert sorted(seeds.ravel()) == [0, 1, 5]


def test_a_sample_without_weight_is_never_a_seed():
    samples = samples_of([0, 1, 100], [1, 1, 0])
    for seed in range(30):
        assert 100 not in seed_centres(samples, 3, np.random.default_rng(seed))


def test_far_samples_are_seeds_more_often():
    samples = samples_of([0, 1, 10], [1, 1, 1])
    seconds = [seed_centres(samples, 2, np.random.default_rng(s)) for s in range(300)]
    of_first = [second[1, 0] for second in seconds if second[0, 0] == 0]
    # Odds are 1 to 100.
    assert of_first.count(10) > 0.95 * len(of_first)


def test_the_same_random_numbers_give_the_same_seeds(random_samples):
    a, b = (seed_centres(random_samples(2, 99), 4, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(a, b)


def test_iterations_never_cost_more(random_samples):
    samples = random_samples(3, 2000)
    centres = seed_centres(samples, 6, np.random.default_rng(0))
    costs = [cost(samples, *lloyd(samples, centres, n)) for n in range(8)]
    assert all(after <= before * (1 + 1e-6) for before, after in pairwise(costs))
    assert costs[-1] < costs[0]


def test_centres_are_weighted_means():
    samples = samples_of([0, 1, 10, 12], [3, 1, 1, 1])
    labels, centres = lloyd(samples, np.array([[0], [12]], np.float32), 5)
    assert labels.tolist() == [0, 0, 1, 1]
    np.testing.assert_allclose(centres.ravel(), [0.25, 11])


def test_a_centre_without_samples_stays():
    samples = samples_of([0, 1])
    _, centres = lloyd(samples, np.array([[0.5], [99]], np.float32), 3)
    np.testing.assert_allclose(centres.ravel(), [0.5, 99])


def test_centres_at_rest_move_no_more(random_samples):
    samples = random_samples(2, 3000)
    labels, centres = at_rest(samples, seed_centres(samples, 4, np.random.default_rng(0)))
    again, moved = lloyd(samples, centres, 1)
    np.testing.assert_allclose(moved, centres, atol=1e-4)
    assert (again == labels).mean() > 0.999


def test_centres_that_rest_are_left_alone():
    samples = samples_of([0, 1, 10, 12], [3, 1, 1, 1])
    rested = lloyd(samples, np.array([[0], [12]], np.float32), 2)
    later = lloyd(samples, np.array([[0], [12]], np.float32), 10**9)
    np.testing.assert_array_equal(later[0], rested[0])
    np.testing.assert_array_equal(later[1], rested[1])


def test_many_samples_rest_where_all_of_them_say(random_samples):
    samples = random_samples(1, FEW + 20_000)
    _, centres = at_rest(samples, np.array([[-1], [1]], np.float32))
    _, moved = lloyd(samples, centres, 1)
    np.testing.assert_allclose(moved, centres, atol=1e-4)


def slow_halves(samples, centres, iterations):
    """The slow, obvious twin: labels and centres after every half step."""
    values, weights = samples.values.T.astype(np.float64), samples.weights.astype(np.float64)
    centres = centres.astype(np.float64)
    for _ in range(iterations + 1):
        labels = np.array([np.argmin(((centres - one) ** 2).sum(axis=1)) for one in values])
        yield centres, labels
        moved = centres.copy()
        for k in set(labels.tolist()):
            mine = labels == k
            moved[k] = np.average(values[mine], axis=0, weights=weights[mine])
        if (np.abs(moved - centres) < 1e-7).all():
            return
        centres = moved
        yield centres, labels


@pytest.mark.parametrize(("features", "count"), [(1, 3), (3, 5)])
def test_half_steps_are_those_of_a_slow_twin_and_end_where_the_whole_does(
    random_samples, features, count
):
    samples = random_samples(features, 400)
    begun = seed_centres(samples, count, np.random.default_rng(1))
    halves = list(lloyd_halves(samples, begun, 40))
    for half, (centres, labels) in zip(halves, slow_halves(samples, begun, 40), strict=False):
        np.testing.assert_allclose(half.centres, centres, atol=1e-5)
        assert (half.labels == labels).mean() > 0.99
    assert [half.has_moved for half in halves[:4]] == [False, True, False, True]
    labels, centres = lloyd(samples, begun, 40)
    np.testing.assert_array_equal(halves[-1].labels, labels)
    np.testing.assert_array_equal(halves[-1].centres, centres)
    assert not halves[-1].has_moved


def test_no_half_step_costs_more_than_the_one_before(random_samples):
    samples = random_samples(2, FEW + 999)
    begun = seed_centres(samples, 4, np.random.default_rng(0))
    halves = list(lloyd_halves(samples, begun, 6))
    costs = [cost_of(samples, half, squares_of(samples)) for half in halves]
    assert all(after <= before * (1 + 1e-6) for before, after in pairwise(costs))
    for half, found in zip(halves, costs, strict=True):
        assert found == pytest.approx(cost(samples, half.labels, half.centres), rel=1e-5)
