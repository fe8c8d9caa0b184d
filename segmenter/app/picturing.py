"""Small pictures of what other numbers of components give, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app.choices import pictured
from segmenter.app.runner import Runner

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.engine.outcome import Result


class Picturing(QObject):
    """Sees to it that a session has a picture of every number of components that was tried."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._pictured: Result | None = None
        self._runner = Runner(session.lanes.lane("picturing"), self)
        self._runner.finished.connect(session.show_pictures)
        self._runner.failed.connect(session.fail)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _follow(self) -> None:
        choices = self._session.state.choices
        if choices is self._pictured:
            return
        self._pictured = choices
        self._runner.cancel()
        if choices is not None:
            self._runner.start(pictured(choices))
