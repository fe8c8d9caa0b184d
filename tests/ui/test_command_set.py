"""Keys of commands: what cannot be done says why, wherever the focus is."""

from dataclasses import replace

import pytest
from driving import show_image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from segmenter.app import reasons
from segmenter.engine.outcome import Progress, Stage
from segmenter.ui.classes_table import ClassesTable
from segmenter.ui.palette_popup import PalettePopup


@pytest.fixture
def filled(window, image, wait):
    """The window with an image and its result."""
    show_image(window.session, replace(image))
    wait(window.session, lambda state: state.result is not None and state.progress is None)
    return window


def words(window):
    return window.statusBar().words.text()


@pytest.mark.parametrize("place", ["canvas", "classes"])
def test_the_key_of_a_command_that_cannot_be_given_says_why(filled, place):
    focused = filled.canvas if place == "canvas" else filled.findChild(ClassesTable)
    focused.setFocus()
    filled.statusBar().show_pixel((3, 4))
    QTest.keyClick(focused, Qt.Key.Key_J)
    assert words(filled) == reasons.no_joining(filled.session.state)
    QTest.keyClick(focused, Qt.Key.Key_9)
    assert words(filled) == "There is no class 9."
    QTest.keyClick(focused, Qt.Key.Key_G)
    assert words(filled).startswith("x 4, y 3"), "what can be done needs no words"


def test_the_reason_gives_way_to_news_and_after_a_while(filled):
    QTest.keyClick(filled.canvas, Qt.Key.Key_9)
    filled.session.say("News")
    assert words(filled) == "News"
    QTest.keyClick(filled.canvas, Qt.Key.Key_9)
    assert filled.statusBar()._telling.isActive()
    filled.statusBar()._telling.timeout.emit()
    assert words(filled) == "News"


def test_escape_says_nothing_of_a_run_that_there_is_not(filled):
    before = words(filled)
    QTest.keyClick(filled.canvas, Qt.Key.Key_Escape)
    assert words(filled) == before


def test_what_is_typed_is_no_command(filled):
    table = filled.findChild(ClassesTable)
    table.rename()
    editor = table.findChild(QLineEdit)
    before = words(filled)
    QTest.keyClick(editor, Qt.Key.Key_J)
    assert (editor.text(), words(filled)) == ("j", before)


def test_the_divider_comes_during_the_first_run(window, image):
    window.session.set_live(False)
    show_image(window.session, replace(image))
    window.session._change(progress=Progress(Stage.STARTS))
    QTest.keyClick(window.canvas, Qt.Key.Key_C)
    assert window.session.state.look.divided
    assert window.canvas.divider.isVisible()
    left, right = window.canvas.sides.lists
    assert (left.currentText(), right.currentText()) == ("EM", "k-means")


def test_a_class_is_renamed_by_key_wherever_the_focus_is(filled, qtbot):
    filled.panels.docks[1].close()
    filled.session.set_look(chosen=2)
    QTest.keyClick(filled.canvas, Qt.Key.Key_F2)
    editor = filled.findChild(ClassesTable).findChild(QLineEdit)
    qtbot.waitUntil(editor.isVisible)
    editor.setText("Nuclei")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: filled.session.state.inputs.classes[1].name == "Nuclei")


def test_a_class_is_recoloured_by_key(filled):
    QTest.keyClick(filled.canvas, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    (popup,) = filled.findChildren(PalettePopup)
    assert popup.isVisible()
    popup.close()


def test_classes_are_hidden_and_shown_by_key(filled):
    def press(key):
        QTest.keyClick(filled.canvas, key, Qt.KeyboardModifier.ShiftModifier)
        return [style.visible for style in filled.session.state.inputs.classes[:3]]

    filled.session.set_look(chosen=2)
    assert press(Qt.Key.Key_V) == [True, False, True]
    assert not filled.commands.by_id["show-class"].isChecked()
    assert press(Qt.Key.Key_O) == [False, True, False]
    assert press(Qt.Key.Key_O) == [False, True, False]
    assert words(filled) == "No other class is shown."
    assert press(Qt.Key.Key_A) == [True, True, True]
