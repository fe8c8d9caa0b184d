"""Fixtures that all tests share. Qt is imported only by the fixtures that need it."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading

import numpy as np
import pytest
from hypothesis import settings
from places import CORPUS, DATA

from segmenter.engine.types import Image

# Milliseconds that a test may wait for a run; generous, because kernels may have to compile.
PATIENCE = 60_000
GARBAGE = 20_000  # objects made since the last collection that make another worth its time


def pytest_addoption(parser):
    parser.addoption("--headed", action="store_true", help="show the windows on the real display")


def pytest_configure(config):
    if not config.getoption("--headed"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Tests must not pass or fail by chance: HYPOTHESIS_PROFILE=default tries other examples.
    settings.register_profile("same", derandomize=True)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
    # As in the program: a QObject in a cycle must not be collected on a background thread.
    gc.disable()


@pytest.fixture(autouse=True)
def _garbage_is_collected_between_tests():
    yield
    if gc.get_count()[0] > GARBAGE:
        gc.collect()


# ---- Data -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def truth():
    """(48, 64) uint8: the class of every pixel of `image`, 1 dark to 3 bright."""
    labels = np.ones((48, 64), np.uint8)
    labels[:, 24:] = 2
    labels[12:36, 40:60] = 3
    labels.flags.writeable = False
    return labels


@pytest.fixture(scope="session")
def image(truth):
    """A small colour image with noise, whose three kinds of pixel are known."""
    colours = np.array([[40, 50, 90], [60, 140, 70], [230, 200, 160]], float)
    noise = np.random.default_rng(0).normal(0, 5, (*truth.shape, 3))
    pixels = np.clip(np.rint(colours[truth - 1] + noise), 0, 255).astype(np.uint8)
    return Image(pixels, np.ones(truth.shape, bool), ("red", "green", "blue"), 8)


@pytest.fixture
def image_file(tmp_path, image):
    """The same image as a PNG file."""
    from PIL import Image as Pillow

    path = tmp_path / "three kinds.png"
    Pillow.fromarray(image.pixels).save(path)
    return path


@pytest.fixture(scope="session")
def run():
    """Drive a generator to its end: (all progress, result)."""

    def drive(steps):
        progresses = []
        while True:
            try:
                progresses.append(next(steps))
            except StopIteration as end:
                return progresses, end.value

    return drive


@pytest.fixture(scope="session")
def corpus():
    """The folder of odd and hostile image files."""
    if not CORPUS.is_dir():
        pytest.skip(f"no folder {CORPUS}")
    return CORPUS


@pytest.fixture(scope="session")
def data():
    """The folder of larger real images."""
    if not DATA.is_dir():
        pytest.skip(f"no folder {DATA}")
    return DATA


# ---- The window -------------------------------------------------------------------------------


@pytest.fixture
def preferences(tmp_path):
    """Preferences in a file of their own."""
    from PySide6.QtCore import QSettings

    from segmenter.app.preferences import Preferences

    return Preferences(QSettings(str(tmp_path / "preferences.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def session(qapp):
    """A session without an image; closed afterwards."""
    from segmenter.app.session import Session

    made = Session()
    yield made
    assert made.close(), "a background lane was still busy"


@pytest.fixture
def wait(qtbot):
    """Wait until a question about the session's state is answered with yes."""

    def until(session, question):
        qtbot.waitUntil(lambda: bool(question(session.state)), timeout=PATIENCE)
        return session.state

    return until


@pytest.fixture
def segmented(session, image, wait):
    """A session with `image` and its finished result for three components."""
    from dataclasses import replace

    from driving import show_image

    settings = session.state.inputs.settings.model_copy(update={"components": 3})
    session.set_live(False)
    session.edit("Components", settings=settings)
    show_image(session, replace(image))
    session.run()
    wait(session, lambda state: state.result is not None and state.progress is None)
    session.undo_stack.clear()
    return session


# ---- What no test may leave behind --------------------------------------------------------------


@pytest.fixture
def exceptions():
    """Exceptions that nobody caught; a test that means to cause some clears the list."""
    return []


@pytest.fixture(autouse=True)
def _no_uncaught_exception(exceptions, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: exceptions.append(error))
    yield
    assert not exceptions, f"not caught: {exceptions!r}"


@pytest.fixture(autouse=True)
def _no_error_in_log(caplog, request):
    yield
    if "logs_errors" not in request.keywords:
        errors = [line for line in caplog.get_records("call") if line.levelno >= logging.ERROR]
        assert not errors, f"logged: {[line.getMessage() for line in errors]}"


@pytest.fixture(autouse=True)
def _no_thread_left():
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    # The engine keeps its pool; dummies stand for Qt's threads, which Python never forgets.
    assert not [thread for thread in left if _is_stray(thread)]


def _is_stray(thread):
    from concurrent.futures.thread import _threads_queues

    return not isinstance(thread, threading._DummyThread) and thread not in _threads_queues


@pytest.fixture(autouse=True)
def _no_window_left():
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    # pyqtgraph's plots own menus that they never delete; menus are no windows.
    tops = widgets.QApplication.topLevelWidgets()
    left = [widget for widget in tops if not isinstance(widget, widgets.QMenu)]
    for widget in left:
        widget.close()
        widget.deleteLater()
    assert not left, f"left open: {left!r}"
