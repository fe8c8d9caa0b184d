"""Equal rows become one sample, and a fit cannot tell the difference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine.estimator import GaussianMixture, rows
from segmenter.engine.estimator.rows import merge_equal_rows


@given(
    data=some.arrays(
        st.sampled_from([np.float32, np.float64]),
        st.tuples(st.integers(1, 30), st.integers(1, 3)),
        elements=st.sampled_from([-1.5, -0.0, 0.0, 1.0, 2.0**30]),
    )
)
def test_merged_rows_are_the_distinct_ones_with_their_weights(data):
    weights = np.arange(1.0, 1 + len(data))
    expected = {}
    for row, weight in zip(map(tuple, data.tolist()), weights, strict=True):
        expected[row] = expected.get(row, 0) + weight
    found, summed = merge_equal_rows(data, weights)
    assert found.dtype == data.dtype
    assert len(found) == len(expected)
    assert dict(zip(map(tuple, found.tolist()), summed, strict=True)) == expected


def test_the_order_of_the_rows_does_not_matter():
    random = np.random.default_rng(0)
    data, weights = random.integers(0, 9, (300, 2)) / 7, random.integers(1, 9, 300)
    shuffled = random.permutation(300)
    one, other = (
        merge_equal_rows(data, weights),
        merge_equal_rows(data[shuffled], weights[shuffled]),
    )
    for found, same in zip(one, other, strict=True):
        np.testing.assert_array_equal(found, same)


def test_distinct_rows_that_weigh_one_stay_what_they_are():
    data, weights = np.arange(12.0).reshape(6, 2), np.ones(6)
    found, same = merge_equal_rows(data, weights)
    assert found is data
    assert same is weights


def test_different_rows_with_equal_keys_stay_apart(monkeypatch):
    monkeypatch.setattr(rows, "_keys", lambda data: np.zeros(len(data), np.uint64))
    data = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert merge_equal_rows(data, np.ones(2))[0].tolist() == data.tolist()


@pytest.mark.parametrize("features", [1, 2, 8])
def test_neighbouring_numbers_have_different_keys(features):
    grid = np.random.default_rng(0).integers(0, 256, (200_000, features)).astype(float)
    distinct = np.unique(grid, axis=0)
    assert len(np.unique(rows._keys(distinct))) == len(distinct)


def test_a_fit_to_every_row_twice_is_the_same_bits():
    random = np.random.default_rng(0)
    data, weights = random.normal(size=(500, 2)), random.uniform(size=500)
    once, twice = (
        GaussianMixture(3, random_state=0).fit(
            np.tile(data, (times, 1)), sample_weight=np.tile(weights, times) / times
        )
        for times in (1, 2)
    )
    for name in ("weights_", "means_", "covariances_", "lower_bounds_"):
        np.testing.assert_array_equal(getattr(once, name), getattr(twice, name), err_msg=name)
