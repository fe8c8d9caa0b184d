"""The light that a result has found, and the image without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmenter.engine.overlay import View

if TYPE_CHECKING:
    from segmenter.app.pyramid import Pyramid
    from segmenter.app.state import State
    from segmenter.engine.outcome import Result


@dataclass(frozen=True, slots=True, eq=False)
class Corrected:
    """The image as the canvas paints it in even light, by the light that a result has."""

    result: Result
    shown: Pyramid


def has_light(state: State) -> bool:
    """Whether light was estimated for the result."""
    return state.result is not None and state.result.shading is not None


def wants_corrected(state: State) -> bool:
    """Whether the image in even light is to be seen, and there is light to even out."""
    return has_light(state) and state.look.view is View.CORRECTED


def is_corrected(state: State) -> bool:
    """Whether the image in even light is that of the result."""
    return state.corrected is not None and state.corrected.result is state.result


def light_at(state: State, row: int, column: int) -> float | None:
    """Return by what light multiplies a pixel, where a view is to tell it."""
    is_told = state.look.view in {View.SHADING, View.CORRECTED}
    if not is_told or state.result is None or state.result.shading is None:
        return None
    return float(state.result.shading[row, column])
