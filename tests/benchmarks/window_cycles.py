"""What is left behind when images are opened, segmented and replaced, and windows closed."""

from __future__ import annotations

import ctypes
import gc
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from resident import resident
from window_rows import Row, application, image_of_photo, until

from segmenter.app.pyramid import pyramid_of
from segmenter.app.tasks import Opened

if TYPE_CHECKING:
    from segmenter.engine.types import Image

CYCLES, WARM = 120, 20
MEGAPIXELS = 1


def cycle_rows() -> list[Row]:
    """Open, fit and close so many times; the first ones fill caches and do not count."""
    application()
    image = image_of_photo(MEGAPIXELS)
    after_warm = threads = 0
    for cycle in range(CYCLES):
        if cycle == WARM:
            after_warm, threads = _in_use(), _threads()
        _cycle(image)
    grown = (_in_use() - after_warm) / 1e6
    measure = f"{CYCLES - WARM} times open, fit, close at {MEGAPIXELS} MP"
    return [
        Row(f"{measure}: memory more", grown, "MB", 50.0),
        Row(f"{measure}: threads more", _threads() - threads, "", 1.0),
    ]


def _in_use() -> int:
    """Return bytes, without those that only wait to be used again (glibc)."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
    return resident()


def _threads() -> int:
    """Return how many there are, Qt's own included."""
    return (
        len(list(Path("/proc/self/task").iterdir()))
        if Path("/proc").is_dir()
        else (threading.active_count())
    )


def _cycle(image: Image) -> None:
    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session
    from segmenter.ui.main_window import MainWindow

    session = Session()
    window = MainWindow(session, Preferences(QSettings("/dev/null", QSettings.Format.IniFormat)))
    window.resize(1200, 800)
    window.show()
    session._on_opened(Opened(image, pyramid_of(image)))
    until(lambda: session.state.result is not None and session.state.progress is None)
    window.repaint()
    window.close()
    assert session.close()
    session.setParent(window)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
