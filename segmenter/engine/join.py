"""Joining components to classes, by hand or where they overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from segmenter.engine.mixture import posterior_of
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Mixture, Samples


def by_hand(groups: Sequence[Sequence[int]], count: int) -> NDArray[np.intp]:
    """Return the class of each of `count` components when groups of them, from 1, are joined."""
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
    found: NDArray[np.intp] = np.unique(classes, return_inverse=True)[1]
    return found


def by_entropy(
    samples: Samples, mixture: Mixture, form: Form, classes: int | Literal["auto"]
) -> NDArray[np.intp]:
    """Return the class of each component when those that overlap most are joined."""
    parts = posterior_of(samples, mixture, form).responsibilities.astype(np.float64)
    members = [[k] for k in range(len(mixture))]
    while len(parts) > (2 if classes == "auto" else classes):
        drops = {
            (a, b): _entropy(parts[a], samples) + _entropy(parts[b], samples)
            - _entropy(parts[a] + parts[b], samples)
            for a in range(len(parts)) for b in range(a + 1, len(parts))
        }  # fmt: skip
        a, b = max(drops, key=drops.__getitem__)
        parts[a] += parts[b]
        parts = np.delete(parts, b, axis=0)
        members[a] += members.pop(b)
    found = np.empty(len(mixture), np.intp)
    for number, group in enumerate(members):
        found[group] = number
    return found


def _entropy(part: NDArray[np.float64], samples: Samples) -> float:
    terms = part * np.log(np.maximum(part, 1e-300))
    return -float(np.einsum("s,s->", samples.weights, terms))
