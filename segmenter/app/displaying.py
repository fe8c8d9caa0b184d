"""The image in the shades that were chosen, made well in the background when a choice rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.pyramid import Pyramid

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State


class Displaying(Follower[Pyramid]):
    """Sees to it that what is seen of an image from afar is made of its own values.

    Until then the copies that there are stand in, by what 8 bits tell.
    """

    lane = "displaying"

    def wanted(self, state: State) -> object:
        """Return the shades that the copies are not made in."""
        shown = state.shown
        return None if shown is None or shown.is_exact else shown.shades

    def task(self, state: State) -> Generator[object, None, Pyramid]:
        """Make the copies anew."""
        assert state.shown is not None
        return tasks.remake(state.shown)

    def put(self, answer: Pyramid | None) -> None:
        """Show the image as it is made now."""
        if answer is not None:
            self._session.show_remade(answer)

    def is_there(self, state: State) -> bool:
        """Whether there is nothing to be made."""
        return state.shown is not None and state.shown.is_exact

    def is_stale(self, state: State) -> bool:  # noqa: ARG002 - as followers say it
        """Say no: what is shown is always that of the state."""
        return False
