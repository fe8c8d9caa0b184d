"""The window as the program builds it, and a person in front of it."""

from __future__ import annotations

import sys

import pytest
from person import Person


@pytest.fixture
def open_window(qtbot, qapp, preferences, monkeypatch):
    """Start the program's window, with the preferences as they are; may be done again."""
    from segmenter.ui import application

    hook, kept = sys.excepthook, []

    def opened():
        window = application.build(preferences)
        # Panels that still glide to their places are not where a click is meant for.
        window.setAnimated(False)
        # The crash dialog is another story; here whatever nobody caught fails the test.
        monkeypatch.setattr(sys, "excepthook", hook)
        kept.append(window)
        qtbot.addWidget(window)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return Person(qtbot, window)

    yield opened
    for window in kept:
        window.close()
        assert window.session.close(), "a background lane was still busy"


@pytest.fixture
def person(open_window):
    """Somebody in front of a window that has just been started."""
    made = open_window()
    made.window.resize(1280, 800)
    return made
