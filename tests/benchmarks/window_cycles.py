"""What is left behind when images are opened, segmented and replaced, and windows closed."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from resident import resident
from window_rows import Row, application, image_of_photo, until

from segmenter.app.pyramid import pyramid_of
from segmenter.app.tasks import Opened

CYCLES, WARM = 100, 20
MEGAPIXELS = 1


def cycle_rows() -> list[Row]:
    """Open, fit and close so many times; the first ones fill caches and do not count."""
    application()
    after_warm = 0
    for cycle in range(CYCLES):
        if cycle == WARM:
            gc.collect()
            after_warm, threads = resident(), _threads()
        _cycle()
    gc.collect()
    grown = (resident() - after_warm) / 1e6
    measure = f"{CYCLES - WARM} times open, fit, close at {MEGAPIXELS} MP"
    return [
        Row(f"{measure}: memory more", grown, "MB", 50.0),
        Row(f"{measure}: threads more", _threads() - threads, "", 1.0),
    ]


def _threads() -> int:
    """Return how many there are, Qt's own included."""
    return (
        len(list(Path("/proc/self/task").iterdir()))
        if Path("/proc").is_dir()
        else (threading.active_count())
    )


def _cycle() -> None:
    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session
    from segmenter.ui.main_window import MainWindow

    session = Session()
    window = MainWindow(session, Preferences(QSettings("/dev/null", QSettings.Format.IniFormat)))
    window.resize(1200, 800)
    window.show()
    image = image_of_photo(MEGAPIXELS)
    session._on_opened(Opened(image, pyramid_of(image)))
    until(lambda: session.state.result is not None and session.state.progress is None)
    window.repaint()
    window.close()
    assert session.close()
    session.setParent(window)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect(1)
