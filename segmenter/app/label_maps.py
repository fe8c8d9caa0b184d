"""The label maps of the divider's sides, by the class numbers of the result, and their difference.

Made on a lane, where `tasks` imports this, since it brings the compiled kernels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.sides import Compared, Kind
from segmenter.engine.compare import beside, differing, renumbered
from segmenter.engine.samples import on_pixels
from segmenter.files.memory import check_memory

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.app.sides import Layer, Question
    from segmenter.engine.outcome import Candidate


def compare(question: Question, known: Compared | None) -> Generator[None, None, Compared]:
    """Make the label maps of both sides and hold them against each other.

    Parameters
    ----------
    known
        An earlier answer: k-means takes its time, so its map is taken over if it is of the result.
    """
    maps: dict[Layer, NDArray[np.uint8]] = {}
    if known is not None and known.question.result is question.result:
        maps = {layer: map_ for layer, map_ in known.maps.items() if layer.kind is Kind.K_MEANS}
    for layer, candidate in zip(question.sides, question.candidates, strict=True):
        yield
        made = maps.get(layer)
        if made is None:
            made = _map_of(layer, question, candidate)
        if made is not None:
            made.flags.writeable = False
            maps[layer] = made
    yield
    return _held_against(question, maps)


def _map_of(
    layer: Layer, question: Question, candidate: Candidate | None
) -> NDArray[np.uint8] | None:
    """Return what a layer shows by the numbers of the result; None where there is nothing."""
    result = question.result
    if layer.kind is Kind.K_MEANS:
        return _k_means(question)
    own = None
    if layer.kind is Kind.PREVIOUS and question.previous is not None:
        own = question.previous.labels
    elif candidate is not None:
        own = on_pixels(candidate.labels, candidate.index, result.labels.shape)
    return None if own is None else renumbered(own, result.labels, result.class_count)


def _k_means(question: Question) -> NDArray[np.uint8]:
    image, result, *_ = question
    check_memory(image, result.settings, components=len(result.mixture))
    return beside(image, result).labels


def _held_against(question: Question, maps: dict[Layer, NDArray[np.uint8]]) -> Compared:
    result = question.result
    highest = max((int(map_.max()) for map_ in maps.values()), default=0)
    count = max(result.class_count, highest)
    shown = {side: maps.get(side) for side in question.sides}
    shown |= {side: result.labels for side in question.sides if side.kind is Kind.EM}
    left, right = (shown[side] for side in question.sides)
    if left is None or right is None:
        return Compared(question, maps, count)
    differs = differing(left, right)
    differs.flags.writeable = False
    differing_pixels = int(np.count_nonzero(differs))
    known = int(np.count_nonzero((left > 0) & (right > 0)))
    return Compared(
        question, maps, count, differs, differing_pixels, differing_pixels / max(1, known)
    )
