"""The image in even light, made in the background when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app import tasks
from segmenter.app.runner import Runner
from segmenter.app.state import is_corrected, wants_corrected

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import Corrected, State
    from segmenter.engine.outcome import Result


class Correcting(QObject):
    """Sees to it that a session has the corrected image that its look asks for.

    The last one stays until that of another result is there.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked_for: Result | None = None
        self._runner = Runner(session.lanes.lane("correcting"), self)
        self._runner.finished.connect(self._on_corrected)
        self._runner.failed.connect(session.fail)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _follow(self) -> None:
        state = self._session.state
        if not wants_corrected(state):
            self._give_up(state)
        elif not is_corrected(state) and state.result is not self._asked_for:
            # Asked for once: what failed would fail again.
            self._asked_for = state.result
            assert state.image is not None
            assert state.result is not None
            self._runner.start(tasks.correct(state.image, state.result))

    def _give_up(self, state: State) -> None:
        """Stop, and forget what is of another result than the one that is shown."""
        self._runner.cancel()
        self._asked_for = None
        if state.corrected is not None and not is_corrected(state):
            self._session.show_corrected(None)

    def _on_corrected(self, corrected: Corrected) -> None:
        self._session.show_corrected(corrected)
