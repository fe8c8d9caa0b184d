"""The few pixels by which a run shows where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.patterns import taken
from segmenter.engine.scribbles import index_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Samples

PREVIEW_SIDE = 512  # px


def preview_step(shape: tuple[int, int], side: int = PREVIEW_SIDE) -> int:
    """Return how far apart rows and columns of a preview are, if it has `side` px at most."""
    return -(-max(shape) // side)


def preview_samples(samples: Samples, shape: tuple[int, int]) -> tuple[NDArray[np.int32], Samples]:
    """Return (rows, columns) places in the samples of the pixels of a preview, and those."""
    step = preview_step(shape)
    index = index_of(samples, shape)
    thinned = index[::step, ::step]
    used, places = np.unique(thinned, return_inverse=True)
    if used[0] == -1:
        used, places = used[1:], places - 1
    return np.asarray(places, np.int32).reshape(thinned.shape), taken(samples, used)
