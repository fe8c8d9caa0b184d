"""What the sides show beside the result, made in the background when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.sides import Compared, describe_difference, is_compared, question_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State


class Comparing(Follower[Compared]):
    """Sees to it that a session has what the sides of its look ask for."""

    lane = "comparing"

    def wanted(self, state: State) -> object:
        """Return the question that the sides ask."""
        return question_of(state)

    def task(self, state: State) -> Generator[object, None, Compared]:
        """Make what the sides show; what they have in common with the last is made already."""
        question = question_of(state)
        assert question is not None
        return tasks.compare(question, state.compared)

    def put(self, answer: Compared | None) -> None:
        """Show it."""
        self._session.show_compared(answer)

    def is_there(self, state: State) -> bool:
        """Whether it is the answer to that question."""
        return is_compared(state)

    def is_stale(self, state: State) -> bool:
        """Whether it was held against another result."""
        return state.compared is not None and state.compared.question.result is not state.result

    def words(self, state: State) -> str:
        """Say how far the sides differ."""
        assert state.compared is not None
        return describe_difference(state.compared, state)
