"""Cycles that hold QObjects die on the thread of the window, never on a lane."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject

from segmenter.app.collector import Collector


class Knot(QObject):
    """A QObject that only the collector can free."""

    def __init__(self):
        super().__init__()
        self.itself = self


@pytest.fixture
def collector(qapp):
    made = Collector()
    yield made
    made.deleteLater()


def test_python_no_longer_collects_by_itself(collector):
    gc.enable()
    Collector(collector)
    assert not gc.isenabled()


def test_a_busy_background_thread_collects_nothing(collector):
    knot = Knot()
    gone = weakref.ref(knot)
    del knot
    busy = threading.Thread(target=lambda: [[object()] for _ in range(300_000)])
    busy.start()
    busy.join()
    assert gone() is not None


def test_the_window_s_thread_collects_in_time(collector, qtbot):
    knot = Knot()
    gone = weakref.ref(knot)
    del knot
    _heap = [[place] for place in range(5000)]  # more than Python's first threshold
    qtbot.waitUntil(lambda: gone() is None, timeout=10_000)
