"""k-means beside the result, computed in the background when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from segmenter.app import tasks
from segmenter.app.runner import Runner
from segmenter.app.state import describe_comparison, is_compared, wants_comparison

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.compare import Comparison
    from segmenter.engine.types import Result


class Comparing(QObject):
    """Sees to it that a session has the comparison that its look asks for.

    The last one stays until that of another result is there, so that nothing flickers while
    results follow each other.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked_for: Result | None = None
        self._runner = Runner(session.lanes.lane("comparing"), self)
        self._runner.finished.connect(self._on_compared)
        self._runner.failed.connect(session.fail)
        session.changed.connect(self._follow)

    def cancel(self) -> None:
        """Give up the work."""
        self._runner.cancel()

    def _follow(self, before: State, after: State) -> None:
        if not wants_comparison(after):
            self._give_up(after)
        elif is_compared(after):
            if not wants_comparison(before) and after.comparison is not None:
                self._session.say(describe_comparison(after.comparison))
        elif after.result is not self._asked_for:
            # Asked for once: what failed would fail again.
            self._asked_for = after.result
            assert after.image is not None
            assert after.result is not None
            self._runner.start(tasks.compare(after.image, after.result))

    def _give_up(self, state: State) -> None:
        """Stop, and forget what is of another result than the one that is shown."""
        self._runner.cancel()
        self._asked_for = None
        if state.comparison is not None and not is_compared(state):
            self._session.show_comparison(None)

    def _on_compared(self, comparison: Comparison) -> None:
        self._session.show_comparison(comparison)
        self._session.say(describe_comparison(comparison))
