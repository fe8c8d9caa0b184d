"""The first minute: a sample is opened, the hints are read, tried and dismissed for good."""

from __future__ import annotations

from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from segmenter.ui.first_hints import FirstHints
from segmenter.ui.welcome import Welcome

COINS = SAMPLE_IMAGES / "coins.png"


def hints_of(person):
    return person.window.findChild(FirstHints)


def click_on_sample(person):
    """Click on the picture of the coins on the welcome page."""
    samples = person.window.findChild(Welcome)._samples
    (item,) = samples.findItems("Coins", Qt.MatchFlag.MatchExactly)
    samples.scrollToItem(item)
    person.click(samples.viewport(), samples.visualItemRect(item).center())
    person.wait_for_image(COINS)


def test_hints_come_with_the_image_and_what_they_say_works(person):
    assert not hints_of(person).isVisible()
    click_on_sample(person)
    assert hints_of(person).isVisible()
    assert QApplication.focusWidget() is person.canvas, "keys go to the image, not to the hints"
    person.wait_for_result()
    person.press("Space")
    assert person.state.look.overlay_hidden
    corner = hints_of(person).mapTo(person.window, QPoint(0, hints_of(person).height()))
    assert person.canvas.mapTo(person.window, QPoint(0, 0)) == corner, "the image lies below them"


def test_dismissed_by_mouse_they_stay_away_until_help_brings_them_back(person, open_window):
    click_on_sample(person)
    person.wait_for_result()
    person.click(hints_of(person).dismiss)
    assert not hints_of(person).isVisible()
    person.press("Space")
    assert person.state.look.overlay_hidden, "after the click Space still means the overlay"

    again = open_window()
    click_on_sample(again)
    again.wait_for_result()
    assert not hints_of(again).isVisible()
    again.choose("Help", "First hints")
    assert hints_of(again).isVisible()


def test_they_are_reached_and_dismissed_by_keys(person):
    click_on_sample(person)
    person.wait_for_result()
    for _ in range(60):
        if QApplication.focusWidget() is hints_of(person).dismiss:
            break
        QTest.keyClick(person.window.windowHandle(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is hints_of(person).dismiss
    QTest.keyClick(person.window.windowHandle(), Qt.Key.Key_Space)
    assert not hints_of(person).isVisible()
    assert not person.state.look.overlay_hidden
