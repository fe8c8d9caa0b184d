"""The pixel grid: between pixels that are large enough, on any ground."""

from dataclasses import replace

import numpy as np
import pytest
from halves import grey_image, state_of
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from segmenter.app.state import Look, State
from segmenter.ui.canvas import Canvas
from segmenter.ui.pixel_grid import paint_grid
from segmenter.ui.view_transform import ViewTransform


def painted(ground, scale, ratio=1.0):
    """Greys of one row of the screen, 5 pixels of the image wide."""
    screen = QImage(round(5 * scale), round(5 * scale), QImage.Format.Format_RGB32)
    screen.fill(ground << 16 | ground << 8 | ground)
    painter = QPainter(screen)
    paint_grid(painter, ViewTransform(scale), rows=range(5), columns=range(5), ratio=ratio)
    painter.end()
    return np.array([screen.pixelColor(x, int(scale / 2)).red() for x in range(screen.width())])


@pytest.mark.parametrize("ground", [0, 128, 255])
def test_lines_are_seen_on_any_ground_and_only_between_pixels(ground):
    row = painted(ground, 16.0)
    changed = np.flatnonzero(row != ground)
    assert set(changed) <= {x for at in (16, 32, 48, 64) for x in (at - 1, at)}
    for at in (16, 32, 48, 64):
        assert abs(row[[at - 1, at]].astype(int) - ground).max() >= 30


@pytest.mark.parametrize(("scale", "ratio"), [(11.9, 1.0), (23.9, 2.0)])
def test_there_is_no_grid_where_pixels_are_small(scale, ratio):
    assert (painted(100, scale, ratio) == 100).all()
    assert (painted(100, scale + 0.2, ratio) != 100).any()


def test_lines_are_as_wide_on_a_fine_screen():
    assert np.count_nonzero(painted(128, 32.0, 2.0) != 128) == 4 * 4


def test_the_grid_can_be_taken_away(qtbot, session):
    canvas = Canvas(session)
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    state = state_of(grey_image(4, 6))
    canvas.show_state(State(), state)
    with_grid = canvas.grab().toImage()
    canvas.show_state(state, replace(state, look=Look(grid=False)))
    assert canvas.grab().toImage() != with_grid


def test_the_grid_has_a_key(window, segmented, qtbot):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_G)
    assert segmented.state.look.grid is False
