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

    from segmenter.app.state import Inputs
    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Mixture


def without_emptied(inputs: Inputs, result: Result) -> Inputs:
    """Return the inputs whose start has no more components than the result that it led to.

    Styles of classes that are gone come after the others, for when there is a class for them
    again.
    """
    start, found = inputs.start, result.mixture
    if start is None or start.features != found.features or len(found) >= len(start):
        return inputs
    kept = kept_components(start, found)
    rest = start.taken(kept)
    rest = replace(rest, weights=rest.weights / rest.weights.sum())
    styles = completed(inputs)
    kinds = [style for style in styles if not style.is_noise]
    stay = np.unique(start.classes[kept]).tolist()
    moved = [kinds[k] for k in stay] + [s for k, s in enumerate(kinds) if k not in stay]
    noise = [style for style in styles if style.is_noise]
    return replace(begun_from(inputs, rest), classes=named_by_place((*moved, *noise)))


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
