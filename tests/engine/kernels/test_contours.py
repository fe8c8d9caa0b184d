"""Rings are walked once around everything, however they touch."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.contours import EAST, NORTH, SOUTH, WEST, rings


def bits(*directions):
    return sum(1 << direction for direction in directions)


def test_one_pixel_is_walked_clockwise_by_its_four_corners():
    edges = np.array([[bits(EAST), bits(SOUTH)], [bits(NORTH), bits(WEST)]], np.uint8)
    corners, ends = rings(edges, 4)
    assert (corners.tolist(), ends.tolist()) == ([0, 1, 3, 2], [4])


def test_pixels_that_touch_at_a_corner_are_two_rings():
    edges = np.array(
        [
            [bits(EAST), bits(SOUTH), 0],
            [bits(NORTH), bits(EAST, WEST), bits(SOUTH)],
            [0, bits(NORTH), bits(WEST)],
        ],
        np.uint8,
    )
    corners, ends = rings(edges, 8)
    assert ends.tolist() == [4, 8]
    assert [sorted(corners[:4].tolist()), sorted(corners[4:].tolist())] == [
        [0, 1, 3, 4],
        [4, 5, 7, 8],
    ]
    assert not (edges >> 4).any(), "what was handed over is left as it was"


def test_nothing_has_no_rings():
    corners, ends = rings(np.zeros((4, 5), np.uint8), 0)
    assert (corners.size, ends.size) == (0, 0)
