"""How much of the image a class has, in words."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from segmenter.app.state import coming_mixture
from segmenter.engine.areas import square_micrometres
from segmenter.engine.number_words import grouped
from segmenter.engine.settings import Spatial

if TYPE_CHECKING:
    from segmenter.app.state import State
    from segmenter.engine.outcome import Result

NEVER = "No pixel is of this class: everywhere another one is more probable."
FEWER = "Fewer components may fit better."
FIELD = "Fewer components may fit better, or Spatial: Field."
MILLIMETRES = 1e5  # µm² from which areas are told in mm²
SPREAD_MEANS = (
    "Expected: the sum of the soft mask. Its spread takes every pixel for itself; "
    "neighbours err together, so it is really larger."
)


def area_lines(state: State, number: int) -> tuple[str, ...]:
    """Say pixels, expected area and, where pixels have a size, the same in µm² or mm².

    Empty where there is no result, or a run goes on, or no class of this number, from 1.
    """
    result, image = state.result, state.image
    if result is None or image is None or coming_mixture(state) is not None:
        return ()
    if not 1 <= number <= result.class_count:
        return ()
    counted = int(result.pixel_counts[number - 1])
    expected, spread = (float(each[number - 1]) for each in result.areas)
    never = " (never the most probable)" if _is_nowhere(result, number) else ""
    lines = [
        f"{grouped(counted)} px in the label map{never}",
        f"expected {measured(expected, spread)} px",
    ]
    size = square_micrometres(image)
    if size is not None:
        lines.append(_in_units(expected * size, spread * size))
    return tuple(lines)


def area_tip(state: State, number: int) -> str:
    """Say what the expected area is and, of a class that is expected but nowhere, what may help."""
    result = state.result
    if result is None or not area_lines(state, number) or not _is_nowhere(result, number):
        return SPREAD_MEANS
    if state.inputs.scribbles:
        return f"{NEVER}\n{SPREAD_MEANS}"
    advice = FIELD if result.settings.spatial is Spatial.NONE else FEWER
    return f"{NEVER} {advice}\n{SPREAD_MEANS}"


def _is_nowhere(result: Result, number: int) -> bool:
    """Whether pixels are expected of a class, from 1, though it is nowhere the most probable."""
    before = result.pixel_counts if result.cleaned is None else result.cleaned.pixels_before
    return int(before[number - 1]) == 0 < round(float(result.areas[0][number - 1]))


def measured(value: float, spread: float) -> str:
    """Return value ± spread, with two digits of the spread where the value is worth them."""
    most = max(1, _decimals(value, 3))
    decimals = min(_decimals(spread, 2), most)
    if round(spread, decimals) == 0:
        return f"{grouped(value, decimals=_decimals(value, 3))} ± 0"
    return f"{grouped(value, decimals=decimals)} ± {grouped(spread, decimals=decimals)}"


def _decimals(value: float, digits: int) -> int:
    """Return how many decimals a number has that is told with so many digits."""
    return max(0, digits - 1 - floor(log10(value))) if value > 0 else 0


def _in_units(area: float, spread: float) -> str:
    if area >= MILLIMETRES:
        return f"{measured(area / 1e6, spread / 1e6)} mm²"
    return f"{measured(area, spread)} µm²"
