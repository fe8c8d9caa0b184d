"""Joining components to classes, by hand or where they overlap.

A kind of pixel that is no Gaussian takes several components, which overlap. Joining two takes away
what was doubtful between them: the entropy of the responsibilities falls (Baudry, Raftery, Celeux,
Lo and Gottardo 2010, equation 3.3). It falls most for large components, however little of each is
doubtful, so that in the end the small ones would stand alone, such as the brightest pixels of a few
nuclei. Divided by the pixels of the smaller one, the fall says how much of it belongs to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from segmenter.engine.mixture import posterior_of
from segmenter.engine.thinning import SUBSET, thinned
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Mixture, Samples

# Nats per pixel of the smaller one: one bit. Equal ones that cannot be told apart have two, because
# each doubts the pixels of both.
OVERLAPPING = float(np.log(2))
LEAST_CLASSES = 2  # that overlap makes by itself: one class would be no answer
TINY = 1e-300


def by_hand(groups: Sequence[Sequence[int]], count: int) -> NDArray[np.intp]:
    """Return the class of each of `count` components when groups of them, from 1, are joined.

    Classes are numbered from 0 in the order of their first components.

    Raises
    ------
    SegmenterError
        When a component does not exist or is named twice.
    """
    numbers = [number for group in groups for number in group]
    wrong = [number for number in numbers if not 1 <= number <= count]
    if wrong or len(set(numbers)) < len(numbers):
        what = f"there is no component {wrong[0]}" if wrong else "a component is named twice"
        raise SegmenterError(
            f"Cannot join components: {what}. They are numbered from 1 to {count}."
        )
    classes = np.arange(count)
    for group in groups:
        classes[np.array(group) - 1] = min(group) - 1
    return _without_gaps(classes)


def by_entropy(
    samples: Samples, mixture: Mixture, form: Form, classes: int | Literal["auto"]
) -> NDArray[np.intp]:
    """Return the class of each component when those that overlap most are joined.

    Classes are numbered from 0 in the order of their first components.

    Parameters
    ----------
    classes
        How many are to be left; auto: join as long as two overlap, down to `LEAST_CLASSES`.
    """
    some = thinned(samples, SUBSET)
    parts = posterior_of(some, mixture, form).responsibilities.astype(np.float64)
    weights = some.weights.astype(np.float64)
    overlaps = np.full((len(parts), len(parts)), -np.inf)
    for a in range(len(parts)):
        for b in range(a):
            overlaps[a, b] = overlaps[b, a] = _overlap(parts[a], parts[b], weights)
    found = np.arange(len(parts))
    for left in range(len(parts), LEAST_CLASSES if classes == "auto" else classes, -1):
        assert left > 1
        a, b = divmod(int(np.argmax(overlaps)), len(parts))
        if classes == "auto" and overlaps[a, b] < OVERLAPPING:
            break
        parts[a] += parts[b]
        found[found == b] = a
        overlaps[b, :] = overlaps[:, b] = -np.inf
        for other in set(found.tolist()) - {a}:
            overlap = _overlap(parts[a], parts[other], weights)
            overlaps[a, other] = overlaps[other, a] = overlap
    return _without_gaps(found)


def _overlap(
    one: NDArray[np.float64], other: NDArray[np.float64], weights: NDArray[np.float64]
) -> float:
    """Return by how many nats joining lowers the entropy, per pixel of the smaller part."""
    together = one + other
    terms = together * np.log(np.maximum(together, TINY))
    for part in (one, other):
        terms -= part * np.log(np.maximum(part, TINY))
    sizes = [float(np.einsum("s,s->", weights, part)) for part in (one, other)]
    return float(np.einsum("s,s->", weights, terms)) / max(min(sizes), TINY)


def _without_gaps(classes: NDArray[np.intp]) -> NDArray[np.intp]:
    found: NDArray[np.intp] = np.unique(classes, return_inverse=True)[1]
    return found
