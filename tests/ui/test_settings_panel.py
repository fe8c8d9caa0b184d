"""The settings panel: made of the declarations, shows the state, edits the session."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QEnterEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QSpinBox,
    QStyle,
    QStyleOptionButton,
)
from superqt import QDoubleSlider

from segmenter.engine.parameters import parameters
from segmenter.engine.settings import Covariance, Criterion, FeatureKind, Settings, Spatial, Start
from segmenter.files.bundled import sample_images
from segmenter.ui.fold import Fold
from segmenter.ui.settings_panel import IN_SIGHT, SettingsPanel

OTHER = {
    "components": 7,
    "criterion": Criterion.ICL,
    "most_components": 20,
    "join": "2+3",
    "classes": 3,
    "noise_class": True,
    "covariance": Covariance.TIED,
    "spatial": Spatial.FIELD,
    "spatial_strength": 1.3,
    "neighbours": 8,
    "contrast": True,
    "cut": True,
    "features": (FeatureKind.RGB, FeatureKind.TEXTURE),
    "smoothing": 2.5,
    "position_weight": 1.5,
    "texture_scale": 4.0,
    "shading": True,
    "no_data": -9999.0,
    "saturated": True,
    "start": Start.RANDOM,
    "restarts": 9,
    "max_iterations": 50,
    "tolerance": 1e-7,
    "seed": 12345,
    "smallest_region": 40,
    "fill_holes": 1500,
    "smooth_borders": 3,
}
# What makes a parameter count at all.
COUNTS_WITH = {
    "criterion": {"components": "auto"},
    "most_components": {"components": "auto"},
    "classes": {"join": "entropy"},
    "spatial_strength": {"spatial": Spatial.FIELD},
    "neighbours": {"spatial": Spatial.FIELD},
    "contrast": {"spatial": Spatial.FIELD},
    "cut": {"spatial": Spatial.FIELD},
    "position_weight": {"features": (FeatureKind.LAB, FeatureKind.POSITION)},
    "texture_scale": {"features": (FeatureKind.LAB, FeatureKind.TEXTURE)},
}
NUMBERS = [name for name, value in OTHER.items() if type(value) in {int, float}]
SWITCHES = [name for name, value in OTHER.items() if type(value) is bool]
TYPED = [name for name in NUMBERS if name != "neighbours"]
WORDS = {p.name: p for p in parameters() if p.word}


@pytest.fixture
def panel(qtbot, session):
    made = SettingsPanel(session)
    qtbot.addWidget(made)
    made.resize(288, 700)
    made.show()
    return made


def settings(session):
    return session.state.inputs.settings


def change(session, **changes):
    session.edit("Edit", settings=settings(session).model_copy(update=changes))


def shown(editor):
    """Read an editor's widgets back, each by its own way of showing."""
    widget = editor.compact
    if editor.word is not None and editor.word.isChecked():
        return editor.parameter.meaning
    if isinstance(widget, QComboBox):
        return widget.currentText().lower() if widget.isEditable() else widget.currentData()
    if isinstance(widget, QCheckBox) and editor.parameter.kind is bool:
        return widget.isChecked()
    if isinstance(widget, QCheckBox):
        ticked = {
            box.text().lower() for box in editor.wide.findChildren(QCheckBox) if box.isChecked()
        }
        return tuple(kind for kind in FeatureKind if kind in ticked)
    return widget.value()


def test_every_parameter_has_a_row(panel):
    assert list(panel.rows) == [parameter.name for parameter in parameters()]
    assert set(OTHER) == set(panel.rows), "give the new parameter another value above"


@pytest.mark.parametrize("name", SWITCHES)
def test_a_click_on_a_switch_turns_it_on_and_off(panel, session, name):
    change(session, **COUNTS_WITH.get(name, {}))
    panel._more.expand(animate=False)
    box = panel.rows[name].editor.compact
    for expected in (True, False):
        option = QStyleOptionButton()
        box.initStyleOption(option)
        part = QStyle.SubElement.SE_CheckBoxIndicator
        place = box.style().subElementRect(part, option, box).center()
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=place)
        assert getattr(settings(session), name) is expected
        assert box.isChecked() is expected


