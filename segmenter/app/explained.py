"""The pixel that is pinned, and whether it can be and has been explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app.state import is_running

if TYPE_CHECKING:
    from segmenter.app.state import State


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
