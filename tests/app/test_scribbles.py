"""Scribbles: what a stroke covers, and that they are values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.app.scribbles import TILE, Nib, Scribbles, scribbles_of

SHAPE = (150, 200)
PIXELS = st.tuples(st.integers(-30, 180), st.integers(-30, 230))
NIBS = st.builds(Nib, st.integers(0, 5), st.sampled_from([1, 3, 5, 9, 17]))


def under(start, end, size, shape=SHAPE):
    """Which pixels a stroke covers, said as plainly as can be."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    goal = np.subtract(end, start)
    along = ((rows - start[0]) * goal[0] + (columns - start[1]) * goal[1]) / max(1, goal @ goal)
    along = np.clip(along, 0, 1)
    away = np.hypot(rows - start[0] - along * goal[0], columns - start[1] - along * goal[1])
    return away <= size / 2


@given(strokes=st.lists(st.tuples(PIXELS, PIXELS, NIBS), max_size=5))
def test_strokes_lie_over_each_other_as_on_a_plain_array(strokes):
    scribbles, expected = Scribbles(), np.zeros(SHAPE, np.uint8)
    for start, end, nib in strokes:
        scribbles = scribbles.drawn(start, end, nib, SHAPE)
        expected[under(start, end, nib.size)] = nib.number
    np.testing.assert_array_equal(scribbles.within(range(SHAPE[0]), range(SHAPE[1])), expected)
    assert scribbles == scribbles_of(expected)
    assert hash(scribbles) == hash(scribbles_of(expected))
    assert scribbles.highest == expected.max(initial=0)
    assert bool(scribbles) == expected.any()


@pytest.mark.parametrize("end", [(20, 20), (20, 90), (90, 20), (90, 83), (25, 90)])
def test_the_thinnest_line_has_no_gaps(end):
    numbers = Scribbles().drawn((20, 20), end, Nib(1, 1), SHAPE).on(SHAPE)
    rows, columns = np.nonzero(numbers)
    long_side = max(abs(end[0] - 20), abs(end[1] - 20)) + 1
    along = rows if end[0] - 20 > end[1] - 20 else columns
    assert len(set(along.tolist())) == long_side
    assert numbers[20, 20] == numbers[end] == 1


def test_a_dab_of_size_one_is_its_pixel_and_of_three_a_square():
    one = Scribbles().drawn((3, 4), (3, 4), Nib(2, 1), SHAPE).on(SHAPE)
    assert np.argwhere(one).tolist() == [[3, 4]]
    three = Scribbles().drawn((3, 4), (3, 4), Nib(2, 3), SHAPE).on(SHAPE)
    assert three.sum() == 2 * 9
    assert (three[2:5, 3:6] == 2).all()


def test_what_was_before_a_stroke_stays_as_it_was():
    before = Scribbles().drawn((3, 4), (3, 40), Nib(2, 5), SHAPE)
    seen = before.on(SHAPE)
    after = before.drawn((0, 0), (60, 60), Nib(0, 9), SHAPE)
    np.testing.assert_array_equal(before.on(SHAPE), seen)
    assert after != before


def test_a_stroke_shares_what_it_does_not_touch():
    before = Scribbles().drawn((10, 10), (10, 190), Nib(1, 3), SHAPE)
    after = before.drawn((140, 10), (140, 20), Nib(1, 3), SHAPE)
    assert all(after.tiles[place] is tile for place, tile in before.tiles.items())


def test_erasing_everything_leaves_nothing():
    scribbles = Scribbles().drawn((10, 10), (100, 150), Nib(3, 9), SHAPE)
    erased = scribbles.drawn((10, 10), (100, 150), Nib(0, 11), SHAPE)
    assert not erased
    assert erased == Scribbles()
    assert erased.on(SHAPE) is None


@given(row=st.integers(0, 149), column=st.integers(0, 199))
def test_one_pixel_is_told_like_all(row, column):
    scribbles = Scribbles().drawn((0, 0), (149, 199), Nib(3, 17), SHAPE)
    assert scribbles.at(row, column) == scribbles.on(SHAPE)[row, column]


@given(
    rows=st.tuples(st.integers(-20, 170), st.integers(0, 90)),
    columns=st.tuples(st.integers(-20, 220), st.integers(0, 90)),
)
def test_an_area_is_cut_out_even_beyond_the_image(rows, columns):
    scribbles = Scribbles().drawn((0, 0), (149, 199), Nib(3, 17), SHAPE)
    rows, columns = (range(first, first + count) for first, count in (rows, columns))
    found = scribbles.within(rows, columns)
    whole = np.pad(scribbles.on(SHAPE), 300)
    expected = whole[rows.start + 300 : rows.stop + 300, columns.start + 300 : columns.stop + 300]
    np.testing.assert_array_equal(found, expected)


def test_the_bounds_hold_all_that_is_said():
    scribbles = Scribbles().drawn((70, 10), (100, 150), Nib(3, 9), SHAPE)
    rows, columns = scribbles.bounds()
    assert scribbles.within(rows, columns).sum() == scribbles.on(SHAPE).sum()
    assert (rows.start, columns.start) == (TILE, 0)
    assert [len(side) for side in Scribbles().bounds()] == [0, 0]
