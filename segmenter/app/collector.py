"""Garbage is collected on the GUI thread alone.

Python collects cycles on whichever thread happens to allocate. A cycle that holds a QObject would
then die on a lane, where its destructor waits for the interpreter lock with Qt's lock in hand,
while the GUI thread may wait the other way round.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 500


class Collector(QObject):
    """Takes over from Python's own collection, as often as that would have come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        due = zip(gc.get_count(), gc.get_threshold(), strict=True)
        generations = [place for place, (count, limit) in enumerate(due) if count > limit > 0]
        if generations:
            gc.collect(max(generations))
