"""Why the pinned pixel has its class, computed in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.state import is_running

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State
    from segmenter.engine.explain import Explanation


class Explaining(Follower["Explanation | None"]):
    """Sees to it that a session has the explanation that its look asks for."""

    # What runs leave behind is used on one lane only, theirs.
    lane = "fitting"

    def wanted(self, state: State) -> object:
        """Return the result, and the pixel whose class is to be explained."""
        return (state.result, state.look.pinned) if wants_explanation(state) else None

    def task(self, state: State) -> Generator[object, None, Explanation | None]:
        """Explain it."""
        assert state.image is not None
        assert state.result is not None
        assert state.look.pinned is not None
        leftovers = self._session.leftovers
        return tasks.explain(state.image, state.result, state.look.pinned, leftovers)

    def put(self, answer: Explanation | None) -> None:
        """Show it."""
        self._session.show_explanation(answer)

    def is_there(self, state: State) -> bool:
        """Whether it is that of the pixel in the result."""
        return is_explained(state)

    def is_stale(self, state: State) -> bool:
        """Whether it is of another result, which it would keep alive."""
        return state.explanation is not None and state.explanation.result is not state.result


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
