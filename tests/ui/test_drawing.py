"""Drawing on the canvas with real mouse and key events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest

from segmenter.app.state import BRUSH_SIZES, Tool
from segmenter.engine.outcome import Result
from segmenter.ui.brush_bar import BrushBar
from segmenter.ui.classes_panel import ClassesPanel

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def canvas(window, image):
    """The canvas of a window with an image, and nothing that runs by itself."""
    window.session.set_live(False)
    show_image(window.session, replace(image))
    window.activateWindow()
    window.canvas.setFocus()
    return window.canvas


def place(canvas, row, column):
    return canvas.view.to_screen(QRectF(column, row, 1, 1)).center().toPoint()


def stroke(canvas, *pixels, button=LEFT, modifiers=NONE):
    places = [place(canvas, *pixel) for pixel in pixels]
    QTest.mousePress(canvas, button, modifiers, places[0])
    for at in places[1:]:
        QTest.mouseMove(canvas, at)
    QTest.mouseRelease(canvas, button, modifiers, places[-1])


def said(session):
    return session.state.inputs.scribbles.within(range(48), range(64))


def painted(canvas, row, column):
    at = place(canvas, row, column)
    return canvas.grab().toImage().pixelColor(at).getRgb()[:3]


def replaced(result, conflicts):
    """The same result with other conflicts."""
    kept = (result.labels, result.responsibilities, result.index, result.mixture)
    rest = (result.settings, result.log_likelihoods, result.stopped)
    return Result(*kept, *rest, conflicts=conflicts)


def press(window, key, modifiers=NONE):
    QTest.keyClick(window.windowHandle(), key, modifiers)


def test_a_stroke_of_the_brush_is_one_step_to_undo_and_redo(window, canvas, session):
    press(window, Qt.Key.Key_B)
    session.set_brush_size(3)
    press(window, Qt.Key.Key_2)
    stroke(canvas, (10, 10), (10, 20), (20, 20))
    drawn = said(session)
    assert (drawn[10, 10:21] == 2).all()
    assert (drawn[10:21, 20] == 2).all()
    assert drawn[15, 12] == 0
    assert session.undo_stack.count() == 1
    assert session.state.undo_text == "Scribble Class 2"
    session.undo_stack.undo()
    assert not said(session).any()
    session.undo_stack.redo()
    np.testing.assert_array_equal(said(session), drawn)


def test_the_eraser_and_the_right_button_take_away(window, canvas, session):
    session.take(Tool.BRUSH)
    stroke(canvas, (10, 10), (10, 50))
    stroke(canvas, (10, 20), (10, 25), button=RIGHT)
    assert said(session)[10, 22] == 0
    assert said(session)[10, 40] == 1
    press(window, Qt.Key.Key_E)
    stroke(canvas, (10, 5), (10, 60))
    assert not said(session).any()
    assert session.undo_stack.count() == 3


def test_with_shift_a_stroke_goes_on_straight_from_the_last(canvas, session):
    session.take(Tool.BRUSH)
    session.set_brush_size(1)
    stroke(canvas, (5, 5))
    stroke(canvas, (5, 45), modifiers=SHIFT)
    assert (said(session)[5, 5:46] == 1).all()


def test_a_stroke_may_leave_the_image_and_come_back(canvas, session):
    session.take(Tool.BRUSH)
    session.set_brush_size(1)
    stroke(canvas, (5, 5), (5, -4), (-3, 20), (5, 30))
    assert said(session)[5, 0] == said(session)[5, 30] == 1


def test_a_click_beside_the_image_changes_nothing(canvas, session):
    session.take(Tool.BRUSH)
    session.set_brush_size(1)
    canvas.zoom_out()
    QTest.mouseClick(canvas, LEFT, NONE, QPoint(3, 3))
    assert session.undo_stack.count() == 0


def test_escape_gives_the_stroke_up_and_then_lays_the_tool_down(window, canvas, session):
    session.take(Tool.BRUSH)
    QTest.mousePress(canvas, LEFT, NONE, place(canvas, 10, 10))
    QTest.mouseMove(canvas, place(canvas, 10, 30))
    press(window, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 10, 30))
    assert session.undo_stack.count() == 0
    assert session.state.hand.tool is Tool.BRUSH
    press(window, Qt.Key.Key_Escape)
    assert session.state.hand.tool is Tool.MOVE


def test_v_lays_the_tool_down_and_then_the_image_is_dragged(window, canvas, session):
    session.take(Tool.BRUSH)
    press(window, Qt.Key.Key_V)
    before = canvas.view
    stroke(canvas, (10, 10), (20, 30))
    assert canvas.view != before
    assert not said(session).any()


def test_while_space_is_held_the_image_is_dragged(window, canvas, session):
    session.take(Tool.BRUSH)
    before = canvas.view
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_Space)
    stroke(canvas, (10, 10), (20, 30))
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_Space)
    assert canvas.view != before
    assert not said(session).any()
    assert not session.state.look.overlay_hidden
    stroke(canvas, (10, 10), (20, 30))
    assert said(session).any()


def test_the_middle_button_drags_and_space_alone_hides_the_overlay(window, canvas, session):
    session.take(Tool.BRUSH)
    before = canvas.view
    stroke(canvas, (10, 10), (20, 30), button=MIDDLE)
    assert canvas.view != before
    assert not said(session).any()
    press(window, Qt.Key.Key_Space)
    assert session.state.look.overlay_hidden


def test_the_brush_grows_and_shrinks_by_key_and_in_the_toolbar(window, canvas, session):
    bar = window.findChild(BrushBar)
    assert not bar.size_field.isEnabled()
    press(window, Qt.Key.Key_B)
    before = session.state.hand.size
    press(window, Qt.Key.Key_BracketRight)
    assert session.state.hand.size == BRUSH_SIZES[BRUSH_SIZES.index(before) + 1]
    assert bar.size_field.value() == session.state.hand.size
    for _ in BRUSH_SIZES:
        press(window, Qt.Key.Key_BracketLeft)
    assert session.state.hand.size == 1
    bar.size_field.setValue(20)
    assert session.state.hand.size == 21
    bar.size_field.stepDown()
    assert session.state.hand.size == 17
    press(window, Qt.Key.Key_3)
    assert bar.number.text() == "3"


def test_scribbles_are_painted_in_the_colour_of_their_class_with_an_outline(canvas, session):
    session.take(Tool.BRUSH)
    session.set_look(chosen=2)
    stroke(canvas, (10, 10), (10, 50))
    session.take(Tool.MOVE)
    assert painted(canvas, 10, 30) == session.state.inputs.classes[1].colour
    at = place(canvas, 10, 30)
    seen = canvas.grab().toImage()
    above = [seen.pixelColor(at.x(), y).getRgb()[:3] for y in range(at.y(), -1, -1)]
    rim = above.index((255, 255, 255))
    assert set(above[:rim]) == {session.state.inputs.classes[1].colour}
    assert above[rim + 1] == (0, 0, 0)
    session.set_look(overlay_hidden=True)
    assert painted(canvas, 10, 30) != session.state.inputs.classes[1].colour


def test_a_stroke_is_seen_before_it_ends(canvas, session):
    session.take(Tool.BRUSH)
    QTest.mousePress(canvas, LEFT, NONE, place(canvas, 10, 10))
    QTest.mouseMove(canvas, place(canvas, 10, 40))
    assert painted(canvas, 10, 20) == session.state.inputs.classes[0].colour
    assert session.undo_stack.count() == 0
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 10, 40))


def test_one_pixel_is_drawn_as_one_square_close_up(canvas, session):
    session.take(Tool.BRUSH)
    session.set_brush_size(1)
    for _ in range(4):
        canvas.zoom_in()
    stroke(canvas, (24, 32))
    session.take(Tool.MOVE)
    colour = session.state.inputs.classes[0].colour
    square = canvas.view.to_screen(QRectF(32, 24, 1, 1))
    seen = canvas.grab().toImage()
    inside = square.adjusted(1, 1, -1, -1)
    for corner in (inside.topLeft(), inside.bottomRight()):
        assert seen.pixelColor(corner.toPoint()).getRgb()[:3] == colour
    assert seen.pixelColor(square.adjusted(-4, -4, 4, 4).topLeft().toPoint()).getRgb()[:3] != colour


def test_conflicts_are_hatched_and_counted(canvas, session, window, wait):
    session.take(Tool.BRUSH)
    session.set_brush_size(9)
    stroke(canvas, (20, 10), (20, 20))
    session.take(Tool.MOVE)
    session.run()
    wait(session, lambda state: state.progress is None)
    result = session.state.result
    conflicts = said(session) > 0
    wrong = replaced(result, conflicts)
    session._on_fitted(replaced(result, np.zeros_like(conflicts)))
    plain = canvas.grab().toImage()
    session._on_fitted(wrong)
    assert session.state.conflicts == conflicts.sum()
    words = window.findChild(ClassesPanel).notes.text()
    assert f"{conflicts.sum()} scribbled pixels look like another class" in words
    hatched = canvas.grab().toImage()
    area = canvas.view.to_screen(QRectF(12, 19, 6, 3)).toRect()
    colours = {
        hatched.pixelColor(x, y).getRgb()[:3]
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom())
    }
    assert len(colours) >= 3
    assert hatched != plain


def test_another_image_takes_the_scribbles_away(canvas, session, image):
    session.take(Tool.BRUSH)
    stroke(canvas, (10, 10), (10, 50))
    QTest.mousePress(canvas, LEFT, NONE, place(canvas, 10, 10))
    show_image(session, replace(image))
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 10, 10))
    assert not said(session).any()
    assert session.undo_stack.count() == 0


def test_clearing_is_one_step(canvas, session, window):
    session.take(Tool.BRUSH)
    stroke(canvas, (10, 10), (10, 50))
    stroke(canvas, (20, 10), (20, 50))
    drawn = said(session)
    window.commands.by_id["clear-scribbles"].trigger()
    assert not said(session).any()
    assert not window.commands.by_id["clear-scribbles"].isEnabled()
    session.undo_stack.undo()
    np.testing.assert_array_equal(said(session), drawn)
