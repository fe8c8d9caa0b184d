import json
from itertools import pairwise

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.measure import points_in_poly

from segmenter.files.contours import coordinates, outlines

masks = st.integers(1, 7).flatmap(
    lambda columns: st.lists(
        st.lists(st.booleans(), min_size=columns, max_size=columns), min_size=1, max_size=7
    )
)


def polygons(mask):
    """The text as GeoJSON's readers see it, with points as tuples."""
    found = json.loads(b"".join(coordinates(outlines(mask))))
    return [[[tuple(point) for point in ring] for ring in polygon] for polygon in found]


def area(ring):
    return sum(x * b - a * y for (x, y), (a, b) in pairwise(ring)) / 2


def sorted_rings(found):
    """Polygons in order, wherever their rings begin."""
    turned = [[tuple(ring[k:-1] + ring[:k]) for ring in polygon for k in [ring.index(min(ring))]]
              for polygon in found]  # fmt: skip
    return sorted((outer, *sorted(holes)) for outer, *holes in turned)


def drawn(found, shape):
    """How many rings are around the middle of each pixel."""
    middles = np.argwhere(np.ones(shape, bool))[:, ::-1] + 0.5
    rings = [ring for polygon in found for ring in polygon]
    counts = np.zeros(len(middles), int)
    for ring in rings:
        counts += points_in_poly(middles, ring)
    return counts.reshape(shape)


def test_one_pixel_is_a_unit_square():
    mask = np.zeros((3, 4), bool)
    mask[1, 2] = True
    assert polygons(mask) == [[[(2, 1), (3, 1), (3, 2), (2, 2), (2, 1)]]]


def test_straight_lines_have_no_points_between_their_ends():
    assert polygons(np.ones((3, 5), bool)) == [[[(0, 0), (5, 0), (5, 3), (0, 3), (0, 0)]]]


def test_a_frame_is_one_polygon_with_a_hole():
    mask = np.ones((5, 6), bool)
    mask[1:4, 1:5] = False
    mask[2, 2] = True
    frame, island = polygons(mask)
    assert [area(ring) for ring in frame] == [30, -12]
    assert [area(ring) for ring in island] == [1]


@pytest.mark.parametrize("turned", [False, True])
def test_pixels_that_touch_at_a_corner_are_apart(turned):
    mask = np.array([[1, 0], [0, 1]], bool)
    assert len(polygons(mask[::-1] if turned else mask)) == 2


def test_a_hole_that_touches_the_outside_at_a_corner_is_a_hole():
    mask = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 0]], bool)
    ((outer, hole),) = polygons(mask)
    assert (area(outer), area(hole)) == (8, -1)


@pytest.mark.parametrize("value", [False, True])
def test_nothing_has_no_polygon_and_everything_one(value):
    assert len(polygons(np.full((4, 5), value))) == int(value)


@settings(deadline=None, max_examples=200)
@given(masks)
def test_polygons_are_simple_and_cover_the_class_exactly(rows):
    mask = np.array(rows)
    found = polygons(mask)
    np.testing.assert_array_equal(drawn(found, mask.shape) % 2 == 1, mask)
    assert sum(area(ring) for polygon in found for ring in polygon) == mask.sum()
    for outer, *holes in found:
        assert area(outer) > 0
        assert all(area(hole) < 0 for hole in holes)
        for ring in (outer, *holes):
            assert ring[0] == ring[-1]
            assert len(set(ring)) == len(ring) - 1


@settings(deadline=None)
@given(masks)
def test_holes_lie_inside_their_own_polygon(rows):
    for outer, *holes in polygons(np.array(rows)):
        for hole in holes:
            (x, y), (next_x, next_y) = hole[:2]
            # Half a pixel to the left of the walk, which is inside the hole.
            inside = (
                (x + np.sign(next_x - x) / 2 + np.sign(next_y - y) / 2),
                (y + np.sign(next_y - y) / 2 - np.sign(next_x - x) / 2),
            )
            assert points_in_poly([inside], outer)[0]


@settings(deadline=None, max_examples=200)
@given(masks)
def test_polygons_equal_their_twin(rows):
    mask = np.array(rows)
    assert sorted_rings(polygons(mask)) == sorted_rings(reference.polygons(mask))


def test_many_corners_come_in_pieces_of_the_same_text():
    mask = np.random.default_rng(0).random((300, 400)) < 0.5
    pieces = list(coordinates(outlines(mask)))
    assert len(pieces) > 3
    assert sum(area(ring) for polygon in polygons(mask) for ring in polygon) == mask.sum()
