"""EM that goes on by half steps on its own, slowly enough to be watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State

PAUSES = (2000, 1400, 1000, 700, 500, 350, 250, 170, 120, 0)
"""Milliseconds from one half step to the next, from slow to as fast as it can be shown."""
LEAST_PAUSE = 10


class Playing(QObject):
    """Lets a session go on with its next half step, again and again, while its state says so."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._timer = QTimer(self)
        self._timer.timeout.connect(session.play_on)
        session.changed.connect(self._follow)

    def _follow(self, before: State, after: State) -> None:
        if not after.playing:
            self._timer.stop()
        elif not before.playing or before.pause != after.pause:
            self._timer.start(max(after.pause, LEAST_PAUSE))
