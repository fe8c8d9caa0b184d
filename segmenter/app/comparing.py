"""What the sides show beside the result, made in the background when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from segmenter.app import tasks
from segmenter.app.runner import Runner
from segmenter.app.sides import describe_difference, question_of

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.sides import Compared, Question
    from segmenter.app.state import State


class Comparing(QObject):
    """Sees to it that a session has what the sides of its look ask for.

    What was there last stays until the next is, so that nothing flickers while results follow
    each other.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._asked: Question | None = None
        self._was_asked: Question | None = None
        self._told = ""
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
        question = question_of(state)
        was_asked, self._was_asked = self._was_asked, question
        if was_asked != question:
            self._session.take_back(self._told)
        if question is None:
            self._give_up(state)
        elif state.compared is not None and state.compared.question == question:
            # Whatever else was on its way is no longer asked for.
            self._runner.cancel()
            self._asked = question
            if was_asked != question:
                self._tell(state.compared)
        elif question != self._asked:
            # Asked for once: what failed would fail again.
            self._asked = question
            self._runner.start(tasks.compare(question, state.compared))

    def _give_up(self, state: State) -> None:
        """Stop, and forget what is of another result than the one that is shown."""
        self._runner.cancel()
        self._asked = None
        if state.compared is not None and state.compared.question.result is not state.result:
            self._session.show_compared(None)

    def _on_compared(self, compared: Compared) -> None:
        self._session.show_compared(compared)
        self._tell(compared)

    def _tell(self, compared: Compared) -> None:
        self._told = describe_difference(compared, self._session.state)
        if self._told:
            self._session.say(self._told)
