"""The lists at the top of the divider's sides: what they offer, where they stand."""

from __future__ import annotations

import pytest
from accessible import nameless
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from segmenter.app.sides import EM, IMAGE, K_MEANS, PREVIOUS, Kind, Layer, is_compared
from segmenter.engine.settings import Settings
from segmenter.ui.canvas import Canvas


@pytest.fixture
def canvas(qtbot, segmented):
    made = Canvas(segmented)
    segmented.changed.connect(made.show_state)
    qtbot.addWidget(made)
    made.resize(640, 480)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.setFocus()
    return made


@pytest.fixture
def lists(canvas, segmented, wait):
    segmented.set_look(divided=True)
    wait(segmented, is_compared)
    return canvas.sides.lists


def lines(chooser):
    return [chooser.itemText(place) for place in range(chooser.count())]


def is_enabled(chooser, text):
    return chooser.model().item(chooser.findText(text)).isEnabled()


def test_they_are_there_with_the_divider_only(canvas, segmented):
    assert all(chooser.isHidden() for chooser in canvas.sides.lists)
    segmented.set_look(divided=True)
    assert all(chooser.isVisible() for chooser in canvas.sides.lists)
    segmented.set_look(divided=False)
    assert all(chooser.isHidden() for chooser in canvas.sides.lists)


def test_they_name_what_is_shown(lists, segmented):
    assert [chooser.currentText() for chooser in lists] == ["EM", "k-means"]
    segmented.set_look(sides=(IMAGE, EM))
    assert [chooser.currentText() for chooser in lists] == ["Image only", "EM"]


def test_what_is_not_there_yet_has_dots(canvas, segmented, wait):
    segmented.set_look(divided=True)
    assert canvas.sides.lists[1].currentText() == "k-means …"
    wait(segmented, is_compared)
    assert canvas.sides.lists[1].currentText() == "k-means"


def test_keys_choose(lists, segmented, qtbot):
    lists[1].setFocus()
    qtbot.keyClick(lists[1], Qt.Key.Key_Up)
    # What the other side shows is exchanged with it.
    assert segmented.state.look.sides == (K_MEANS, EM)
    qtbot.keyClick(lists[0], Qt.Key.Key_Down)
    assert segmented.state.look.sides == (IMAGE, EM), (
        "the previous run, which is not there, is skipped"
    )


def test_what_cannot_be_shown_says_why(lists):
    assert lines(lists[0]) == [
        "EM",
        "k-means",
        "Previous run",
        "Image only",
        "EM with another number",
    ]
    assert not is_enabled(lists[0], "Previous run")
    tip = lists[0].itemData(4, Qt.ItemDataRole.ToolTipRole)
    assert "Only a run with Components on Auto" in tip
    assert not lists[0].itemData(0, Qt.ItemDataRole.ToolTipRole)


def test_what_comes_to_be_there_can_be_chosen(lists, segmented, wait, qtbot):
    segmented.edit("Auto", settings=Settings(components="auto", most_components=3))
    segmented.run()
    wait(segmented, lambda state: state.choices is not None and is_compared(state))
    assert lines(lists[1])[4:] == [
        "EM with 1 component",
        "EM with 2 components",
        "EM with 3 components",
    ]
    assert is_enabled(lists[1], "EM with 2 components")
    for _ in range(4):
        qtbot.keyClick(lists[1], Qt.Key.Key_Down)
    assert segmented.state.look.sides == (EM, Layer(Kind.OTHER_NUMBER, 2))
    segmented.set_look(sides=(PREVIOUS, EM))
    assert lists[0].currentText().startswith("Previous run: K = 3")


def test_they_stand_beside_the_divider(canvas, lists, segmented):
    for share in (0.5, 0.3):
        segmented.set_look(divider=share)
        place = round(share * canvas.width())
        assert lists[0].geometry().right() + 1 == place - 12
        assert lists[1].geometry().left() == place + 12
    canvas.resize(1000, 500)
    assert lists[1].geometry().left() == 300 + 12


def test_they_go_where_there_is_no_room(canvas, lists, segmented):
    segmented.set_look(divider=0.05)
    assert [chooser.isVisible() for chooser in lists] == [False, True]
    segmented.set_look(divider=1.0)
    assert [chooser.isVisible() for chooser in lists] == [True, False]


def test_they_are_as_wide_as_what_they_say_and_open_wider(lists, segmented):
    narrow = lists[0].width()
    assert narrow < lists[1].width()
    assert lists[0].view().minimumWidth() > lists[1].width()
    segmented.set_look(sides=(IMAGE, EM))
    assert lists[0].width() > narrow


def test_the_keys_go_to_the_canvas_when_a_list_goes(canvas, lists, segmented):
    lists[1].setFocus()
    segmented.set_look(divided=False)
    assert canvas.hasFocus()


def test_the_wheel_zooms_over_a_list_that_has_not_the_focus(canvas, lists, segmented):
    canvas.setFocus()
    scale, sides = canvas.view.scale, segmented.state.look.sides
    place = QPointF(lists[1].mapTo(canvas, lists[1].rect().center()))
    QTest.wheelEvent(canvas.windowHandle(), place, QPoint(0, 120))
    assert segmented.state.look.sides == sides
    assert canvas.view.scale == scale * 1.25


def test_screen_readers_find_names(canvas, lists):
    assert nameless(canvas) == []
    assert [chooser.accessibleName() for chooser in lists] == [
        "Left of the divider",
        "Right of the divider",
    ]