@pytest.mark.parametrize("name", OTHER)
def test_a_changed_setting_is_shown(panel, session, name):
    session.edit("Edit", settings=settings(session).model_copy(update={name: OTHER[name]}))
    assert shown(panel.rows[name].editor) == OTHER[name]
    assert panel.rows[name].reset.isVisibleTo(panel.rows[name])
    session.undo_stack.undo()
    assert shown(panel.rows[name].editor) == getattr(settings(session), name)
    assert not panel.rows[name].reset.isVisibleTo(panel.rows[name])


@pytest.mark.parametrize("name", OTHER)
def test_an_edit_reaches_the_session_and_can_be_undone(panel, session, name):
    panel.rows[name].editor.edited.emit(OTHER[name])
    assert getattr(settings(session), name) == OTHER[name]
    label = next(p.label for p in parameters() if p.name == name)
    assert session.state.undo_text == label
    panel.rows[name].reset.click()
    assert getattr(settings(session), name) != OTHER[name]


@pytest.mark.parametrize("name", TYPED)
def test_a_typed_number_counts_when_it_is_complete(panel, session, name):
    change(session, **COUNTS_WITH.get(name, {}))
    session.undo_stack.clear()
    box = panel.rows[name].editor.word
    if box is not None and box.isChecked():
        box.click()
        session.undo_stack.clear()
    field = panel.rows[name].editor.compact
    assert isinstance(field, QSpinBox | QDoubleSpinBox)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, f"{OTHER[name]}")
    assert session.undo_stack.count() == 0
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert getattr(settings(session), name) == OTHER[name]


@pytest.mark.parametrize("text", ["abc", "5", "-1", "0", ""], ids=repr)
def test_nonsense_for_the_tolerance_is_taken_back(panel, session, text):
    field = panel.rows["tolerance"].editor.compact
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text or "\b")
    QTest.keyClick(field, Qt.Key.Key_Return)
    panel.rows["components"].editor.compact.setFocus()
    assert settings(session).tolerance == 1e-5


def test_a_step_of_the_tolerance_is_a_factor_of_ten(panel, session):
    field = panel.rows["tolerance"].editor.compact
    field.stepUp()
    assert settings(session).tolerance == 1e-4
    field.stepBy(-3)
    assert settings(session).tolerance == 1e-7
    assert field.text() == "1e-07"


def test_the_slider_moves_the_field_and_the_setting(panel, session):
    editor = panel.rows["components"].editor
    editor.wide.setValue(9)
    assert editor.compact.value() == 9
    assert settings(session).components == 9
    assert len(session.state.inputs.classes) == 9


@pytest.fixture
def unfolded(panel):
    for fold in panel.findChildren(Fold):
        fold.expand(animate=False)
    panel.activateWindow()
    return panel


def test_the_tab_key_goes_to_no_slider_without_keys(unfolded, qtbot):
    panel = unfolded
    sliders = panel.findChildren(QDoubleSlider)
    assert sliders
    first = panel.rows["components"].editor.compact
    first.setFocus()
    reached = []
    while first not in reached:
        qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Tab)
        assert panel.focusWidget() not in reached
        reached.append(panel.focusWidget())
    assert not set(reached) & set(sliders)
    assert panel.rows["components"].editor.wide in reached
    assert panel.rows["smoothing"].editor.compact in reached


def test_who_clicks_a_slider_without_keys_has_its_field_in_hand(unfolded, session, qtbot):
    editor = unfolded.rows["smoothing"].editor
    qtbot.mouseClick(editor.wide, Qt.MouseButton.LeftButton)
    assert editor.compact.hasFocus()
    before = editor.compact.value()
    qtbot.keyClick(unfolded.focusWidget(), Qt.Key.Key_Up)
    assert settings(session).smoothing == before + editor.compact.singleStep()


