"""Clicks are told apart from drags and double clicks, and pin and choose."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segmenter.app.listed import are_listed
from segmenter.app.state import Tool
from segmenter.ui.canvas import Canvas
from segmenter.ui.clicks import Clicks

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def canvas(qtbot, segmented, wait):
    """A canvas of ten screen pixels for every pixel of the image, whose regions are listed."""
    made = Canvas(segmented)
    segmented.changed.connect(made.show_state)
    qtbot.addWidget(made)
    made.resize(640, 600)
    made.show()
    segmented.set_look(lists_regions=True)
    wait(segmented, are_listed)
    return made


@pytest.fixture
def clicked(canvas):
    places = []
    canvas.findChild(Clicks).clicked.connect(lambda *place: places.append(place))
    return places


def at(row, column):
    # The image lies in the middle of a canvas that is 60 pixels higher than it on either side.
    return QPoint(column * 10 + 5, 60 + row * 10 + 5)


def test_a_click_pins_the_pixel_and_chooses_its_region(canvas, clicked, segmented):
    QTest.mouseClick(canvas, LEFT, pos=at(20, 50))
    assert clicked == [(20, 50)]
    look, regions = segmented.state.look, segmented.state.regions
    assert look.pinned == (20, 50)
    assert look.region == regions.numbers[20, 50]
    assert look.chosen == regions.classes[look.region - 1]


def test_a_double_click_leaves_pin_region_and_class_as_they_were(canvas, segmented):
    QTest.mouseClick(canvas, LEFT, pos=at(20, 50))
    before = segmented.state.look
    other = at(20, 5)
    assert segmented.state.regions.numbers[20, 5] != before.region
    QTest.mouseClick(canvas, LEFT, pos=other)
    assert segmented.state.look != before
    QTest.mouseDClick(canvas, LEFT, pos=other)
    assert segmented.state.look == before


def test_a_drag_is_no_click_even_if_it_comes_back(canvas, clicked):
    QTest.mousePress(canvas, LEFT, pos=at(20, 50))
    QTest.mouseMove(canvas, at(24, 50))
    QTest.mouseRelease(canvas, LEFT, pos=at(20, 50))
    QTest.mouseClick(canvas, Qt.MouseButton.MiddleButton, pos=at(20, 50))
    assert not clicked


def test_a_double_click_after_a_drag_takes_back_no_earlier_click(canvas, segmented):
    QTest.mouseClick(canvas, LEFT, pos=at(20, 5))
    before = segmented.state.look
    QTest.mousePress(canvas, LEFT, pos=at(20, 50))
    QTest.mouseMove(canvas, at(24, 50))
    QTest.mouseRelease(canvas, LEFT, pos=at(20, 50))
    QTest.mouseDClick(canvas, LEFT, pos=at(20, 50))
    assert segmented.state.look == before


def test_a_click_beside_the_image_chooses_nothing(canvas, clicked, segmented):
    QTest.mouseClick(canvas, LEFT, pos=at(20, 50))
    before = segmented.state.look
    for row in (-2, 50):
        QTest.mouseClick(canvas, LEFT, pos=at(row, 5))
    assert clicked[1:] == [(-2, 5), (50, 5)]
    assert segmented.state.look.region == before.region
    assert segmented.state.look.pinned is None


def test_with_a_tool_in_hand_nothing_is_clicked(canvas, clicked, segmented):
    segmented.take(Tool.BRUSH)
    QTest.mouseClick(canvas, LEFT, pos=at(20, 50))
    assert not clicked
    assert segmented.state.look.region == 0
