"""Why the pinned pixel has its class, computed in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app import tasks
from segmenter.app.runner import Runner
from segmenter.app.state import is_running

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.explanation import Explanation


class Explaining(QObject):
    """Sees to it that a session has the explanation that its look asks for."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked_for: tuple[object, ...] = ()
        # What runs leave behind is used on one lane only, theirs.
        self._runner = Runner(session.lanes.lane("fitting"), self)
        self._runner.finished.connect(self._on_explained)
        self._runner.failed.connect(session.fail)
        # Later, because what it changes must not overtake what it follows.
        session.changed.connect(self._follow, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _follow(self) -> None:
        state = self._session.state
        if state.explanation is not None and state.explanation.result is not state.result:
            # It would keep a result alive that is shown no longer.
            self._session.show_explanation(None)
        if not wants_explanation(state):
            self._asked_for = ()
            self._runner.cancel()
            return
        wanted = (state.result, state.look.pinned)
        if is_explained(state) or wanted == self._asked_for:
            return
        # Asked for once: what failed would fail again.
        self._asked_for = wanted
        assert state.image is not None
        assert state.result is not None
        assert state.look.pinned is not None
        task = tasks.explain(state.image, state.result, state.look.pinned, self._session.leftovers)
        self._runner.start(task)

    def _on_explained(self, explanation: Explanation | None) -> None:
        self._session.show_explanation(explanation)


def can_explain(state: State) -> bool:
    """Whether there are pixels with a class."""
    return state.image is not None and state.result is not None


def has_data(state: State, place: tuple[int, int]) -> bool:
    """Whether the result has a class for the pixel at (row, column)."""
    return state.result is not None and bool(state.result.labels[place])


def wants_explanation(state: State) -> bool:
    """Whether a pixel is pinned that has a class, and no run is under way that may change it."""
    pinned = state.look.pinned
    if pinned is None or is_running(state) or not can_explain(state):
        return False
    return has_data(state, pinned)


def is_explained(state: State) -> bool:
    """Whether the explanation is that of the pinned pixel in the result."""
    made = state.explanation
    return made is not None and made.result is state.result and made.place == state.look.pinned
