"""Who has the keys: fields while something is typed, the canvas and the scatter after that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import show_image
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from segmenter.app.plotted import Plot
from segmenter.app.state import Tool
from segmenter.ui.brush_bar import SizeField
from segmenter.ui.scatter_plot import IN_HAND, ScatterPlot
from segmenter.ui.settings_panel import SettingsPanel

LEFT = Qt.MouseButton.LeftButton
TOOL_KEYS = {Tool.BRUSH: "B", Tool.ERASER: "E", Tool.MOVE: "V"}


@pytest.fixture
def filled(qtbot, window, image):
    """A window with an image, in front, in which nothing runs by itself."""
    window.session.set_live(False)
    show_image(window.session, replace(image))
    with qtbot.waitActive(window):
        window.activateWindow()
    panel = window.findChild(SettingsPanel)
    panel._more.expand(animate=False)
    panel._cleanup.expand(animate=False)
    return window


def press(window, *keys):
    """Press keys as a keyboard does: shortcuts see them first."""
    for key in keys:
        combination = QKeySequence(key)[0]
        QTest.keyClick(window.windowHandle(), combination.key(), combination.keyboardModifiers())


def enter(window, name):
    """Put the focus into the field of a setting, as a click does."""
    field = window.findChild(SettingsPanel).rows[name].editor.compact
    field.setFocus(Qt.FocusReason.MouseFocusReason)
    field.lineEdit().selectAll()
    return field


def value(window, name):
    return getattr(window.session.state.inputs.settings, name)


@pytest.mark.parametrize("name", ["fill_holes", "tolerance", "join"])
def test_undo_is_the_windows_while_nothing_is_typed(filled, name):
    before = value(filled, "seed")
    settings = filled.session.state.inputs.settings
    filled.session.edit("Seed", settings=settings.model_copy(update={"seed": 7}))
    field = enter(filled, name)
    press(filled, "Ctrl+Z")
    assert value(filled, "seed") == before
    assert field.hasFocus()
    press(filled, "Ctrl+Shift+Z")
    assert value(filled, "seed") == 7


def test_a_step_in_a_field_is_undone_without_leaving_it(filled):
    enter(filled, "components")
    before = value(filled, "components")
    press(filled, "Up")
    assert value(filled, "components") == before + 1
    press(filled, "Ctrl+Z")
    assert value(filled, "components") == before


@pytest.mark.parametrize(("name", "typed"), [("fill_holes", "25"), ("join", "2+3")])
def test_what_is_only_typed_is_undone_in_the_field(filled, name, typed):
    settings = filled.session.state.inputs.settings
    filled.session.edit("Seed", settings=settings.model_copy(update={"seed": 7}))
    enter(filled, name)
    press(filled, *typed)
    press(filled, "Ctrl+Z")
    assert value(filled, "seed") == 7


@pytest.mark.parametrize("key", ["Return", "Enter"])
@pytest.mark.parametrize(
    ("name", "typed", "expected"), [("fill_holes", "25", 25), ("join", "2+3", "2+3")]
)
def test_return_takes_what_is_typed_and_letters_are_commands_again(
    filled, name, typed, expected, key
):
    enter(filled, name)
    press(filled, *typed, key)
    assert value(filled, name) == expected
    assert filled.canvas.hasFocus()
    press(filled, "B")
    assert filled.session.state.hand.tool is Tool.BRUSH


@pytest.mark.parametrize(
    ("name", "typed"), [("fill_holes", "25"), ("tolerance", "3e-3"), ("join", "2+3")]
)
def test_escape_takes_back_what_is_typed_and_gives_the_focus_to_the_canvas(filled, name, typed):
    field, before = enter(filled, name), value(filled, name)
    press(filled, *typed, "Esc")
    assert value(filled, name) == before
    assert filled.session.state.undo_text == ""
    assert filled.canvas.hasFocus()
    assert not field.hasFocus()


def test_escape_leaves_a_field_and_not_yet_the_lasso_or_the_tool(filled):
    filled.session.take(Tool.BRUSH)
    enter(filled, "fill_holes")
    press(filled, "Esc")
    assert filled.session.state.hand.tool is Tool.BRUSH
    press(filled, "Esc")
    assert filled.session.state.hand.tool is Tool.MOVE


def test_a_wrong_text_is_not_left_by_return(filled):
    field = enter(filled, "join")
    press(filled, *"2+", "Return")
    assert field.hasFocus()
    assert field.currentText() == "2+"


def test_the_size_of_the_brush_is_left_by_return(filled):
    filled.session.take(Tool.BRUSH)
    field = filled.findChild(SizeField)
    field.setFocus()
    field.selectAll()
    press(filled, "9", "Return", "2")
    assert filled.session.state.hand.size == 9
    assert filled.session.state.look.chosen == 2


@pytest.mark.parametrize("tool", Tool)
@pytest.mark.parametrize("way", ["command", "key"])
def test_a_chosen_tool_gives_the_keys_to_the_canvas(filled, tool, way):
    enter(filled, "fill_holes")
    if way == "command":
        filled.commands.by_id[tool.value].trigger()
    else:
        # Letters do not come out of a field; from anywhere else they do.
        filled.findChild(SettingsPanel).live.setFocus()
        press(filled, TOOL_KEYS[tool])
    assert filled.canvas.hasFocus()
    press(filled, "2")
    assert filled.session.state.look.chosen == 2
    assert value(filled, "fill_holes") == 0


def test_the_lasso_in_hand_has_the_keys_and_is_told_how_to_draw(filled, qtbot):
    filled.panels.show_plot(Plot.SCATTER)
    qtbot.waitUntil(lambda: filled.session.state.cloud is not None)
    scatter = filled.findChild(ScatterPlot)
    enter(filled, "fill_holes")
    QTest.mouseClick(scatter.lasso, LEFT)
    assert scatter.plot.hasFocus()
    assert scatter.note.text() == IN_HAND
    for key in ("Space", "Right", "Space", "Down", "Space", "C"):
        press(filled, key)
    assert len(filled.session.state.look.plots.lasso.corners) == 3
    assert not filled.session.state.look.divided
    assert value(filled, "fill_holes") == 0
