"""The image in even light, made in the background when it is first to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app import tasks
from segmenter.app.follower import Follower
from segmenter.app.light import Corrected, is_corrected, wants_corrected

if TYPE_CHECKING:
    from collections.abc import Generator

    from segmenter.app.state import State


class Correcting(Follower[Corrected]):
    """Sees to it that a session has the corrected image that its look asks for."""

    lane = "correcting"

    def wanted(self, state: State) -> object:
        """Return the result whose light is to be evened out."""
        return state.result if wants_corrected(state) else None

    def task(self, state: State) -> Generator[object, None, Corrected]:
        """Even the light out."""
        assert state.image is not None
        assert state.result is not None
        return tasks.correct(state.image, state.result)

    def put(self, answer: Corrected | None) -> None:
        """Show the image in even light."""
        self._session.show_corrected(answer)

    def is_there(self, state: State) -> bool:
        """Whether it is the one by the light of the result."""
        return is_corrected(state)

    def is_stale(self, state: State) -> bool:
        """Whether it is one by the light of another result."""
        return state.corrected is not None and not is_corrected(state)
