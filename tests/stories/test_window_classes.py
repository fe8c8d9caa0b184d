"""A person works on the classes of a result, and asks why a pixel has its class."""

import pytest
from places import SAMPLE_IMAGES
from PySide6.QtWidgets import QLineEdit

from segmenter.app.explained import is_explained
from segmenter.app.surgery import is_frozen
from segmenter.engine.styles import default_classes
from segmenter.ui.classes_model import Column
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.flash import Flash
from segmenter.ui.palette_popup import PalettePopup
from segmenter.ui.pixel_panel import PixelPanel

COINS = SAMPLE_IMAGES / "coins.png"


@pytest.fixture
def working(person):
    """Somebody with a segmented image."""
    person.drop(COINS)
    person.wait_for_image(COINS)
    person.wait_for_result()
    return person


@pytest.fixture
def classes(person):
    return person.window.findChild(ClassesPanel)


def click_row(person, classes, row, column=Column.NAME):
    place = classes.table.visualRect(classes.model.index(row, column)).center()
    person.click(classes.table.viewport(), place)


def test_classes_are_split_frozen_moved_and_deleted_and_all_is_undone(working, classes):
    before = working.state.result
    click_row(working, classes, 3)
    assert working.canvas.findChild(Flash).is_on
    working.press("Shift+S")
    assert working.wait_for_result().class_count == 5
    assert working.state.inputs.settings.components == 5
    assert classes.begun.isVisible()

    working.press("Shift+F")
    working.wait_for_result()
    assert is_frozen(working.state, 4)
    assert "lock" not in working.status

    working.press("Alt+Up")
    working.wait_for_result()
    assert working.state.look.chosen == 3
    assert working.state.inputs.classes[2].colour == default_classes(4)[3].colour

    # Elsewhere the key deletes nothing.
    working.canvas.setFocus()
    working.press("Delete")
    assert working.wait_for_result().class_count == 5
    click_row(working, classes, 0)
    working.press("Delete")
    assert working.wait_for_result().class_count == 4
    assert working.state.undo_text == "Delete Class 1"

    working.click(classes.afresh)
    working.wait_for_result()
    assert not classes.begun.isVisible()
    for _ in range(5):
        working.press("Ctrl+Z")
        working.wait_for_result()
    assert working.state.result is before


def test_a_colour_is_taken_from_the_palette_by_keys_and_all_get_theirs_back(working, classes):
    was = working.state.inputs.classes[1].colour
    click_row(working, classes, 1, Column.COLOUR)
    popup = classes.findChild(PalettePopup)
    for key in ("Right", "Down", "Return"):
        working.press(key, popup)
    assert working.state.inputs.classes[1].colour == popup.swatches[10].colour
    working.choose("Classes", "Palette colours")
    assert working.state.inputs.classes[1].colour == was
    working.press("Ctrl+Z")
    working.press("Ctrl+Z")
    assert working.state.inputs.classes[1].colour == was


def test_a_pixel_is_pinned_explained_moved_and_let_go(working, classes):
    panel = working.window.findChild(PixelPanel)
    working.press("Ctrl+0")
    working.click(working.canvas, working.where(120, 100))
    working.wait(lambda: is_explained(working.state))
    assert working.state.look.pinned == (120, 100)
    number = int(working.state.result.labels[120, 100])
    assert panel.words.text().startswith(f"Class {number} rather than Class")
    assert panel.place.text() == "x 100, y 120"

    click_row(working, classes, number - 1)
    working.press("F2")
    field = classes.table.findChild(QLineEdit)
    field.selectAll()
    for letter in "coin":
        working.press(letter)
    working.press("Return")
    working.wait(lambda: panel.words.text().startswith("coin rather than"))

    working.canvas.setFocus()
    working.press("Shift+Right")
    working.wait(lambda: panel.place.text() == "x 101, y 120")
    working.wait(lambda: is_explained(working.state))
    working.press("Esc")
    assert not panel.isVisible()
    working.point_at(60, 70)
    working.press("I")
    assert working.state.look.pinned == (60, 70)
    working.wait(lambda: is_explained(working.state))
