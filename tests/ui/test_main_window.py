"""The window: commands do what they say, files can be dropped, its place is remembered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from driving import show_image, step_into_em
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QSlider,
    QWidget,
)

from segmenter.app.state import Tool
from segmenter.engine.outcome import Stop
from segmenter.engine.overlay import View
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle
from segmenter.files.recipes import Recipe, write_recipe
from segmenter.ui.action import Action
from segmenter.ui.actions import ACTIONS
from segmenter.ui.banner import Banner
from segmenter.ui.batch_dialog import BatchDialog
from segmenter.ui.canvas import Canvas
from segmenter.ui.class_actions import CLASS_MENU
from segmenter.ui.classes_table import ClassesTable
from segmenter.ui.export_dialog import ExportDialog
from segmenter.ui.help_dialogs import AboutDialog, ShortcutsDialog
from segmenter.ui.lesson_dialog import LessonDialog
from segmenter.ui.view_transform import fitted


@pytest.fixture
def trigger(window):
    return lambda name: window.commands.by_id[name].trigger()


@pytest.fixture
def filled(window, image, wait):
    """The window with an image and its result."""
    show_image(window.session, replace(image))
    wait(window.session, lambda state: state.result is not None and state.progress is None)
    return window


def enabled(window):
    return {name for name, action in window.commands.by_id.items() if action.isEnabled()}


# ---- Room -----------------------------------------------------------------------------------


# ---- Commands -------------------------------------------------------------------------------


def test_an_empty_window_offers_only_what_it_can_do(window):
    offered = {name for name in enabled(window) if not name.startswith("class-")}
    assert offered == {
        "open", "quit", "live", "step-through", "process-folder", "how-em-works", "shortcuts",
        "about",
    }  # fmt: skip


def test_with_a_result_all_is_offered_but_stop_undo_and_reset(filled):
    missing = {entry.id for entry in ACTIONS} - enabled(filled)
    without_more = {"join-classes", "separate-classes", "move-class-up"}
    without_more |= {"start-afresh", "palette-colours", "all-classes"}
    in_front = {"beside-convergence"}
    without_scribbles = {"brush-smaller", "brush-larger", "clear-scribbles", "save-scribbles"}
    without_light = {"view-shading", "view-corrected"}
    without_file = {"next-image", "previous-image"}
    classes = {f"class-{k}" for k in range(5, 10)}
    unseen = {*in_front, *without_more, *without_scribbles, *without_light, *without_file, *classes}
    assert missing == {"stop", "undo", "redo", "reset-settings", *unseen}


@pytest.mark.parametrize("view", View)
def test_every_view_can_be_chosen_and_is_ticked(filled, trigger, view):
    name = f"view-{view.name.lower().replace('_', '-')}"
    result = filled.session.state.result
    light = np.ones(result.labels.shape, np.float32)
    filled.session._change(result=replace(result, shading=light))
    trigger(name)
    trigger(name)
    assert filled.session.state.look.view is view
    assert filled.commands.by_id[name].isChecked()


def test_live_is_ticked_as_the_state_says(window, trigger):
    trigger("live")
    assert not window.session.state.live
    assert not window.commands.by_id["live"].isChecked()


def test_run_step_and_stop(filled, trigger, wait):
    session = filled.session
    step_into_em(session, wait)
    trigger("run")
    assert not session.state.stepping
    trigger("step")
    assert session.state.stepping
    trigger("stop")
    state = wait(session, lambda state: state.progress is None)
    assert state.result.stopped is Stop.CANCELLED


def test_undo_and_redo_say_what(filled, trigger):
    session = filled.session
    settings = session.state.inputs.settings
    session.edit("Components", settings=settings.model_copy(update={"components": 2}))
    undo, redo = filled.commands.by_id["undo"], filled.commands.by_id["redo"]
    assert (undo.text(), undo.iconText()) == ("&Undo Components", "Undo")
    trigger("undo")
    assert session.state.inputs.settings == settings
    assert redo.text() == "&Redo Components"
    trigger("redo")
    assert session.state.inputs.settings.components == 2


def test_zooms(filled, trigger):
    filled.canvas.fit()
    whole = filled.canvas.view.scale
    trigger("zoom-in")
    assert filled.canvas.view.scale > whole
    trigger("zoom-actual")
    assert filled.canvas.view.scale == 1
    trigger("zoom-in")
    larger = filled.canvas.view.scale
    trigger("zoom-out")
    assert filled.canvas.view.scale < larger
    trigger("fit")
    assert filled.canvas.view.scale == whole


@pytest.mark.parametrize(
    "kind", [Canvas, ClassesTable, QSlider, QComboBox], ids=lambda kind: kind.__name__
)
def test_single_keys_count_wherever_the_focus_is(filled, qtbot, kind):
    widget = next(part for part in filled.findChildren(kind) if part.isVisible())
    filled.activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    filled.canvas.zoom_in()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_3, Qt.Key.Key_F):
        QTest.keyClick(widget, key)
    look = filled.session.state.look
    assert (look.overlay_hidden, look.chosen) == (True, 3)
    assert filled.canvas.view == fitted(filled.canvas._pyramid.size, filled.canvas._screen())


def test_digits_are_text_where_text_is_typed(filled, qtbot):
    filled.activateWindow()
    fields = filled.findChildren(QAbstractSpinBox)
    editor = next(part for part in fields if part.isVisible() and part.isEnabled())
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_3)
    assert editor.text().startswith("3")
    assert filled.session.state.look.chosen == 1


def test_space_presses_the_button_that_has_the_focus(filled, qtbot):
    filled.activateWindow()
    live = next(part for part in filled.findChildren(QCheckBox) if part.text() == "Live")
    live.setFocus()
    qtbot.waitUntil(live.hasFocus)
    QTest.keyClick(live, Qt.Key.Key_Space)
    assert not filled.session.state.live
    assert not filled.session.state.look.overlay_hidden


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("export", ExportDialog),
        ("process-folder", BatchDialog),
        ("shortcuts", ShortcutsDialog),
        ("about", AboutDialog),
        ("how-em-works", LessonDialog),
    ],
)
def test_a_dialog_opens_and_the_window_stays(filled, trigger, name, kind):
    trigger(name)
    (dialog,) = filled.findChildren(kind)
    assert dialog.isVisible()
    dialog.close()


def test_settings_are_reset_in_one_step_that_can_be_undone(window, trigger):
    session = window.session
    reset = window.commands.by_id["reset-settings"]
    session.edit("Settings", settings=Settings())
    assert not reset.isEnabled()
    assert "All settings are at their defaults." in reset.toolTip()
    changed = Settings(components=7, features=("grey",), smooth_borders=3)
    session.edit("Several", settings=changed)
    trigger("reset-settings")
    assert session.state.inputs.settings == Settings()
    assert session.state.undo_text == "Reset settings"
    trigger("undo")
    assert session.state.inputs.settings == changed


# ---- Files ----------------------------------------------------------------------------------


def drop(window, *urls, key=Qt.KeyboardModifier.NoModifier):
    mime = QMimeData()
    mime.setUrls([QUrl(url) for url in urls])
    action = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    keys = (Qt.MouseButton.LeftButton, key)
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(5, 5), action, mime, *keys))
    is_welcome = window._drop_frame.isVisible()
    event = QDropEvent(QPointF(5, 5), action, mime, *keys)
    QApplication.sendEvent(window, event)
    assert not window._drop_frame.isVisible()
    assert event.dropAction() is Qt.DropAction.CopyAction, "a move would delete the files"
    return is_welcome


def test_the_first_dropped_file_that_can_be_read_is_opened(window, image_file, wait):
    absent = image_file.with_name("absent.png")
    move = Qt.KeyboardModifier.ShiftModifier
    assert drop(window, absent.as_uri(), image_file.as_uri(), "https://x.org/x.png", key=move)
    state = wait(window.session, lambda state: state.image is not None)
    assert state.image.path == image_file
    assert state.failure == ""
    assert window.preferences.recent == [image_file]


def test_a_dropped_folder_is_proposed_for_a_batch(window, tmp_path):
    drop(window, tmp_path.as_uri())
    assert window._batch.isVisible()
    assert window._batch.form.folder.path == tmp_path
    window._batch.close()


def test_a_dropped_recipe_is_taken_over_and_can_be_undone(window, tmp_path, wait):
    path = tmp_path / "mine.json"
    classes = (ClassStyle("Dark", (1, 2, 3)), ClassStyle("Bright", (4, 5, 6)))
    write_recipe(path, Recipe(Settings(components=2), classes=classes))
    before = window.session.state.inputs
    drop(window, path.as_uri())
    state = wait(window.session, lambda state: state.inputs.settings.components == 2)
    assert state.inputs.classes[:2] == classes
    window.session.undo_stack.undo()
    assert window.session.state.inputs == before


def test_a_dropped_file_that_is_no_recipe_is_told_of(window, tmp_path, wait):
    path = tmp_path / "other.json"
    path.write_text("[]")
    drop(window, path.as_uri())
    assert "other.json" in wait(window.session, lambda state: state.failure).failure


def test_what_is_no_local_file_is_left_alone(window):
    assert not drop(window, "https://example.org/x.png")
    assert window.session.state.opening == ""


def test_a_file_that_cannot_be_read_is_not_remembered(window, tmp_path, wait):
    window.open_all([tmp_path / "absent.png"])
    wait(window.session, lambda state: state.failure)
    assert window.preferences.recent == []


def test_a_failure_lies_over_the_image_and_moves_nothing(filled, tmp_path, wait):
    before = (filled.canvas.size(), filled.canvas.view)
    filled.open_all([tmp_path / "absent.png"])
    wait(filled.session, lambda state: state.failure)
    banner = filled.findChild(Banner)
    assert banner.isVisible()
    assert (banner.width(), banner.height() > 20) == (filled.canvas.width(), True)
    assert (filled.canvas.size(), filled.canvas.view) == before
    filled.resize(filled.width() - 100, filled.height())
    assert banner.width() == filled.canvas.width()


# ---- The window itself ----------------------------------------------------------------------


def test_closing_in_the_middle_of_a_run_ends_it(window, image, wait):
    window.session.set_live(False)
    show_image(window.session, replace(image))
    step_into_em(window.session, wait)
    window.session.run()
    window.close()
    assert window.session.close()


def test_everything_that_takes_the_focus_has_a_name(filled):
    nameless = []
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QSlider)
    for widget in filled.findChildren(QWidget):
        if isinstance(widget, kinds) and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            name = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
            if not name and not isinstance(widget.parent(), QDialog):
                nameless.append(widget)
    assert nameless == []


def test_zoom_and_page_are_told(filled, image):
    filled.canvas.zoom_to_actual()
    assert filled.statusBar().zoom.text() == "100%"
    paged = replace(image, path=Path("/a/cells.tif"), page=1, page_count=5)
    filled.session.set_live(False)
    show_image(filled.session, paged)
    assert filled.windowTitle() == "cells.tif, page 2 of 5 \N{EN DASH} Segmenter"


def test_the_pixel_under_the_pointer_reaches_the_status_bar(filled):
    filled.canvas.pointed.emit((1, 2))
    assert filled.statusBar().words.text().startswith("x 2, y 1")


def test_v_in_the_classes_hides_one_unless_a_tool_is_in_hand(filled):
    table = filled.findChild(ClassesTable)
    table.setFocus()
    filled.session.take(Tool.BRUSH)
    QTest.keyClick(filled.windowHandle(), Qt.Key.Key_V)
    assert filled.session.state.hand.tool is Tool.MOVE
    assert all(style.visible for style in filled.session.state.inputs.classes)
    assert filled.canvas.hasFocus()
    table.setFocus()
    QTest.keyClick(filled.windowHandle(), Qt.Key.Key_V)
    assert not filled.session.state.inputs.classes[0].visible


def test_commands_that_cannot_be_given_say_why(window, segmented):
    actions = window.commands.by_id
    assert actions["export"].isEnabled()
    assert "\n" not in actions["export"].toolTip()
    assert not actions["stop"].isEnabled()
    assert actions["stop"].toolTip().endswith("\nNo run is under way.")
    menus = [entry.menu() for entry in window.menuBar().actions()]
    assert all(menu.toolTipsVisible() for menu in menus)


def test_alt_down_opens_a_list_that_has_the_focus_and_else_moves_a_class(filled, wait):
    combo = next(c for c in filled.findChildren(QComboBox) if c.isVisible() and c.count() > 1)
    combo.setFocus()
    QTest.keyClick(filled.windowHandle(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert combo.view().isVisible()
    combo.hidePopup()
    assert filled.session.state.undo_text == ""
    filled.canvas.setFocus()
    QTest.keyClick(filled.windowHandle(), Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert filled.session.state.undo_text == "Move Class 1"
    wait(filled.session, lambda state: state.progress is None)


def test_classes_are_changed_from_the_context_menu_of_their_table(filled):
    table = filled.findChild(ClassesTable)
    assert table.contextMenuPolicy() is Qt.ContextMenuPolicy.ActionsContextMenu
    offered = [action.objectName() for action in table.actions() if not action.isSeparator()]
    assert offered == [entry.id for entry in CLASS_MENU.entries if isinstance(entry, Action)]
