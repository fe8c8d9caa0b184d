"""A result answers simple questions about its arrays, which nobody can change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from segmenter.engine.outcome import Result, Stop
from segmenter.engine.settings import Settings
from segmenter.engine.types import Mixture

ROWS, COLUMNS = 2, 3
INDEX = np.array([[0, 1, -1], [1, 0, 0]], np.int32)
TABLE = np.array([[0.9, 0.5], [0.1, 0.5]], np.float32)


def result_of(table, index, labels):
    mixture = Mixture(np.full(2, 0.5), np.zeros((2, 1)), np.ones((2, 1, 1)))
    return Result(labels, table, index, mixture, Settings(), (-1.0,), Stop.CONVERGED)


@pytest.fixture
def result():
    return result_of(TABLE.copy(), INDEX.copy(), np.array([[1, 2, 0], [2, 1, 1]], np.uint8))


@pytest.fixture
def unmerged():
    table = np.array([np.linspace(0, 1, 6), np.linspace(1, 0, 6)], np.float32)
    return result_of(table, None, np.array([[2, 2, 2], [1, 1, 1]], np.uint8))


def test_nothing_can_be_written(result):
    for array in (result.labels, result.responsibilities, result.index, result.pixel_counts):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(FrozenInstanceError):
        result.notes = ()


def test_soft_masks_sum_to_one_where_there_is_data(result):
    memberships = result.memberships
    assert memberships.shape == (2, ROWS, COLUMNS)
    np.testing.assert_allclose(memberships.sum(axis=0), INDEX >= 0)
    np.testing.assert_array_equal(memberships[1], result.membership(2))


def test_probabilities_under_the_pointer_are_those_of_the_soft_masks(result, unmerged):
    for which in (result, unmerged):
        for row, column in np.ndindex(ROWS, COLUMNS):
            np.testing.assert_array_equal(
                which.probabilities_at(row, column), which.memberships[:, row, column]
            )


def test_uncertainty_is_zero_when_certain_and_one_when_equal():
    table = np.array([[1, 0.5, 0.9], [0, 0.5, 0.1]], np.float32)
    index = np.array([[0, 1, 2, -1]], np.int32)
    found = result_of(table, index, np.array([[1, 1, 1, 0]], np.uint8)).uncertainty()
    entropy = -(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1))
    np.testing.assert_allclose(found, [[0, 1, entropy, 0]], atol=1e-6)


def test_one_class_is_certain():
    one = result_of(np.ones((1, 4), np.float32), None, np.ones((2, 2), np.uint8))
    assert not one.uncertainty().any()


def test_the_range_of_light_is_that_of_pixels_with_data(result):
    assert result.light_range == (1, 1)
    light = np.where(result.labels > 0, np.float32(1.25), np.float32(9))
    light[np.unravel_index(np.argmax(result.labels), light.shape)] = 0.75
    assert replace(result, shading=light).light_range == (0.75, 1.25)
    nothing = np.zeros_like(result.labels)
    assert replace(result, shading=light, labels=nothing).light_range == (1, 1)


def test_pixels_are_counted_per_class(result):
    assert result.pixel_counts.tolist() == [3, 2]
