"""Names that go with their pixels when other settings find other classes in the same image."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.classes import completed
from segmenter.engine.styles import fitted_classes, is_named, named_by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.state import Inputs, State
    from segmenter.engine.outcome import Result
    from segmenter.engine.styles import ClassStyle

ENOUGH = 256  # px, the longer side of what is held against each other: edits keep it


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """What names were given on.

    Parameters
    ----------
    labels
        (rows, columns) uint8: some pixels of a label map, without those of the noise class. 0 is
        none, and other classes count from 1.
    """

    labels: NDArray[np.uint8]


def named_on(state: State, after: Inputs) -> Named | None:
    """Return what the names are of, if they are to go with pixels to the result of other inputs.

    With scribbles or a mixture of the user's, numbers say which class is which.
    """
    result, made_from = state.result, state.made_from
    if result is None or made_from is None or after.decides_like(made_from):
        return None
    if after.start is not None or after.scribbles:
        return None
    if state.inputs.named_on is not None:
        return state.inputs.named_on
    return Named(_some(result)) if any(map(is_named, after.classes)) else None


def carried(inputs: Inputs, result: Result) -> Inputs:
    """Return the inputs of a result with every name at the class that has most of its pixels.

    Where several names meet, the one with most pixels there stays; the others wait after the
    classes that there are. What has no name stays at its place, or takes one that is left over.
    """
    if inputs.named_on is None:
        return inputs
    styles = completed(inputs)
    noise = tuple(style for style in styles if style.is_noise)
    count = result.class_count - bool(result.mixture.noise_number)
    kinds = [style for style in styles if not style.is_noise]
    places = _places(kinds, inputs.named_on.labels, _some(result))
    waiting = [k for k, style in enumerate(kinds) if is_named(style) and k not in places]
    enough = max(count, len(kinds)) + len(waiting) + len(noise)
    kinds = [style for style in fitted_classes(styles, enough) if not style.is_noise]
    unnamed = [k for k, style in enumerate(kinds) if not is_named(style)]
    for k in unnamed:
        if k < count and k not in places.values():
            places[k] = k
    free = [k for k in range(len(kinds)) if k not in places.values()]
    more = [k for k in unnamed if k not in places]
    needed = sum(place < count for place in free)
    places |= zip([*more[:needed], *waiting, *more[needed:]], free, strict=True)
    order = sorted(places, key=places.__getitem__)
    classes = named_by_place((*(kinds[k] for k in order), *noise))
    return replace(inputs, classes=classes, named_on=None)


def _places(
    kinds: list[ClassStyle], before: NDArray[np.uint8], after: NDArray[np.uint8]
) -> dict[int, int]:
    """Return the places, from 0, of named classes by where they have been."""
    goals: dict[int, tuple[int, int]] = {}
    for k, style in enumerate(kinds):
        counts = np.bincount(after[before == k + 1], minlength=2)[1:]
        if is_named(style) and counts.any():
            place = int(np.argmax(counts))
            goals[place] = max(goals.get(place, (0, 0)), (int(counts[place]), -k))
    return {-k: place for place, (_, k) in goals.items()}


def _some(result: Result) -> NDArray[np.uint8]:
    """Return some pixels of the label map without those of the noise class, which is the last."""
    step = -(-max(result.labels.shape) // ENOUGH)
    some = result.labels[::step, ::step].copy()
    noise = result.mixture.noise_number
    if noise:
        some[some == noise] = 0
    return some
