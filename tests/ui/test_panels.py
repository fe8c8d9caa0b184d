"""The panels around the canvas: the plots come later, all fit, their places are remembered."""

from dataclasses import replace

import pytest
from driving import show_image

from segmenter.ui import panels
from segmenter.ui.convergence_plot import ConvergencePlot
from segmenter.ui.main_window import MainWindow


@pytest.fixture
def filled(window, image, wait):
    """The window with an image and its result."""
    show_image(window.session, replace(image))
    wait(window.session, lambda state: state.result is not None and state.progress is None)
    return window


def test_it_fits_a_screen_of_720_by_450(filled):
    for dock in filled.panels.docks[:4]:
        dock.show()
    least = filled.minimumSizeHint()
    assert least.width() <= 720
    assert least.height() <= 450


def test_on_a_low_screen_the_image_has_the_room_of_the_plots(
    qtbot, session, preferences, monkeypatch
):
    monkeypatch.setattr(panels, "LOW_SCREEN", 10_000)
    made = MainWindow(session, preferences)
    qtbot.addWidget(made)
    made.show()
    seen = [dock.windowTitle() for dock in made.panels.docks if dock.isVisible()]
    assert seen == ["Settings", "Classes"]
    assert made.isMaximized()


def test_the_plots_come_when_their_library_is_loaded(qtbot, session, preferences):
    window = MainWindow(session, preferences)
    qtbot.addWidget(window)
    assert window.findChild(ConvergencePlot) is None
    window.panels.load_plots()
    qtbot.waitUntil(lambda: window.findChild(ConvergencePlot) is not None, timeout=30_000)


def test_a_small_window_leaves_every_panel_whole(filled):
    smallest = filled.minimumSizeHint()
    assert (smallest.width() <= 760, smallest.height() <= 480) == (True, True)
    filled.resize(760, 480)
    filled.resize(1280, 800)
    for dock in filled.panels.docks:
        assert dock.width() >= dock.widget().minimumSizeHint().width()


def test_size_and_panels_are_remembered(qtbot, window, session, preferences):
    window.resize(window.width(), 650)
    window.panels.docks[1].close()
    window.close()
    again = MainWindow(session, preferences)
    qtbot.addWidget(again)
    again.show()
    assert again.height() == 650
    assert not again.panels.docks[1].isVisible()
