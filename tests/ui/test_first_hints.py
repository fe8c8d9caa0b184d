"""Hints for who is new come with the first image and go when they are dismissed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import show_image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segmenter.ui.first_hints import BETWEEN, FirstHints, hints


@pytest.fixture
def made(qtbot, session, preferences):
    session.set_live(False)
    row = FirstHints(session, preferences)
    qtbot.addWidget(row)
    return row


def test_they_come_with_the_first_image(made, session, image):
    assert not made.isVisible()
    show_image(session, replace(image))
    assert made.isVisible()
    assert made.words.text().startswith(hints()[0])


@pytest.mark.parametrize("width", [440, 900])
def test_they_are_read_whole_in_two_lines_at_most(made, session, image, width):
    show_image(session, replace(image))
    made.resize(width, 60)
    made.grab()
    lines = [line for line in (made.words, made.more) if line.isVisible()]
    assert len(lines) == (1 if width == 900 else 2)
    assert BETWEEN.join(line.text() for line in lines) == BETWEEN.join(hints())
    for line in lines:
        assert line.width() >= line.fontMetrics().horizontalAdvance(line.text())


def test_where_there_is_no_room_they_are_told_by_the_pointer(made, session, image):
    show_image(session, replace(image))
    made.resize(160, 60)
    made.grab()
    assert hints()[0] in made.words.toolTip()
    assert hints()[-1] in made.more.toolTip()


def test_keys_are_those_of_the_commands():
    assert all(key in BETWEEN.join(hints()) for key in ("Space hides", "B: say", "Ctrl+E exports"))


@pytest.mark.parametrize("by", ["mouse", "key"])
def test_dismissed_they_stay_away(made, session, image, preferences, by, qtbot):
    show_image(session, replace(image))
    if by == "mouse":
        QTest.mouseClick(made.dismiss, Qt.MouseButton.LeftButton)
    else:
        made.dismiss.setFocus()
        QTest.keyClick(made.dismiss, Qt.Key.Key_Space)
    assert not made.isVisible()
    assert not preferences.wants_hints
    again = FirstHints(session, preferences)
    qtbot.addWidget(again)
    show_image(session, replace(image))
    assert not again.isVisible()


def test_help_brings_them_back(made, session, image, preferences):
    preferences.wants_hints = False
    show_image(session, replace(image))
    assert not made.isVisible()
    made.bring_back()
    assert made.isVisible()
    assert preferences.wants_hints
