"""The copies of an image that the canvas may come to need, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.light import wants_corrected
from segmenter.app.pyramid import Pyramid

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State


class Displaying(Follower[Pyramid]):
    """Sees to it that there are copies in grey, and all in the shades that were chosen last.

    Until then what is seen is made of the copies that there are, by what 8 bits tell.
    """

    lane = "displaying"

    def wanted(self, state: State) -> object:
        """Return the shades for which copies are not there."""
        shown = _unfinished(state)
        return None if shown is None else shown.shades

    def task(self, state: State) -> Generator[object, None, Pyramid]:
        """Make them."""
        shown = _unfinished(state)
        assert shown is not None
        return tasks.finish(shown)

    def put(self, answer: Pyramid | None) -> None:
        """Show the image as it is made now."""
        if answer is not None:
            self._session.show_finished(answer)

    def is_there(self, state: State) -> bool:
        """Whether there is nothing to be made."""
        return state.shown is not None and _unfinished(state) is None

    def is_stale(self, state: State) -> bool:  # noqa: ARG002 - as followers say it
        """Say no: what is shown is always that of the state."""
        return False


def _unfinished(state: State) -> Pyramid | None:
    """Return what is to be seen and lacks copies: the image in even light, else the image."""
    seen = [state.shown]
    if state.corrected is not None and wants_corrected(state):
        seen.insert(0, state.corrected.shown)
    return next((shown for shown in seen if shown is not None and not shown.is_finished), None)