def test_a_drag_of_the_slider_is_one_step(panel, session):
    slider = panel.rows["smoothing"].editor.wide
    for value in (1.0, 2.0, 3.0):
        slider.setValue(value)
    slider.sliderReleased.emit()
    assert session.undo_stack.count() == 1
    slider.setValue(4.0)
    assert session.undo_stack.count() == 2


def test_edits_of_two_settings_are_two_steps(panel, session):
    panel.rows["smoothing"].editor.wide.setValue(1.0)
    panel.rows["components"].editor.wide.setValue(5)
    assert session.undo_stack.count() == 2


def test_ticking_features_leaves_automatic_and_unticking_returns(panel, session):
    editor = panel.rows["features"].editor
    lab = next(box for box in editor.wide.findChildren(QCheckBox) if box.text() == "Lab")
    lab.click()
    assert settings(session).features == (FeatureKind.LAB,)
    assert not editor.compact.isChecked()
    editor.compact.click()
    assert settings(session).features == ()
    assert editor.compact.isChecked()
    editor.compact.click()
    assert editor.compact.isChecked(), "automatic is left by choosing a feature, not by a click"


def test_live_is_shown_and_set(panel, session):
    panel.live.click()
    assert not session.state.live
    session.set_live(True)
    assert panel.live.isChecked()


def test_help_tells_of_the_row_under_the_pointer(panel):
    row = panel.rows["smoothing"]
    point = row.rect().center()
    panel.eventFilter(row, QEnterEvent(point, point, point))
    assert panel._help.text() == row.parameter.help


def test_the_wheel_does_not_change_a_field_it_only_scrolls_past(panel, session):
    field = panel.rows["components"].editor.compact
    panel.live.setFocus()
    turn_wheel(field)
    assert session.undo_stack.count() == 0
    field.setFocus()
    turn_wheel(field)
    assert settings(session).components == 5


def turn_wheel(widget):
    middle = widget.rect().center()
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_the_few_in_sight_exist():
    assert set(IN_SIGHT) <= {parameter.name for parameter in parameters()}


def test_every_control_has_a_name_for_a_screen_reader(panel):
    for row in panel.rows.values():
        for widget in (*row.editor.widgets(), row.reset):
            controls = [widget, *widget.findChildren(QCheckBox)]
            for control in controls:
                if control.focusPolicy() is not Qt.FocusPolicy.NoFocus:
                    interface = QAccessible.queryAccessibleInterface(control)
                    assert interface.text(QAccessible.Text.Name), (row.parameter.name, control)


def test_what_is_folded_cannot_be_reached(panel, qtbot):
    folded = panel.rows["seed"].editor.compact
    assert not folded.isVisible()
    panel._more.expand(animate=False)
    assert folded.isVisible()
    panel._more.collapse(animate=False)
    assert not folded.isVisible()


def test_more_says_that_something_in_it_is_changed(panel, session):
    assert panel._more.text() == "More"
    session.edit("Seed", settings=Settings(seed=3))
    assert panel._more.text() == "More (1 changed)"
    session.undo_stack.undo()
    assert panel._more.text() == "More"


def test_a_first_feature_comes_on_top_of_the_automatic_ones(panel, segmented):
    boxes = panel.rows["features"].editor._boxes
    QTest.mouseClick(boxes["texture"], Qt.MouseButton.LeftButton)
    assert segmented.state.inputs.settings.features == ("lab", "texture")


def test_features_that_do_not_suit_are_not_offered(panel, session, wait):
    boxes = panel.rows["features"].editor._boxes
    session.open(sample_images()[0].with_name("coins.png"))
    wait(session, lambda state: state.image is not None)
    assert not boxes["lab"].isEnabled()
    assert "colour image" in boxes["lab"].toolTip()
    assert boxes["texture"].isEnabled()


