"""The outline lies around its region, white beside it and black beyond, at any zoom."""

from __future__ import annotations

import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter

from segmenter.app.listed import are_listed
from segmenter.ui.outline import WIDTH, Outline
from segmenter.ui.view_transform import ViewTransform

SCREEN = QSize(700, 520)


@pytest.fixture
def outlined(segmented, wait):
    """The state with the bright rectangle outlined: rows 12 to 35, columns 40 to 59."""
    segmented.set_look(lists_regions=True)
    wait(segmented, are_listed)
    segmented.choose_region_at(20, 50)
    return segmented.state


def painted(state, view, *, ratio=1.0, outline=None):
    """Paint on red; return 0 where that is still seen, 1 for white, 2 for black."""
    canvas = QImage(SCREEN, QImage.Format.Format_RGB32)
    canvas.fill(QColor("red"))
    painter = QPainter(canvas)
    (outline or Outline()).paint(painter, state, view, screen=SCREEN, ratio=ratio)
    painter.end()
    pixels = np.frombuffer(canvas.constBits(), np.uint32).reshape(SCREEN.height(), SCREEN.width())
    colours = {0xFFFF0000: 0, 0xFFFFFFFF: 1, 0xFF000000: 2}
    return np.vectorize(colours.__getitem__, otypes=[int])(pixels)


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_it_is_drawn_around_and_never_over_the_region(outlined, ratio):
    seen = painted(outlined, ViewTransform(10, 0, 0), ratio=ratio)
    width = round(WIDTH * ratio)
    region = np.s_[120:360, 400:600]
    assert not seen[region].any()
    across = seen[240, 600 : 600 + 2 * width + 1].tolist()
    assert across == [1] * width + [2] * width + [0]
    down = seen[120 - 2 * width - 1 : 120, 500].tolist()
    assert down == [0] + [2] * width + [1] * width


def test_without_a_region_nothing_is_drawn(outlined):
    view = ViewTransform(10, 0, 0)
    assert not painted(replace(outlined, look=replace(outlined.look, region=0)), view).any()
    other = replace(outlined.result, labels=outlined.result.labels.copy())
    assert not painted(replace(outlined, result=other), view).any()


def test_what_is_beside_the_screen_is_not_drawn(outlined):
    assert not painted(outlined, ViewTransform(10, 1000, 0)).any()
    half = painted(outlined, ViewTransform(10, -500, 0))
    assert not half[240, :100].any()
    assert half[240, 100:105].tolist() == [1, 1, 2, 2, 0]


def test_a_region_smaller_than_a_pixel_of_the_screen_is_found(outlined):
    seen = painted(outlined, ViewTransform(0.02, 300, 200))
    assert (seen == 1).any()


def test_another_view_is_drawn_anew(outlined):
    outline = Outline()
    first = painted(outlined, ViewTransform(10, 0, 0), outline=outline)
    again = painted(outlined, ViewTransform(10, 0, 0), outline=outline)
    moved = painted(outlined, ViewTransform(10, 5, 0), outline=outline)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(moved[:, 5:], first[:, :-5])


def test_a_large_region_costs_no_more_than_the_screen(outlined):
    numbers = np.ones((3000, 3000), np.int32)
    large = replace(outlined.regions, numbers=numbers, boxes=np.array([[0, 0, 3000, 3000]]))
    state = replace(outlined, regions=large, look=replace(outlined.look, region=1))
    canvas = QImage(SCREEN, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    tracemalloc.start()
    Outline().paint(painter, state, ViewTransform(1 / 6, 0, 0), screen=SCREEN, ratio=1)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    painter.end()
    # Of memory, that is: whole rows of the image were several times as much.
    assert most < numbers.nbytes / 4


def listed_at(state, top):
    """Return the state with one region of twelve rows from `top`, in regions of its own."""
    known = state.regions
    numbers = np.zeros_like(known.numbers)
    numbers[top : top + 12, 8:20] = 1
    boxes = np.array([[top, 8, top + 12, 20]], known.boxes.dtype)
    regions = replace(known, numbers=numbers, boxes=boxes)
    return replace(state, regions=regions, look=replace(state.look, region=1))


def test_regions_in_the_place_in_memory_of_older_ones_are_drawn_anew(outlined):
    outline, view = Outline(), ViewTransform(10, 0, 0)
    first = listed_at(outlined, 0)
    painted(first, view, outline=outline)
    freed = id(first.regions)
    del first
    others = []
    while len(others) < 1000 and (not others or id(others[-1].regions) != freed):
        others.append(listed_at(outlined, 30))
    seen = painted(others[-1], view, outline=outline)
    np.testing.assert_array_equal(seen, painted(others[-1], view))


def test_regions_that_are_not_outlined_are_let_go(outlined):
    outline, view = Outline(), ViewTransform(10, 0, 0)
    before = sys.getrefcount(outlined.regions)
    painted(outlined, view, outline=outline)
    bare = replace(outlined, look=replace(outlined.look, region=0), regions=None)
    painted(bare, view, outline=outline)
    after = sys.getrefcount(outlined.regions)
    assert after == before


# ---- Bringing it into view ----------------------------------------------------------------------


def test_a_view_that_shows_an_area_stays():
    view = ViewTransform(2, 10, 20)
    assert view.showing(QRectF(5, 5, 50, 50), SCREEN) is view


def test_what_is_beside_the_screen_is_moved_to_its_middle():
    view = ViewTransform(2, 10, 20).showing(QRectF(900, 40, 10, 10), SCREEN)
    assert view.scale == 2
    middle = view.to_screen(QRectF(900, 40, 10, 10)).center()
    assert (middle.x(), middle.y()) == (350, 260)


def test_what_is_larger_than_the_screen_is_made_smaller():
    area = QRectF(0, 0, 4000, 100)
    view = ViewTransform(2, 10, 20).showing(area, SCREEN)
    assert QRectF(0, 0, 700, 520).contains(view.to_screen(area))
