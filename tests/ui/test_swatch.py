"""Legends show colours as they lie over the image."""

from dataclasses import replace

import numpy as np
import pytest
from halves import RED, grey_image, halves, state_of
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from segmenter.engine.overlay import View
from segmenter.ui.canvas import Canvas
from segmenter.ui.classes_model import Column
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.swatch import laid, paint_swatch


def mid_grey():
    image = grey_image()
    return replace(image, pixels=np.full_like(image.pixels, 128))


@pytest.fixture
def canvas(qtbot, session):
    made = Canvas(session)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def seen(canvas, x, y):
    return canvas.grab().toImage().pixelColor(x, y).getRgb()[:3]


@pytest.mark.parametrize("opacity", [0.0, 0.3, 0.5, 1.0])
def test_a_laid_colour_is_that_of_the_canvas_over_mid_grey(canvas, opacity):
    state = state_of(mid_grey(), halves(), opacity=opacity)
    canvas.show_state(canvas._state, state)
    expected = laid(QColor(*RED), opacity).getRgb()[:3]
    np.testing.assert_allclose(seen(canvas, 60, 100), expected, atol=2)


def test_a_swatch_has_the_colour_in_full_at_its_rim():
    picture = QImage(30, 20, QImage.Format.Format_RGB32)
    picture.fill(0)
    painter = QPainter(picture)
    paint_swatch(painter, QRect(0, 0, 30, 20), QColor(*RED), "", 0.5)
    painter.end()
    assert picture.pixelColor(0, 10) == picture.pixelColor(29, 10) == QColor(*RED)
    assert picture.pixelColor(15, 10) == laid(QColor(*RED), 0.5)


def swatch_colour(panel):
    table = panel.table
    area = table.visualRect(panel.model.index(0, Column.COLOUR))
    grabbed = table.viewport().grab().toImage()
    return grabbed.pixelColor(area.left() + 8, area.center().y())


def test_the_list_of_classes_follows_the_opacity(qtbot, segmented):
    panel = ClassesPanel(segmented)
    qtbot.addWidget(panel)
    panel.show()
    colour = QColor(*segmented.state.inputs.classes[0].colour)
    for opacity in (0.5, 0.2, 1.0):
        segmented.set_look(opacity=opacity)
        assert swatch_colour(panel) == laid(colour, opacity)
    segmented.set_look(opacity=0.2, outlined=True)
    # Lines are opaque whatever areas are.
    assert swatch_colour(panel) == colour


@pytest.mark.parametrize("opacity", [0.3, 1.0])
def test_the_legend_of_doubt_has_the_colours_of_the_canvas(canvas, opacity):
    state = state_of(mid_grey(), halves(), view=View.UNCERTAINTY, opacity=opacity)
    canvas.show_state(canvas._state, state)
    grabbed = canvas.grab().toImage()
    certain = grabbed.pixelColor(225, 60).getRgb()[:3]
    legend = [grabbed.pixelColor(x, y).getRgb()[:3] for x in range(300) for y in range(170, 190)]
    gaps = np.abs(np.array(legend) - certain).max(axis=1)
    assert gaps.min() <= 3
