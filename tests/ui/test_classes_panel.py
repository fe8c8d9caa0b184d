"""The classes panel: shows the classes, renames, recolours, hides, chooses."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLineEdit

from segmenter.app.scribbles import scribbles_of
from segmenter.app.state import is_outdated
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.styles import PALETTE
from segmenter.ui.classes_model import NOTHING, Column
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.plain import plain_tip
from segmenter.ui.swatch import readable_on

Role = Qt.ItemDataRole


@pytest.fixture
def panel(qtbot, segmented):
    made = ClassesPanel(segmented)
    qtbot.addWidget(made)
    made.resize(288, 400)
    made.show()
    return made


def cell(panel, row, column, role=Role.DisplayRole):
    return panel.model.index(row, column).data(role)


def click(panel, row, column):
    place = panel.table.visualRect(panel.model.index(row, column)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_a_row_tells_number_name_and_share(panel, segmented):
    counts = segmented.state.result.pixel_counts
    row = [cell(panel, 1, column) for column in Column]
    assert row == ["", "2", "Class 2", f"{counts[1] / counts.sum():.1%}", "\N{EN DASH}"]
    tip = cell(panel, 1, Column.SHARE, Role.ToolTipRole)
    assert tip == "1\N{THIN SPACE}440 of the pixels with data"


def test_every_row_tells_how_probable_its_class_is_under_the_pointer(panel, segmented):
    panel.model.show_pixel((3, 4))
    chances = segmented.state.result.probabilities_at(3, 4)
    shown = [cell(panel, row, Column.HERE) for row in range(3)]
    assert shown == [f"{chance:.1%}" for chance in chances]
    panel.model.show_pixel(None)
    assert cell(panel, 0, Column.HERE) == "\N{EN DASH}"


def test_a_run_under_way_tells_expected_shares_and_nothing_of_the_pixel(panel, segmented):
    panel.model.show_pixel((3, 4))
    known = [cell(panel, 0, column) for column in (Column.SHARE, Column.HERE)]
    mixture = segmented.state.result.mixture
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    assert cell(panel, 0, Column.SHARE) == f"~{mixture.weights[0]:.1%}"
    assert cell(panel, 0, Column.HERE) == NOTHING
    panel.model.show_pixel((5, 6))
    assert cell(panel, 0, Column.HERE) == NOTHING
    segmented._change(progress=None)
    assert [cell(panel, 0, column) for column in (Column.SHARE, Column.HERE)] == known


def test_rows_follow_the_number_of_components(panel, segmented):
    settings = segmented.state.inputs.settings.model_copy(update={"components": 5})
    segmented.edit("Components", settings=settings)
    assert panel.model.rowCount() == 5
    assert cell(panel, 4, Column.SHARE) == "\N{EN DASH}"
    segmented.undo_stack.undo()
    assert panel.model.rowCount() == 3


def test_thousands_are_set_apart(panel, monkeypatch):
    monkeypatch.setattr(panel.model, "_counts", [1_234_567, 1, 1])
    tip = cell(panel, 0, Column.SHARE, Role.ToolTipRole)
    assert tip.startswith("1\N{THIN SPACE}234\N{THIN SPACE}567 of")


def test_f2_renames_whatever_the_column(panel, segmented, qtbot):
    panel.table.setCurrentIndex(panel.model.index(1, Column.SHARE))
    QTest.keyClick(panel.table, Qt.Key.Key_F2)
    editor = panel.table.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Nuclei")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: segmented.state.inputs.classes[1].name == "Nuclei")
    assert cell(panel, 1, Column.NAME) == "Nuclei"
    segmented.undo_stack.undo()
    assert cell(panel, 1, Column.NAME) == "Class 2"


@pytest.mark.parametrize("name", ["", "   "], ids=["empty", "blank"])
def test_a_class_keeps_its_name_rather_than_none(panel, segmented, name):
    assert not panel.model.setData(panel.model.index(0, Column.NAME), name)
    assert segmented.state.inputs.classes[0].name == "Class 1"


def test_v_hides_and_shows_the_current_class(panel, segmented):
    panel.table.setCurrentIndex(panel.model.index(2, Column.NAME))
    QTest.keyClick(panel.table, Qt.Key.Key_V)
    assert [style.visible for style in segmented.state.inputs.classes] == [True, True, False]
    assert segmented.state.undo_text == "Hide Class 3"
    QTest.keyClick(panel.table, Qt.Key.Key_V)
    assert segmented.state.inputs.classes[2].visible


@pytest.mark.parametrize("key", [Qt.Key.Key_4, Qt.Key.Key_C], ids=["digit", "letter"])
def test_typing_neither_renames_nor_searches(panel, key):
    panel.table.setCurrentIndex(panel.model.index(0, Column.NAME))
    QTest.keyClick(panel.table, key)
    assert panel.table.findChild(QLineEdit) is None
    assert panel.table.currentIndex().row() == 0


def test_a_click_on_the_eye_hides(panel, segmented):
    click(panel, 0, Column.VISIBLE)
    assert not segmented.state.inputs.classes[0].visible
    assert cell(panel, 0, Column.VISIBLE, Role.AccessibleTextRole) == "hidden"


def test_notes_of_a_result_stay_in_sight(panel, segmented):
    assert panel.notes.isHidden()
    noted = replace(segmented.state.result, notes=("2 of 3 <b>components</b>.", "No data."))
    segmented._change(result=noted)
    assert panel.notes.text() == "2 of 3 <b>components</b>.\nNo data."
    panel.model.show_pixel((1, 1))
    assert panel.notes.isVisible()


def test_a_long_name_stays_in_one_line_and_is_told_whole(panel, segmented):
    name = "Cells of the <upper> layer, stained twice and photographed under red light"
    height = panel.table.rowHeight(0)
    panel.model.setData(panel.model.index(0, Column.NAME), name)
    panel.table.resizeRowsToContents()
    assert panel.table.rowHeight(0) <= height
    assert plain_tip(name) in cell(panel, 0, Column.NAME, Role.ToolTipRole)


def test_the_numbering_is_explained(panel):
    tip = panel.model.headerData(Column.NAME, Qt.Orientation.Horizontal, Role.ToolTipRole)
    assert "from dark to bright" in tip


def test_a_click_on_a_row_chooses_its_class_and_back(panel, segmented):
    click(panel, 2, Column.NAME)
    assert segmented.state.look.chosen == 3
    segmented.set_look(chosen=2)
    assert panel.table.currentIndex().row() == 1


def test_a_chosen_colour_is_taken(panel, segmented, qtbot):
    click(panel, 1, Column.COLOUR)
    dialog = panel.findChild(QColorDialog)
    assert dialog.currentColor() == QColor(*PALETTE[1])
    dialog.setCurrentColor(QColor(1, 2, 3))
    dialog.accept()
    assert segmented.state.inputs.classes[1].colour == (1, 2, 3)
    assert cell(panel, 1, Column.COLOUR, Role.DecorationRole) == QColor(1, 2, 3)


def test_the_table_has_every_class_of_the_result_though_fewer_are_asked_for(panel, segmented):
    settings = segmented.state.inputs.settings.model_copy(update={"components": 1})
    segmented.set_look(chosen=3)
    segmented.edit("Components", settings=settings)
    model = panel.table.model()
    assert model.rowCount() == 3
    assert model.index(2, Column.SHARE).data() != NOTHING
    assert panel.table.currentIndex().row() == 2
    assert model.setData(model.index(2, Column.NAME), "Third")
    assert model.index(2, Column.NAME).data() == "Third"


def test_a_colour_for_a_class_that_is_gone_is_dropped(panel, segmented, wait):
    click(panel, 2, Column.COLOUR)
    settings = segmented.state.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    segmented.run()
    wait(segmented, lambda state: not is_outdated(state))
    panel.findChild(QColorDialog).accept()
    assert segmented.state.undo_text == "Components"


def test_one_class_alone_and_all_again(panel, segmented):
    panel.table.setCurrentIndex(panel.model.index(1, Column.NAME))
    buttons = {button.text(): button for button in panel._buttons}
    buttons["Only"].click()
    assert [style.visible for style in segmented.state.inputs.classes] == [False, True, False]
    buttons["All"].click()
    assert all(style.visible for style in segmented.state.inputs.classes)


@pytest.mark.parametrize("colour", PALETTE, ids=str)
def test_the_number_stands_out_from_its_colour(colour):
    ink = readable_on(QColor(*colour))
    assert ink.name() in {"#000000", "#ffffff"}
    linear = [((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    ratio = 1.05 / (luminance + 0.05) if ink.lightness() else (luminance + 0.05) / 0.05
    assert ratio > 4.5


def test_the_panel_paints_with_every_state(panel, segmented):
    panel.model.toggle(0)
    QApplication.processEvents()
    picture = panel.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 288, 3) for y in range(0, 400, 3)}
    assert {QColor(*colour).name() for colour in PALETTE[:3]} <= colours


def test_selected_rows_can_be_joined_and_a_joined_one_separated(panel, segmented, wait):
    panel.show()
    assert not panel.join.isEnabled()
    middles = [panel.table.visualRect(panel.model.index(k, Column.NAME)).center() for k in range(3)]
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=middles[1])
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, control, middles[2])
    assert segmented.state.look.selected == (2, 3)
    assert (panel.join.isEnabled(), panel.separate.isEnabled()) == (True, False)
    segmented.set_live(True)
    panel.join.click()
    wait(segmented, lambda state: state.progress is None and state.result.class_count == 2)
    assert panel.model.rowCount() == 2
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=middles[1])
    assert (panel.join.isEnabled(), panel.separate.isEnabled()) == (False, True)
    panel.separate.click()
    assert segmented.state.inputs.settings.join == "none"


def test_the_noise_class_keeps_the_name_and_colour_that_the_user_gives_it(panel, segmented, wait):
    def shown(column):
        return [cell(panel, row, column) for row in range(panel.model.rowCount())]

    def change(**changes):
        settings = segmented.state.inputs.settings.model_copy(update=changes)
        segmented.edit("Edit", settings=settings)
        segmented.run()
        wait(segmented, lambda state: not is_outdated(state) and state.progress is None)

    change(noise_class=True)
    assert shown(Column.NAME) == ["Class 1", "Class 2", "Class 3", "Outliers"]
    last = panel.model.index(3, Column.NAME)
    assert panel.model.setData(last, "Dust")
    panel.model.recolour(3, QColor(200, 10, 10))
    change(components=4)
    assert shown(Column.NAME) == ["Class 1", "Class 2", "Class 3", "Class 4", "Dust"]
    assert cell(panel, 4, Column.COLOUR, Role.DecorationRole) == QColor(200, 10, 10)
    change(noise_class=False)
    assert shown(Column.NAME) == ["Class 1", "Class 2", "Class 3", "Class 4"]
    for _ in range(4):
        segmented.undo_stack.undo()
    wait(segmented, lambda state: state.progress is None)
    assert shown(Column.NAME) == ["Class 1", "Class 2", "Class 3", "Outliers"]


def test_join_and_separate_say_why_they_are_grey(panel, segmented):
    assert not panel.join.isEnabled()
    assert "Select two classes or more" in panel.join.toolTip()
    assert "not made of several components" in panel.separate.toolTip()
    segmented.set_look(selected=(1, 2))
    assert panel.join.isEnabled()
    assert panel.join.toolTip() == "Make one class of those selected in the classes panel (J)"
    drawn = np.zeros(segmented.state.image.shape, np.uint8)
    drawn[3, 4] = 1
    segmented.edit("Draw", scribbles=scribbles_of(drawn))
    assert "while there are scribbles" in panel.join.toolTip()
