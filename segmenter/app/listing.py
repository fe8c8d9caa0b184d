"""The regions of the result, measured in the background while their table is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app import tasks
from segmenter.app.runner import Runner
from segmenter.app.state import are_listed, wants_regions

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.outcome import Result


class Listing(QObject):
    """Sees to it that a session has the regions that its look asks for.

    The last ones stay until those of another result are there, so that nothing flickers while
    results follow each other.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked_for: Result | None = None
        self._runner = Runner(session.lanes.lane("listing"), self)
        self._runner.finished.connect(session.show_regions)
        self._runner.failed.connect(session.fail)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _follow(self) -> None:
        state = self._session.state
        if not wants_regions(state):
            self._give_up(state)
        elif not are_listed(state) and state.result is not self._asked_for:
            # Asked for once: what failed would fail again.
            self._asked_for = state.result
            assert state.image is not None
            assert state.result is not None
            self._runner.start(tasks.list_regions(state.image, state.result))

    def _give_up(self, state: State) -> None:
        """Stop, and forget what is of another result than the one that is shown."""
        self._runner.cancel()
        self._asked_for = None
        if state.regions is not None and not are_listed(state):
            self._session.show_regions(None)
