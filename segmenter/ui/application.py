"""Builds the window and everything in it, and runs until it is closed."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QObject, QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from segmenter.app.collector import Collector
from segmenter.app.logs import keep_log, log_file
from segmenter.app.preferences import Preferences
from segmenter.app.session import Session
from segmenter.files.bundled import resource
from segmenter.ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmenter.ui.main_window import MainWindow

# Python sees a signal only when it runs; Qt's loop must let it, now and then.
SIGNAL_INTERVAL_MS = 200


def start(paths: Sequence[str | Path]) -> int:
    """Show the window with the first of `paths` open; return the exit code when it is closed."""
    if sys.stderr is not None:
        faulthandler.enable()
    keep_log(log_file())
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Segmenter")
    app.setOrganizationName("Segmenter")
    app.setDesktopFileName("segmenter")
    app.setWindowIcon(QIcon(str(resource("segmenter.svg"))))
    preferences = Preferences(QSettings())
    window = build(preferences)
    window.open_all([Path(path).absolute() for path in paths])
    window.show()
    ticker = _let_signals_through(window)
    # What has been loaded so far stays: looking through it for garbage would only cost time.
    gc.freeze()
    code = app.exec()
    ticker.stop()
    if not window.session.close():
        preferences.save()
        _leave(code)
    return code


def _leave(code: int) -> NoReturn:
    """End the process although a lane is busy: Python and Qt would wait for it without limit.

    Nothing is lost, because files are written complete or not at all.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(code)


def build(preferences: Preferences) -> MainWindow:
    """Make a window with a session of its own, dressed as preferred; it is not shown yet."""
    from segmenter.ui.crash_dialog import CrashReporter
    from segmenter.ui.main_window import MainWindow

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.apply(app, preferences.theme)
    session = Session()
    window = MainWindow(session, preferences)
    Collector(window)
    session.setParent(window)
    CrashReporter(window).install()
    app.styleHints().colorSchemeChanged.connect(window.follow_desktop)
    # Once the window is there to be seen: both take the interpreter from those that paint it.
    QTimer.singleShot(0, window, window.panels.load_plots)
    QTimer.singleShot(0, window, session.warm_up)
    return window


def _let_signals_through(window: QObject) -> QTimer:
    """Let Ctrl+C in the terminal close the window."""
    signal.signal(signal.SIGINT, lambda *_: window.close())  # type: ignore[attr-defined]
    ticker = QTimer(window, interval=SIGNAL_INTERVAL_MS)
    ticker.timeout.connect(int)
    ticker.start()
    return ticker
