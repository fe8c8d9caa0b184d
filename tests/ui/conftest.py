"""A whole window for the tests that need one."""

from __future__ import annotations

import pytest


@pytest.fixture
def window(qtbot, qapp, session, preferences):
    """A shown window with a session and preferences of its own."""
    from segmenter.ui import theme
    from segmenter.ui.main_window import MainWindow

    theme.apply(qapp, preferences.theme)
    made = MainWindow(session, preferences)
    made.panels.fill_plots()
    qtbot.addWidget(made)
    made.resize(1280, 800)
    with qtbot.waitExposed(made):
        made.show()
    return made