# ---- Words in place of numbers -----------------------------------------------------------------


@pytest.mark.parametrize("name", WORDS)
def test_a_word_takes_the_place_of_the_number_and_gives_it_back(panel, session, name):
    parameter, editor = WORDS[name], panel.rows[name].editor
    change(session, **COUNTS_WITH.get(name, {}), **{name: OTHER[name]})
    assert (editor.word.isChecked(), editor.compact.isEnabled()) == (False, True)
    editor.word.click()
    assert getattr(settings(session), name) == parameter.meaning
    assert (editor.word.isChecked(), editor.compact.isEnabled()) == (True, False)
    editor.word.click()
    assert getattr(settings(session), name) == OTHER[name]


def test_the_field_shows_what_auto_has_come_to(panel, session):
    editor = panel.rows["components"].editor
    change(session, components="auto")
    editor.show_found(6)
    assert (editor.compact.value(), editor.wide.value()) == (6, 6)
    assert settings(session).components == "auto"
    editor.word.click()
    assert settings(session).components == 6


# ---- What means nothing now --------------------------------------------------------------------


@pytest.mark.parametrize("name", COUNTS_WITH)
def test_what_means_nothing_now_is_disabled_and_says_why(panel, session, name):
    row = panel.rows[name]
    assert not row.label.isEnabled()
    assert not any(widget.isEnabled() for widget in row.editor.widgets())
    assert all("Counts only" in widget.toolTip() for widget in row.editor.widgets())
    assert "Counts only" in row.help
    change(session, **COUNTS_WITH[name], **{name: OTHER[name]})
    assert row.label.isEnabled()
    assert all(widget.isEnabled() for widget in row.editor.widgets())
    assert not any("Counts only" in widget.toolTip() for widget in row.editor.widgets())


def test_the_strength_is_in_sight_with_a_field_alone(panel, session):
    row = panel.rows["spatial_strength"]
    assert not row.isVisible()
    change(session, spatial=Spatial.FIELD)
    assert row.isVisible()
    change(session, spatial=Spatial.CHAIN)
    assert not row.isVisible()


# ---- Text --------------------------------------------------------------------------------------


def type_join(panel, text):
    panel._more.expand(animate=False)
    line = panel.rows["join"].editor.compact.lineEdit()
    panel.activateWindow()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)
    return line


@pytest.mark.parametrize(
    ("typed", "meant"), [("2+3", "2+3"), ("1 + 2, 4+3", "1+2 4+3"), ("ENTROPY", "entropy")]
)
def test_a_typed_join_counts_with_the_return_key(panel, session, typed, meant):
    line = type_join(panel, typed)
    assert session.undo_stack.count() == 0
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert settings(session).join == meant
    session.undo_stack.undo()
    assert line.text() == "None"


def test_what_is_no_join_is_told_and_taken_back(panel, session, qtbot):
    line, editor = type_join(panel, "2+"), panel.rows["join"].editor
    assert editor.reason.isVisible()
    assert "2+3 5+6" in editor.reason.text()
    assert editor.compact.property("wrong")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert editor.reason.isVisible()
    QTest.keyClicks(line, "3")
    assert not editor.reason.isVisible()
    QTest.keyClick(line, Qt.Key.Key_Backspace)
    panel.rows["components"].editor.compact.setFocus()
    qtbot.waitUntil(lambda: line.text() == "None")
    assert not editor.reason.isVisible()
    assert session.undo_stack.count() == 0


def test_no_row_is_wider_than_what_is_seen_of_the_panel(panel):
    panel.resize(panel.minimumSizeHint().width(), 500)
    panel._more.expand(animate=False)
    QApplication.processEvents()
    for name, row in panel.rows.items():
        seen = row.visibleRegion().boundingRect()
        assert seen.isEmpty() or seen.width() == row.width(), name
        assert not row.isVisible() or row.width() >= row.minimumSizeHint().width(), name
