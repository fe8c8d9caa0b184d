"""The connected regions of the result, as they are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmenter.app.state import State


def wants_regions(state: State) -> bool:
    """Whether the regions of the result are to be seen."""
    return state.result is not None and state.look.lists_regions


def are_listed(state: State) -> bool:
    """Whether the regions are those of the result."""
    known, result = state.regions, state.result
    return known is not None and result is not None and known.labels is result.labels


def region_at(state: State, row: int, column: int) -> int:
    """Return the number of the listed region that a pixel is in; 0 for none, or no such pixel."""
    if state.regions is None or not (are_listed(state) and state.look.lists_regions):
        return 0
    rows, columns = state.regions.numbers.shape
    if row not in range(rows) or column not in range(columns):
        return 0
    return int(state.regions.numbers[row, column])
