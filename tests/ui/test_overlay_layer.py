"""The overlay in tiles: coarse until they are made, made once, coloured anew at once."""

from dataclasses import replace

import numpy as np
import pytest
from halves import CLASSES, grey_image, halves, state_of
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from segmenter.app.sides import EM
from segmenter.engine.overlay import View
from segmenter.ui import overlay_source
from segmenter.ui.overlay_layer import OverlayLayer
from segmenter.ui.overlay_source import source_of
from segmenter.ui.tile_cache import Allowance
from segmenter.ui.view_transform import ViewTransform

ROWS, COLUMNS = 500, 700


def state(labels=None, **look):
    result = halves(ROWS, COLUMNS)
    if labels is not None:
        result = replace(result, labels=labels)
    return state_of(grey_image(ROWS, COLUMNS), result, opacity=1.0, **look)


@pytest.fixture
def checks():
    """Labels that change from pixel to pixel."""
    return (np.indices((ROWS, COLUMNS)).sum(axis=0) % 2 + 1).astype(np.uint8)


def painted(layer, shown, scale=1.0, seconds=60.0):
    """(whether all is sharp, (rows, columns, 3) blue, green and red) over black."""
    width, height = round(COLUMNS * scale), round(ROWS * scale)
    screen = QImage(width, height, QImage.Format.Format_RGB32)
    screen.fill(0)
    painter = QPainter(screen)
    tiles = shown.shown.tiles(shown.shown.depth(scale), QRectF(0, 0, COLUMNS, ROWS))
    source, view = source_of(EM, shown), ViewTransform(scale)
    unsharp = layer.paint(painter, shown, source, view, tiles, Allowance(seconds))
    painter.end()
    pixels = np.frombuffer(screen.constBits(), np.uint8).reshape(height, width, 4)
    return unsharp.isEmpty(), pixels[:, :, :3].copy()


def expected(labels):
    table = np.array([(0, 0, 0), *(style.colour[::-1] for style in CLASSES)], np.uint8)
    return table[labels]


def test_every_pixel_has_the_colour_of_its_class(checks):
    is_sharp, shown = painted(OverlayLayer(), state(checks))
    assert is_sharp
    np.testing.assert_array_equal(shown, expected(checks))


@pytest.mark.parametrize("scale", [0.5, 0.25])
def test_far_out_some_pixels_stand_for_their_neighbours(checks, scale):
    step = round(1 / scale)
    _, shown = painted(OverlayLayer(), state(checks), scale)
    np.testing.assert_array_equal(shown, expected(checks[::step, ::step]))


def test_what_takes_long_is_coarse_at_first_and_sharp_in_the_end(checks):
    layer, shown = OverlayLayer(), state(checks)
    is_sharp, first = painted(layer, shown, seconds=0)
    assert not is_sharp
    np.testing.assert_array_equal(first[:256, :256], expected(checks)[:256, :256])
    assert set(map(tuple, first[300:, 300:].reshape(-1, 3))) <= {c.colour[::-1] for c in CLASSES}
    for _ in range(5):
        is_sharp, last = painted(layer, shown, seconds=0)
    assert is_sharp
    np.testing.assert_array_equal(last, expected(checks))


@pytest.fixture
def asked(monkeypatch):
    """The parts of results that were worked out."""
    parts, plane = [], overlay_source.plane
    monkeypatch.setattr(
        overlay_source, "plane", lambda *args, **more: (parts.append(more), plane(*args, **more))[1]
    )
    return parts


def test_numbers_are_worked_out_once_even_in_other_colours(checks, asked):
    layer, shown = OverlayLayer(), state(checks)
    painted(layer, shown)
    count = len(asked)
    hidden = tuple(replace(style, visible=False) for style in CLASSES)
    _, drawn = painted(layer, replace(shown, inputs=replace(shown.inputs, classes=hidden)))
    assert not drawn.any()
    assert count == len(asked) == 6


def test_another_view_class_or_result_is_worked_out_anew(checks):
    layer = OverlayLayer()
    drawn = [
        painted(layer, each)[1].tobytes()
        for each in (
            state(checks),
            state(),
            state(view=View.SOFT_MASK, chosen=1),
            state(view=View.SOFT_MASK, chosen=2),
        )
    ]
    assert len(set(drawn)) == 4
