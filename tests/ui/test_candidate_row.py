"""The pictures of the numbers of components: shown, gone through by key, taken."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from accessible import nameless
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest

from segmenter.app.choices import OTHER_SETTINGS, best_counts, describe_candidate
from segmenter.engine.settings import Settings
from segmenter.ui.candidate_row import BEST_BY_BIC, BEST_BY_ICL, CELL, TAKEN, CandidateRow


@pytest.fixture
def row(qtbot, segmented, wait):
    segmented.edit("Auto", settings=Settings(components="auto", most_components=5))
    segmented.run()
    made = CandidateRow(segmented)
    qtbot.addWidget(made)
    wait(segmented, lambda state: state.progress is None and state.pictures is not None)
    made.resize(500, 140)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.setFocus()
    return made


def numbers_taken(row):
    return [place + 1 for place in range(row.count()) if row.item(place).data(CELL).is_taken]


def click(row, number):
    place = row.visualItemRect(row.item(number - 1)).center()
    QTest.mouseClick(row.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_every_number_has_its_map_in_the_colours_of_the_classes(row, segmented, truth):
    state = segmented.state
    assert row.count() == 5
    colours = np.array([style.colour for style in state.inputs.classes])
    picture = row.item(2).data(CELL).picture
    assert (picture.width(), picture.height()) == truth.shape[::-1]
    for line, column in ((5, 5), (5, 50), (24, 50)):
        seen = picture.pixelColor(column, line).getRgb()[:3]
        assert seen == tuple(colours[truth[line, column] - 1])


def test_they_follow_the_colours(row, segmented):
    red = tuple(replace(style, colour=(255, 0, 0)) for style in segmented.state.inputs.classes)
    segmented.edit("Colours", classes=red)
    assert row.item(0).data(CELL).picture.pixelColor(3, 3).getRgb()[:3] == (255, 0, 0)


def test_the_taken_and_the_best_are_told_by_signs(row, segmented):
    by_bic, by_icl = best_counts(segmented.state.choices)
    taken = len(segmented.state.result.mixture)
    for number in range(1, 6):
        signs = row.item(number - 1).text()
        assert (TAKEN in signs) == (number == taken)
        assert (BEST_BY_BIC in signs) == (number == by_bic)
        assert (BEST_BY_ICL in signs) == (number == by_icl)
        assert str(number) in signs
    assert numbers_taken(row) == [taken]


def test_hovering_tells_the_criteria(row, segmented):
    choices = segmented.state.choices
    words = row.item(1).toolTip()
    assert words == describe_candidate(choices, choices.candidates[1])
    assert all(name in words for name in ("2 components", "BIC", "ICL", "Log-likelihood"))


def test_a_click_takes_a_number(row, segmented):
    click(row, 2)
    assert segmented.state.inputs.settings.components == 2
    assert numbers_taken(row) == [2]


def test_keys_go_through_them_and_return_takes_one(row, segmented):
    click(row, 2)
    QTest.keyClick(row, Qt.Key.Key_Right)
    QTest.keyClick(row, Qt.Key.Key_Right)
    assert segmented.state.inputs.settings.components == 2, "looked at only"
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert segmented.state.inputs.settings.components == 4
    assert numbers_taken(row) == [4]


def test_where_keys_have_led_to_stays_until_another_is_taken(row, segmented):
    click(row, 2)
    QTest.keyClick(row, Qt.Key.Key_Right)
    red = tuple(replace(style, colour=(255, 0, 0)) for style in segmented.state.inputs.classes)
    segmented.edit("Colours", classes=red)
    assert row.currentRow() == 2
    segmented.choose_components(5)
    assert row.currentRow() == 4


def test_pictures_grow_with_the_room_and_keep_their_proportions(row):
    row.resize(800, row.minimumHeight())
    small = row.picture_size
    row.resize(800, row.maximumHeight())
    large = row.picture_size
    assert (small.width(), large.width()) == (24, 96)
    assert (small.height(), large.height()) == (18, 72), "the image is 64 wide and 48 high"


def test_pictures_are_smaller_where_all_would_not_fit(row):
    row.resize(250, row.maximumHeight())
    assert row.picture_size.width() == 42
    last = row.visualItemRect(row.item(row.count() - 1))
    assert last.right() <= row.viewport().width()


def test_the_taken_one_is_in_sight(row, segmented):
    row.resize(150, 140)
    for number in (1, 5):
        segmented.choose_components(number)
        place = row.visualItemRect(row.item(number - 1))
        assert row.viewport().rect().contains(place.center())


def test_there_is_no_picture_of_numbers_tried_before(row, segmented):
    choices = segmented.state.choices
    segmented.show_pictures(replace(segmented.state.pictures, choices=replace(choices)))
    assert all(row.item(place).data(CELL).picture is None for place in range(5))
    assert not row.viewport().grab().isNull()


def test_what_keys_go_to_is_seen(row, qtbot):
    row.setCurrentRow(0)
    place = row.visualItemRect(row.item(0)).topLeft()
    ground = row.palette().color(QPalette.ColorRole.Highlight)
    assert row.viewport().grab().toImage().pixelColor(place) == ground
    row.clearFocus()
    assert row.viewport().grab().toImage().pixelColor(place) != ground


def test_the_taken_one_has_a_frame(row, segmented):
    row.clearFocus()
    click(row, 2)
    row.clearFocus()
    seen = row.viewport().grab().toImage()
    ink = row.palette().color(QPalette.ColorRole.WindowText)

    def has_frame(number):
        room = row.visualItemRect(row.item(number - 1))
        middle = room.center().x() - row.picture_size.width() // 2
        line = room.top() + 4 + row.picture_side // 2
        return any(seen.pixelColor(x, line) == ink for x in range(middle - 3, middle + 2))

    assert has_frame(2)
    assert not has_frame(4)


def test_screen_readers_are_told(row):
    assert nameless(row) == []
    (number,) = numbers_taken(row)
    words = row.item(number - 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert words.startswith(f"taken, {number} components")


def test_what_was_tried_with_other_settings_cannot_be_taken_and_says_why(row, segmented):
    settings = segmented.state.inputs.settings
    row.clearFocus()
    before = row.viewport().grab().toImage()
    segmented.edit("Smoothing", settings=settings.model_copy(update={"smoothing": 1.0}))
    assert OTHER_SETTINGS in row.item(1).toolTip()
    assert row.viewport().grab().toImage() != before
    click(row, 2)
    row.setCurrentRow(1)
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert segmented.state.inputs.settings.components == "auto"
    segmented.undo_stack.undo()
    assert OTHER_SETTINGS not in row.item(1).toolTip()
    click(row, 2)
    assert segmented.state.inputs.settings.components == 2
