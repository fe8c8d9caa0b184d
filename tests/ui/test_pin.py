"""Pinning a pixel: by a click, not by a drag; moved and taken away by keys; marked."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from segmenter.app.state import Tool
from segmenter.ui.canvas import Canvas

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(qtbot, segmented):
    """A canvas of ten screen pixels for every pixel of the image."""
    made = Canvas(segmented)
    segmented.changed.connect(made.show_state)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    return made


def at(row, column):
    return QPoint(column * 10 + 5, row * 10 + 5)


def drag(canvas, *points):
    QTest.mousePress(canvas, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=points[-1])


def test_a_click_pins_moves_and_unpins(canvas, segmented):
    QTest.mouseClick(canvas, LEFT, pos=at(20, 30))
    assert segmented.state.look.pinned == (20, 30)
    QTest.mouseClick(canvas, LEFT, pos=at(5, 6))
    assert segmented.state.look.pinned == (5, 6)
    QTest.mouseClick(canvas, LEFT, pos=at(5, 6))
    assert segmented.state.look.pinned is None


def test_a_drag_and_another_button_pin_nothing(canvas, segmented):
    drag(canvas, at(20, 30), at(24, 30), at(20, 30))
    assert segmented.state.look.pinned is None
    QTest.mouseClick(canvas, Qt.MouseButton.MiddleButton, pos=at(20, 30))
    assert segmented.state.look.pinned is None


def test_a_double_click_fits_and_leaves_the_pin(canvas, segmented):
    segmented.set_look(pinned=(1, 1))
    QTest.mouseClick(canvas, LEFT, pos=at(20, 30))
    QTest.mouseDClick(canvas, LEFT, pos=at(20, 30))
    assert segmented.state.look.pinned == (1, 1)


def test_a_click_beside_the_image_unpins(canvas, segmented):
    canvas.resize(640, 600)
    segmented.set_look(pinned=(1, 1))
    QTest.mouseClick(canvas, LEFT, pos=QPoint(300, 5))
    assert segmented.state.look.pinned is None


def test_with_a_tool_in_hand_a_click_is_the_tool_s(canvas, segmented):
    segmented.take(Tool.BRUSH)
    QTest.mouseClick(canvas, LEFT, pos=at(20, 30))
    assert segmented.state.look.pinned is None
    assert segmented.state.inputs.scribbles


def test_keys_move_the_pin_within_the_image_and_take_it_away(canvas, segmented):
    segmented.set_look(pinned=(1, 62))
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(canvas, key, SHIFT)
    assert segmented.state.look.pinned == (0, 63)
    QTest.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    QTest.keyClick(canvas, Qt.Key.Key_Left, SHIFT)
    assert segmented.state.look.pinned == (1, 62)
    before = canvas.view
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    assert segmented.state.look.pinned == (1, 62)
    assert canvas.view != before
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert segmented.state.look.pinned is None


def test_the_command_pins_what_is_under_the_pointer_or_in_the_middle(canvas, segmented):
    canvas.pointed.emit(None)
    canvas.pin()
    assert segmented.state.look.pinned == (23, 31)
    QTest.mouseMove(canvas, at(7, 8))
    canvas.pin()
    assert segmented.state.look.pinned == (7, 8)


def test_the_pinned_pixel_is_marked(canvas, segmented):
    def picture():
        grabbed = canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        lines = np.frombuffer(grabbed.constBits(), np.uint8)
        return lines.reshape(grabbed.height(), grabbed.bytesPerLine()).astype(int)

    before = picture()
    segmented.set_look(pinned=(20, 30))
    rows, columns = np.nonzero(picture() != before)
    assert abs(rows.mean() - at(20, 30).y()) < 1
    assert abs(columns.mean() - at(20, 30).x()) < 1
    assert np.ptp(rows) < 40
    segmented.set_look(pinned=None)
    np.testing.assert_array_equal(picture(), before)


def test_without_an_image_there_is_nothing_to_pin(qtbot, session):
    made = Canvas(session)
    qtbot.addWidget(made)
    made.pin()
    QTest.mouseClick(made, LEFT)
    assert session.state.look.pinned is None
    assert replace(session.state.look, pinned=None) == session.state.look
