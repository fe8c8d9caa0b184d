"""Rows of the table: what was measured, what it has to beat, and whether it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segmenter.engine.outcome import Stage
from segmenter.engine.pipeline import steps
from segmenter.engine.settings import AUTO, Spatial
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image

HEAD = "| case | method | figure | to beat | verdict |\n| --- | --- | --- | --- | --- |"


class Row(NamedTuple):
    case: str
    method: str
    figure: str
    to_beat: str
    verdict: str

    def __str__(self) -> str:
        return "| " + " | ".join(self) + " |"


def at_most(case: str, method: str, figure: float, goal: float, *, more: str = "") -> Row:
    """A figure in percent that is to be small; compared as it is printed."""
    verdict = "yes" if round(figure, 2) <= goal else "NO"
    return Row(case, method, f"{figure:.2f} %{more}", f"{goal:.2f} %", verdict)


def at_least(case: str, method: str, figure: float, goal: float, *, more: str = "") -> Row:
    """A figure from 0 to 1 that is to be large."""
    verdict = "yes" if round(figure, 3) >= goal else "NO"
    return Row(case, method, f"{figure:.3f}{more}", f"{goal:.3f}", verdict)


def within(case: str, method: str, seconds: float, goal: float, *, more: str = "") -> Row:
    verdict = "yes" if seconds <= goal else "NO"
    return Row(case, method, f"{seconds:.2f} s{more}", f"{goal:.2f} s", verdict)


def noted(case: str, method: str, figure: str) -> Row:
    """What stands beside the others to be compared with."""
    return Row(case, method, figure, "", "")


def attempted(case: str, rows: Callable[[], Iterator[Row]]) -> Iterator[Row]:
    """Yield the rows of one case, or that it cannot be done and why."""
    try:
        yield from rows()
    except (SegmenterError, FileNotFoundError) as problem:
        yield Row(case, "", str(problem), "", "NO")


def segmented(
    image: Image, settings: Settings, scribbles: NDArray[np.uint8] | None = None
) -> Result:
    """Segment through the public generator; refuse a result that left out what was asked for."""
    given = {} if scribbles is None else {"scribbles": scribbles}
    running = steps(image, settings, **given)
    stages = set()
    while True:
        try:
            stages.add(next(running).stage)
        except StopIteration as end:
            if _beyond_the_mixture(settings, scribbles) and Stage.REFINING not in stages:
                raise SegmenterError("The run ended with the plain mixture.") from None
            result: Result = end.value
            if settings.classes not in {AUTO, result.class_count}:
                raise SegmenterError(f"There are {result.class_count} classes.") from None
            return result


def _beyond_the_mixture(settings: Settings, scribbles: NDArray[np.uint8] | None) -> bool:
    more = settings.spatial is not Spatial.NONE or settings.shading or settings.noise_class
    return more or scribbles is not None
