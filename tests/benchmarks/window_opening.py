"""How long it takes until there is something to see: the window, and a photo in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from PySide6.QtCore import QSettings
from window_rows import Row, application, until, write_photo

WINDOW_GOAL, PHOTO_GOAL = 1000.0, 300.0
MEGAPIXELS = 12
ROUNDS = 5

# A process of its own, from its very beginning to the first painting of the window.
FIRST_PAINTING = """
import os, time
began = time.time() - float(os.environ["BEGAN"])
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
app = QApplication(["segmenter"])
from segmenter.app.preferences import Preferences
from segmenter.ui.application import build
window = build(Preferences(QSettings(os.environ["PREFERENCES"], QSettings.Format.IniFormat)))
window.show()
window.repaint()
app.processEvents()
print(time.time() - float(os.environ["BEGAN"]), flush=True)
os._exit(0)
"""


def opening_rows() -> list[Row]:
    """Measure a fresh process and, in a window that is there, opening a photo."""
    with tempfile.TemporaryDirectory() as folder:
        starts = [_first_painting(folder) for _ in range(ROUNDS + 1)][1:]
        photo = write_photo(Path(folder) / "photo.jpg", MEGAPIXELS)
        shown = _until_shown(photo, folder)
    return [
        Row("window visible, warm", median(starts) * 1000, "ms", WINDOW_GOAL),
        Row(f"{MEGAPIXELS} MP photo shown", median(shown) * 1000, "ms", PHOTO_GOAL),
    ]


def _first_painting(folder: str) -> float:
    from time import time

    more = {"BEGAN": repr(time()), "PREFERENCES": f"{folder}/preferences.ini"}
    command = [sys.executable, "-c", FIRST_PAINTING]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | more
    )
    return float(done.stdout)


def _until_shown(photo: Path, folder: str) -> list[float]:
    from segmenter.app.preferences import Preferences
    from segmenter.app.session import Session
    from segmenter.ui.main_window import MainWindow

    application()
    session = Session()
    session.set_live(False)
    preferences = Preferences(QSettings(f"{folder}/p.ini", QSettings.Format.IniFormat))
    window = MainWindow(session, preferences)
    window.resize(1440, 900)
    window.show()
    times = []
    for _ in range(ROUNDS):
        before = session.state.image
        session.open(photo)
        taken = until(lambda before=before: session.state.image is not before)
        window.canvas.repaint()
        times.append(taken)
    window.close()
    session.close()
    window.deleteLater()
    return times
