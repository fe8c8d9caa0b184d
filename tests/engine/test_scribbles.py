"""Scribbles as the engine takes them: what is said of which pixel, and what it weighs."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.scribbles import NO_DATA, SAID, checked, sites_of
from segmenter.engine.types import Samples, SegmenterError


@pytest.fixture
def samples():
    """Three samples, shown by 3, 2 and 1 of seven pixels; one has no data."""
    index = np.array([[0, 0, 1, NO_DATA], [0, 1, 2, NO_DATA]], np.int32)
    return Samples(np.zeros((1, 3), np.float32), np.array([3, 2, 1], np.float32), index)


def test_nothing_said_is_an_empty_map():
    assert not checked(None, (2, 3)).any()
    assert checked(None, (2, 3)).shape == (2, 3)


def test_scribbles_of_another_size_are_refused_in_one_line():
    with pytest.raises(SegmenterError, match=r"scribbles are 3 x 2 and the image is 4 x 2"):
        checked(np.zeros((2, 3), np.uint8), (2, 4))


@pytest.mark.parametrize("wrong", [np.full((1, 1), 0.5), np.full((1, 1), 33)])
def test_what_are_no_class_numbers_is_refused(wrong):
    with pytest.raises(SegmenterError, match="from 1 to 32"):
        checked(wrong, (1, 1))


def test_negative_class_numbers_are_refused():
    with pytest.raises(SegmenterError, match="from 1 to 32"):
        checked(np.full((1, 1), -1), (1, 1))


def test_without_scribbles_every_pixel_shows_its_sample(samples):
    sites = sites_of(samples, np.zeros((2, 4), np.uint8), 2)
    np.testing.assert_array_equal(sites.codes, samples.index)
    assert sites.total == 6


def test_a_scribbled_pixel_is_said_and_no_longer_counts_as_free(samples):
    scribbles = np.array([[1, 0, 0, 0], [2, 2, 0, 1]], np.uint8)
    sites = sites_of(samples, scribbles, 2)
    expected = [[SAID, 0, 1, NO_DATA], [SAID - 1, SAID - 1, 2, SAID]]
    np.testing.assert_array_equal(sites.codes, expected)
    np.testing.assert_array_equal(sites.counts, [1, 1, 1])
    said = sorted(zip(sites.said.tolist(), sites.classes.tolist(), strict=True))
    assert said == [(0, 0), (0, 1), (1, 1)]
    np.testing.assert_array_equal(sites.weights, [1, 1, 1])


def test_few_scribbles_weigh_a_tenth_of_the_rest_together():
    samples = Samples(np.zeros((1, 1000), np.float32), np.ones(1000, np.float32))
    scribbles = np.zeros((10, 100), np.uint8)
    scribbles[0, :10] = 1
    sites = sites_of(samples, scribbles, 1)
    assert sites.weights.sum() == pytest.approx(99)


def test_many_scribbles_weigh_as_much_as_other_pixels():
    samples = Samples(np.zeros((1, 1000), np.float32), np.ones(1000, np.float32))
    sites = sites_of(samples, np.repeat([[1], [0]], 500, axis=1).astype(np.uint8), 1)
    assert sites.weights.sum() == 500
