"""Small pictures of what other numbers of components give, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app.choices import Pictures, pictured
from segmenter.app.follower import Follower

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State


class Picturing(Follower[Pictures]):
    """Sees to it that a session has a picture of every number of components that was tried."""

    lane = "picturing"

    def wanted(self, state: State) -> object:
        """Return what chose among numbers."""
        return state.choices

    def task(self, state: State) -> Generator[object, None, Pictures]:
        """Make the pictures."""
        assert state.choices is not None
        return pictured(state.choices)

    def put(self, answer: Pictures | None) -> None:
        """Show them."""
        self._session.show_pictures(answer)

    def is_there(self, state: State) -> bool:
        """Whether they are those of the numbers that were tried."""
        return state.pictures is not None and state.pictures.choices is state.choices

    def is_stale(self, state: State) -> bool:
        """Whether there are any though no numbers were tried."""
        return state.pictures is not None and state.choices is None
