"""Why the pinned pixel has its class, computed in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.explained import is_explained, wants_explanation
from segmenter.app.follower import Follower

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State
    from segmenter.engine.explanation import Explanation


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
