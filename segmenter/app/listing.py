"""The regions of the result, measured in the background while their table is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.listed import are_listed, wants_regions

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State
    from segmenter.engine.regions import Regions


class Listing(Follower["Regions"]):
    """Sees to it that a session has the regions that its look asks for."""

    lane = "listing"

    def wanted(self, state: State) -> object:
        """Return the result whose regions are to be seen."""
        return state.result if wants_regions(state) else None

    def task(self, state: State) -> Generator[object, None, Regions]:
        """Measure them."""
        assert state.image is not None
        assert state.result is not None
        return tasks.list_regions(state.image, state.result)

    def put(self, answer: Regions | None) -> None:
        """List them."""
        self._session.show_regions(answer)

    def is_there(self, state: State) -> bool:
        """Whether those of the result are listed."""
        return are_listed(state)

    def is_stale(self, state: State) -> bool:
        """Whether those of another result are listed."""
        return state.regions is not None and not are_listed(state)
