"""An error that nobody expected: one dialog, a line in the log, and the window lives."""

import sys
import threading

import pytest
from PySide6.QtWidgets import QWidget

from segmenter.ui.crash_dialog import CrashDialog, CrashReporter

pytestmark = pytest.mark.logs_errors


@pytest.fixture
def window(qtbot):
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def reporter(window):
    return CrashReporter(window)


def report(reporter, error):
    try:
        raise error
    except type(error):
        reporter.report(*sys.exc_info())


def dialogs(window):
    return window.findChildren(CrashDialog)


def test_an_error_is_shown_with_its_trace_and_versions(window, reporter, caplog):
    report(reporter, ValueError("odd"))
    (dialog,) = dialogs(window)
    assert "ValueError: odd" in dialog.details
    assert "PySide6" in dialog.details
    assert "ValueError: odd" in caplog.text


def test_many_errors_make_one_dialog_and_a_later_one_another(window, reporter, qtbot):
    for _ in range(5):
        report(reporter, ValueError("odd"))
    (dialog,) = dialogs(window)
    dialog.close()
    qtbot.waitUntil(lambda: not dialogs(window))
    report(reporter, ValueError("later"))
    assert len(dialogs(window)) == 1


def test_an_error_on_another_thread_is_shown_on_this_one(window, reporter, qtbot):
    thread = threading.Thread(target=report, args=(reporter, ValueError("far")))
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)


def test_an_error_in_a_slot_reaches_the_dialog(window, reporter, qtbot, monkeypatch):
    from PySide6.QtCore import QTimer

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    reporter.install()
    QTimer.singleShot(0, lambda: 1 // 0)
    qtbot.waitUntil(lambda: len(dialogs(window)) == 1)


def test_ctrl_c_closes_the_window(window, reporter):
    report(reporter, KeyboardInterrupt())
    assert not window.isVisible()
    assert dialogs(window) == []
