"""k-means beside the result, computed in the background when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app import tasks
from segmenter.app.runner import Runner
from segmenter.app.state import describe_comparison, is_compared, wants_comparison

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.compare import Comparison
    from segmenter.engine.outcome import Result


class Comparing(QObject):
    """Sees to it that a session has the comparison that its look asks for.

    The last one stays until that of another result is there, so that nothing flickers while
    results follow each other.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked_for: Result | None = None
        self._was_wanted = False
        self._runner = Runner(session.lanes.lane("comparing"), self)
        self._runner.finished.connect(self._on_compared)
        self._runner.failed.connect(session.fail)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _follow(self) -> None:
        state = self._session.state
        was_wanted, self._was_wanted = self._was_wanted, wants_comparison(state)
        if not self._was_wanted:
            self._give_up(state)
        elif is_compared(state):
            if not was_wanted and state.comparison is not None:
                self._session.say(describe_comparison(state.comparison))
        elif state.result is not self._asked_for:
            # Asked for once: what failed would fail again.
            self._asked_for = state.result
            assert state.image is not None
            assert state.result is not None
            self._runner.start(tasks.compare(state.image, state.result))

    def _give_up(self, state: State) -> None:
        """Stop, and forget what is of another result than the one that is shown."""
        self._runner.cancel()
        self._asked_for = None
        if state.comparison is not None and not is_compared(state):
            self._session.show_comparison(None)

    def _on_compared(self, comparison: Comparison) -> None:
        self._session.show_comparison(comparison)
        self._session.say(describe_comparison(comparison))
