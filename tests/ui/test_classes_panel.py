"""The classes panel: shows the classes, renames, recolours, hides, chooses."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLineEdit, QToolButton

from segmenter.app import class_commands
from segmenter.app.area_words import SPREAD_MEANS, area_lines
from segmenter.app.preferences import Theme
from segmenter.app.scribbles import scribbles_of
from segmenter.app.state import is_outdated
from segmenter.app.surgery import is_frozen
from segmenter.engine.number_words import percent
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Covariance
from segmenter.engine.styles import PALETTE
from segmenter.engine.types import Noise
from segmenter.ui import theme
from segmenter.ui.classes_model import FROZEN, NOTHING, Column
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.palette_popup import PalettePopup
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
    assert tip.splitlines() == [*area_lines(segmented.state, 2), SPREAD_MEANS]


def test_a_long_name_is_read_whole_in_a_narrow_panel(panel, segmented):
    panel.resize(280, 400)
    usual = panel.table.rowHeight(1)
    class_commands.restyle_class(segmented, 1, "Name", name="Background of the cells")
    QApplication.processEvents()
    room = panel.table.visualRect(panel.model.index(0, Column.NAME))
    needed = panel.table.fontMetrics().boundingRect(
        room.adjusted(4, 0, -4, 0), Qt.TextFlag.TextWordWrap, cell(panel, 0, Column.NAME)
    )
    assert room.height() >= needed.height()
    assert panel.table.wordWrap()
    assert panel.table.rowHeight(1) == usual
    panel.resize(640, 400)
    QApplication.processEvents()
    assert panel.table.rowHeight(0) == usual


def test_a_very_narrow_panel_leaves_the_room_to_the_names(panel):
    panel.resize(216, 400)
    QApplication.processEvents()
    assert panel.table.isColumnHidden(Column.HERE)
    name = panel.table.fontMetrics().horizontalAdvance("Class 1")
    assert panel.table.columnWidth(Column.NAME) >= name + 8
    panel.resize(280, 400)
    QApplication.processEvents()
    assert not panel.table.isColumnHidden(Column.HERE)


@pytest.mark.parametrize("count", [0, 3, 50, 100])
def test_shares_fit_their_columns(panel, segmented, count):
    labels = np.full((10, 10), 2, np.uint8)
    labels.ravel()[:count] = 1
    segmented._change(result=replace(segmented.state.result, labels=labels))
    for row in (0, 1):
        assert panel.table.sizeHintForIndex(panel.model.index(row, Column.SHARE)).width() <= (
            panel.table.columnWidth(Column.SHARE)
        )


def test_expected_shares_fit_their_column(qapp, panel, segmented):
    theme.apply(qapp, Theme.LIGHT)
    segmented._change(progress=Progress(Stage.FITTING, mixture=segmented.state.result.mixture))
    for row in range(3):
        index = panel.model.index(row, Column.SHARE)
        assert panel.table.sizeHintForIndex(index).width() <= panel.table.columnWidth(Column.SHARE)


def test_every_row_tells_how_probable_its_class_is_under_the_pointer(panel, segmented):
    panel.model.show_pixel((3, 4))
    chances = segmented.state.result.probabilities_at(3, 4)
    shown = [cell(panel, row, Column.HERE) for row in range(3)]
    assert shown == [percent(chance) for chance in chances]
    panel.model.show_pixel(None)
    assert cell(panel, 0, Column.HERE) == "\N{EN DASH}"


def test_a_run_under_way_tells_expected_shares_and_nothing_of_the_pixel(panel, segmented):
    panel.model.show_pixel((3, 4))
    known = [cell(panel, 0, column) for column in (Column.SHARE, Column.HERE)]
    mixture = segmented.state.result.mixture
    segmented._change(progress=Progress(Stage.FITTING, mixture=mixture))
    assert cell(panel, 0, Column.SHARE) == f"~{mixture.weights[0]:.1%}"
    joined = replace(mixture, classes=np.array([1, 0, 1]))
    segmented._change(progress=Progress(Stage.FITTING, mixture=joined))
    shares = [mixture.weights[1], mixture.weights[[0, 2]].sum()]
    assert [cell(panel, row, Column.SHARE) for row in range(2)] == [f"~{s:.1%}" for s in shares]
    assert cell(panel, 0, Column.HERE) == NOTHING
    panel.model.show_pixel((5, 6))
    assert cell(panel, 0, Column.HERE) == NOTHING
    segmented._change(progress=None)
    assert [cell(panel, 0, column) for column in (Column.SHARE, Column.HERE)] == known


def test_expected_shares_are_those_of_classes_whatever_their_components(panel, segmented):
    mixture = segmented.state.result.mixture
    first, second, third = mixture.weights
    coming = replace(mixture, classes=np.array([1, 0, 1]), noise=Noise(0.2, 1.0))
    segmented._change(progress=Progress(Stage.REFINING, mixture=coming))
    shares = [cell(panel, row, Column.SHARE) for row in range(panel.model.rowCount())]
    expected = (0.8 * second, 0.8 * (first + third), 0.2)
    assert shares == [f"~{share:.1%}" for share in expected]


def test_rows_follow_the_number_of_components(panel, segmented):
    settings = segmented.state.inputs.settings.model_copy(update={"components": 5})
    segmented.edit("Components", settings=settings)
    assert panel.model.rowCount() == 5
    assert cell(panel, 4, Column.SHARE) == "\N{EN DASH}"
    segmented.undo_stack.undo()
    assert panel.model.rowCount() == 3


def test_the_area_of_the_chosen_class_is_in_sight(panel, segmented):
    segmented.set_look(chosen=2)
    assert panel.area.isVisible()
    assert panel.area.text() == f"Class 2: {', '.join(area_lines(segmented.state, 2))}"
    assert panel.area.toolTip() == SPREAD_MEANS
    segmented._change(result=None)
    assert not panel.area.isVisible()


def test_a_class_is_renamed_whatever_the_column(panel, segmented, qtbot):
    panel.table.setCurrentIndex(panel.model.index(1, Column.SHARE))
    panel.table.rename()
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


def test_a_very_long_name_takes_two_lines_and_is_told_whole(panel, segmented):
    name = "Cells of the <upper> layer, stained twice and photographed under red light"
    height = panel.table.rowHeight(0)
    panel.model.setData(panel.model.index(0, Column.NAME), name)
    panel.table.resizeRowsToContents()
    assert height < panel.table.rowHeight(0) < 2 * height
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
    panel.findChild(PalettePopup).more.click()
    dialog = panel.findChild(QColorDialog)
    assert dialog.currentColor() == QColor(*PALETTE[1])
    dialog.setCurrentColor(QColor(1, 2, 3))
    dialog.accept()
    assert segmented.state.inputs.classes[1].colour == (1, 2, 3)
    assert cell(panel, 1, Column.COLOUR, Role.DecorationRole) == QColor(1, 2, 3)


def test_a_colour_of_the_palette_is_taken_and_undone(panel, segmented):
    click(panel, 1, Column.COLOUR)
    popup = panel.findChild(PalettePopup)
    assert popup.swatches[1].isChecked()
    assert "in use" in popup.swatches[0].accessibleName()
    popup.swatches[6].click()
    assert segmented.state.inputs.classes[1].colour == PALETTE[6]
    segmented.undo_stack.undo()
    assert segmented.state.inputs.classes[1].colour == PALETTE[1]


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
    panel.findChild(PalettePopup).more.click()
    settings = segmented.state.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    segmented.run()
    wait(segmented, lambda state: not is_outdated(state))
    panel.findChild(QColorDialog).accept()
    assert segmented.state.undo_text == "Components"


def test_one_class_alone_and_all_again(panel, segmented):
    panel.table.setCurrentIndex(panel.model.index(1, Column.NAME))
    buttons = {button.text(): button for button in panel.bar.findChildren(QToolButton)}
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
    class_commands.toggle_class(segmented, 1)
    QApplication.processEvents()
    picture = panel.grab().toImage()
    colours = {picture.pixelColor(x, y).name() for x in range(0, 288, 3) for y in range(0, 400, 3)}
    assert {QColor(*colour).name() for colour in PALETTE[:3]} <= colours


def test_selected_rows_can_be_joined_and_a_joined_one_separated(panel, segmented, wait):
    panel.show()
    assert not panel.bar.join.isEnabled()
    middles = [panel.table.visualRect(panel.model.index(k, Column.NAME)).center() for k in range(3)]
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=middles[1])
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, control, middles[2])
    assert segmented.state.look.selected == (2, 3)
    assert (panel.bar.join.isEnabled(), panel.bar.separate.isEnabled()) == (True, False)
    segmented.set_live(True)
    panel.bar.join.click()
    wait(segmented, lambda state: state.progress is None and state.result.class_count == 2)
    assert panel.model.rowCount() == 2
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=middles[1])
    assert (panel.bar.join.isEnabled(), panel.bar.separate.isEnabled()) == (False, True)
    panel.bar.separate.click()
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
    assert not panel.bar.join.isEnabled()
    assert "Select two classes or more" in panel.bar.join.toolTip()
    assert "not made of several components" in panel.bar.separate.toolTip()
    segmented.set_look(selected=(1, 2))
    assert panel.bar.join.isEnabled()
    assert panel.bar.join.toolTip() == "Make one class of those selected in the classes panel (J)"
    drawn = np.zeros(segmented.state.image.shape, np.uint8)
    drawn[3, 4] = 1
    segmented.edit("Draw", scribbles=scribbles_of(drawn))
    assert "while there are scribbles" in panel.bar.join.toolTip()


def settled(state):
    return state.progress is None and not is_outdated(state)


def test_the_bar_splits_freezes_moves_and_deletes(panel, segmented, wait):
    panel.bar.split.click()
    assert wait(segmented, settled).result.class_count == 4
    assert panel.begun.isVisible()
    panel.bar.freeze.click()
    assert panel.bar.freeze.isChecked()
    assert is_frozen(wait(segmented, settled), 1)
    colour = cell(panel, 0, Column.COLOUR, Role.DecorationRole)
    panel.bar.down.click()
    assert wait(segmented, settled).look.chosen == 2
    assert cell(panel, 1, Column.COLOUR, Role.DecorationRole) == colour
    panel.bar.up.click()
    assert wait(segmented, settled).look.chosen == 1
    panel.bar.delete.click()
    assert wait(segmented, settled).result.class_count == 3
    panel.afresh.click()
    assert not wait(segmented, settled).inputs.start
    assert not panel.begun.isVisible()


def test_a_frozen_class_has_a_lock_and_says_so(panel, segmented, wait):
    def picture():
        row = panel.table.visualRect(panel.model.index(1, Column.NAME))
        return panel.table.viewport().grab(row).toImage()

    segmented.set_look(chosen=2)
    plain = picture()
    panel.bar.freeze.click()
    wait(segmented, settled)
    assert picture() != plain
    assert cell(panel, 1, Column.NAME, Role.AccessibleTextRole) == "Class 2, frozen"
    assert "mean and spread" in cell(panel, 1, Column.NAME, Role.ToolTipRole)
    assert "mean and spread" not in cell(panel, 0, Column.NAME, Role.ToolTipRole)


def test_a_class_that_is_frozen_in_part_keeps_its_lock_and_says_so(panel, segmented, wait):
    segmented.set_live(True)
    segmented.set_look(chosen=2)
    panel.bar.freeze.click()
    wait(segmented, settled)
    segmented.set_look(selected=(2, 3))
    panel.bar.join.click()
    wait(segmented, settled)
    assert cell(panel, 1, Column.NAME, FROZEN)
    words = "frozen in 1 of 2 components"
    assert cell(panel, 1, Column.NAME, Role.AccessibleTextRole) == f"Class 2, {words}"
    assert words.capitalize() in cell(panel, 1, Column.NAME, Role.ToolTipRole)
    assert not panel.bar.freeze.isChecked()


def test_the_lock_promises_no_spread_that_all_classes_have_in_common(panel, segmented, wait):
    settings = segmented.state.inputs.settings.model_copy(update={"covariance": Covariance.TIED})
    segmented.edit("Tied", settings=settings)
    segmented.run()
    wait(segmented, settled)
    segmented.set_look(chosen=2)
    panel.bar.freeze.click()
    wait(segmented, settled)
    tip = cell(panel, 1, Column.NAME, Role.ToolTipRole)
    assert "mean as it is" in tip
    assert "spread, which all classes have in common" in tip


def test_a_button_that_cannot_be_pressed_says_why(panel, segmented):
    assert "first class" in panel.bar.up.toolTip()
    assert "Select two classes" in panel.bar.join.toolTip()
    assert "first class" not in panel.bar.down.toolTip()
    settings = segmented.state.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    assert not panel.bar.split.isEnabled()
    assert "have changed" in panel.bar.split.toolTip()


def test_delete_takes_the_current_class_away(panel, segmented, wait):
    panel.table.setCurrentIndex(panel.model.index(2, Column.NAME))
    QTest.keyClick(panel.table, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)
    assert segmented.state.undo_text == ""
    QTest.keyClick(panel.table, Qt.Key.Key_Delete)
    assert wait(segmented, settled).result.class_count == 2


def test_a_click_on_a_row_and_return_point_its_class_out(panel, qtbot):
    with qtbot.waitSignal(panel.table.flash_wanted) as told:
        click(panel, 2, Column.NAME)
    assert told.args == [3]
    with qtbot.assertNotEmitted(panel.table.flash_wanted):
        click(panel, 1, Column.VISIBLE)
    with qtbot.waitSignal(panel.table.flash_wanted) as told:
        QTest.keyClick(panel.table, Qt.Key.Key_Return)
    assert told.args == [panel.table.currentIndex().row() + 1]


@pytest.mark.parametrize(
    ("row", "below", "order"),
    [(0, False, "312"), (0, True, "132"), (1, False, "132"), (2, True, "123"), (None, True, "123")],
    ids=["first", "below the first", "above the second", "where it is", "beyond the last"],
)
def test_a_row_is_dragged_to_another_place(panel, segmented, wait, row, below, order):
    for at in range(3):
        panel.model.setData(panel.model.index(at, Column.NAME), f"Kind {at + 1}")
    segmented.undo_stack.clear()
    panel.table.setCurrentIndex(panel.model.index(2, Column.NAME))
    place = QPoint(40, 300)
    if row is not None:
        cell_at = panel.table.visualRect(panel.model.index(row, Column.NAME))
        place = cell_at.center() + QPoint(0, 5 if below else -5)
    mime = panel.model.mimeData([panel.model.index(2, Column.NAME)])
    none = Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(
        QPointF(place), Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, none
    )
    panel.table.dropEvent(drop)
    wait(segmented, settled)
    assert [cell(panel, at, Column.NAME)[-1] for at in range(3)] == list(order)
    assert (segmented.state.undo_text == "") == (order == "123")


def test_rows_can_be_dragged_between_each_other_only(panel):
    flags = panel.model.flags(panel.model.index(0, Column.NAME))
    assert flags & Qt.ItemFlag.ItemIsDragEnabled
    assert not flags & Qt.ItemFlag.ItemIsDropEnabled
    assert panel.model.flags(QModelIndex()) & Qt.ItemFlag.ItemIsDropEnabled
    assert panel.model.supportedDropActions() == Qt.DropAction.MoveAction


def test_tab_goes_through_the_panel_from_top_to_bottom(panel, segmented):
    segmented.begin_from("Start", segmented.state.result.mixture)
    places, widget = [], panel.table
    while widget is not None and panel.isAncestorOf(widget) and len(places) < 40:
        is_stop = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
        if is_stop and (widget is panel.table or isinstance(widget, QToolButton)):
            corner = widget.mapTo(panel, QPoint(0, 0))
            places.append((corner.y(), corner.x()))
        widget = widget.nextInFocusChain()
        if widget is panel.table:
            break
    assert len(places) == 13
    assert places == sorted(places)
