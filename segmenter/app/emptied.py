"""Classes that became empty in a run that began from a mixture of the user's.

The engine drops components without pixels, and classes after them move up; names and colours go
with the classes that they were given to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.begun import begun_from
from segmenter.app.classes import completed
from segmenter.engine.styles import named_by_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.state import Inputs, Look
    from segmenter.engine.types import Mixture


def without_emptied(inputs: Inputs, look: Look, found: Mixture) -> tuple[Inputs, Look]:
    """Return inputs whose start has no more components than what it has led to, and the look.

    Styles of classes that are gone come after the others, for when there is a class for them
    again. What was chosen or selected is so under its next number; in place of a class that is
    gone, the one that comes to its place is chosen.
    """
    start = inputs.start
    if start is None or start.features != found.features or len(found) >= len(start):
        return inputs, look
    kept = kept_components(start, found)
    rest = start.taken(kept)
    rest = replace(rest, weights=rest.weights / rest.weights.sum())
    styles = completed(inputs)
    kinds = [style for style in styles if not style.is_noise]
    stay: list[int] = np.unique(start.classes[kept]).tolist()
    moved = [kinds[k] for k in stay] + [s for k, s in enumerate(kinds) if k not in stay]
    noise = [style for style in styles if style.is_noise]
    after = replace(begun_from(inputs, rest), classes=named_by_place((*moved, *noise)))
    return after, _renumbered(look, stay, int(start.classes.max()) + 1)


def _renumbered(look: Look, stay: list[int], count: int) -> Look:
    """Return the look with the numbers that classes have when of `count` only some stay."""
    numbers = {k + 1: place for place, k in enumerate(stay, start=1)}
    # The noise class comes after all others.
    numbers[count + 1] = len(stay) + 1
    next_one = min(len(stay), 1 + sum(k < look.chosen - 1 for k in stay))
    return replace(
        look,
        chosen=numbers.get(look.chosen, next_one),
        selected=tuple(numbers[number] for number in look.selected if number in numbers),
    )


def kept_components(start: Mixture, found: Mixture) -> NDArray[np.intp]:
    """Return which components of a start, in order, those that are left of them have been.

    They keep their order, so it is the way in which their means have moved least in all.
    """
    variance = np.einsum("k,kdd->d", start.weights, start.covariances)
    apart = start.means[:, None] - found.means[None]
    costs = (apart**2 / variance).sum(axis=2)
    many, few = costs.shape
    least = np.full((many + 1, few + 1), np.inf)
    least[:, 0] = 0
    for i in range(1, many + 1):
        for j in range(1, min(i, few) + 1):
            least[i, j] = min(least[i - 1, j], least[i - 1, j - 1] + costs[i - 1, j - 1])
    places, j = [], few
    for i in range(many, 0, -1):
        if j and least[i, j] < least[i - 1, j]:
            places.append(i - 1)
            j -= 1
    return np.array(places[::-1], np.intp)
