"""Hints for who is new come with the first image and go when they are dismissed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from driving import show_image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segmenter.ui.first_hints import FirstHints, hints


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
    assert made.words.text() == hints()


@pytest.mark.parametrize("width", [280, 420, 900])
def test_they_are_read_whole_however_small_the_window_is(made, session, image, width):
    show_image(session, replace(image))
    made.resize(width, made.heightForWidth(width))
    made.grab()
    words = made.words
    needed = words.fontMetrics().boundingRect(
        words.contentsRect(), Qt.TextFlag.TextWordWrap, words.text()
    )
    assert words.height() >= needed.height()
    assert words.width() >= needed.width()
    assert (needed.height() < 2 * words.fontMetrics().lineSpacing()) == (width == 900)


def test_keys_are_those_of_the_commands():
    assert all(key in hints() for key in ("Space hides", "B: say", "Ctrl+E exports"))


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
