"""Specks are the regions that are too small, and their pixels go to what is around them."""

import numpy as np
import pytest

from segmenter.engine.specks import without_specks
from segmenter.engine.types import UNKNOWN


def regions_of(labels):
    """Yield a mask of every connected region, the slow and obvious way."""
    seen = labels == 0
    for start in np.argwhere(labels > 0):
        if seen[tuple(start)]:
            continue
        mask, ahead = np.zeros(labels.shape, bool), [tuple(start)]
        while ahead:
            row, column = ahead.pop()
            inside = 0 <= row < labels.shape[0] and 0 <= column < labels.shape[1]
            if not inside or mask[row, column] or labels[row, column] != labels[tuple(start)]:
                continue
            mask[row, column] = True
            ahead += [(row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)]
        seen |= mask
        yield mask


@pytest.mark.parametrize("least", [1, 2, 5, 30])
@pytest.mark.parametrize("classes", [1, 2, 4])
def test_all_regions_that_are_too_small_are_left_out_and_no_others(least, classes):
    labels = np.random.default_rng(classes).integers(0, classes + 1, (23, 31), dtype=np.uint8)
    found, count = without_specks(labels, least, 0)
    small = [mask for mask in regions_of(labels) if mask.sum() < least]
    expected = labels.copy()
    for mask in small:
        expected[mask] = UNKNOWN
    np.testing.assert_array_equal(found, expected)
    assert count == len(small)


def test_a_region_that_winds_is_one():
    labels = np.zeros((7, 9), np.uint8)
    labels[1:6:2, 1:] = 2
    labels[1:4, 8] = labels[3:6, 1] = 2
    assert without_specks(labels, 20, 0)[1] == 0


def test_a_speck_goes_to_what_is_around_it():
    labels = np.full((9, 9), 3, np.uint8)
    labels[4:6, 4] = 1
    found, count = without_specks(labels, 3, 2)
    assert (found == 3).all()
    assert count == 1


def test_a_cluster_of_specks_stays_unknown_inside():
    labels = np.full((20, 20), 1, np.uint8)
    labels[4:16, 4:16] = np.indices((12, 12)).sum(axis=0) % 2 + 2
    found, _ = without_specks(labels, 4, 2)
    assert (found[6:14, 6:14] == UNKNOWN).all()
    found[6:14, 6:14] = 1
    assert (found == 1).all()


def test_no_data_is_no_speck_and_the_labels_stay_as_they_are():
    labels = np.full((6, 6), 2, np.uint8)
    labels[2, 2], labels[4, 4] = 0, 1
    labels.flags.writeable = False
    found, count = without_specks(labels, 5, 1)
    assert (found[2, 2], found[4, 4], count) == (0, 2, 1)
    assert labels[4, 4] == 1
