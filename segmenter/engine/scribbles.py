"""Scribbles: pixels whose class the user has said, as the engine takes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Samples

MOST_CLASSES = 32
NO_DATA = -1  # in `Sites`: a pixel that shows nothing
SAID = -2  # in `Sites`: a pixel of which class 0 is said; class c is `SAID` - c
SHARE = 0.1  # of all pixels: scribbles weigh at least as much together


def checked(scribbles: NDArray[np.generic] | None, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return scribbles as (rows, columns) uint8 class numbers from 1, 0 where nothing is said.

    Raises
    ------
    SegmenterError
        When they have another size than the image, or say classes that cannot be.
    """
    if scribbles is None:
        return np.zeros(shape, np.uint8)
    if scribbles.shape != shape:
        raise SegmenterError(
            f"The scribbles are {_size(scribbles.shape)} and the image is {_size(shape)} pixels. "
            "Give scribbles of the image's size."
        )
    low, high = (int(end(initial=0)) for end in (scribbles.min, scribbles.max))
    if scribbles.dtype.kind not in "bui" or low < 0 or high > MOST_CLASSES:
        raise SegmenterError(
            f"Scribbles are class numbers from 1 to {MOST_CLASSES}, and 0 where nothing is said."
        )
    return scribbles.astype(np.uint8, copy=False)


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(side) for side in reversed(shape))


@dataclass(frozen=True, eq=False)  # no slots: what is computed once is kept
class Sites:
    """What every pixel shows, or what is said of it.

    Parameters
    ----------
    codes
        (rows, columns) int32: the sample that the pixel shows; `NO_DATA`; or, where its class c
        (from 0) is said, `SAID` - c.
    counts
        (samples,) float32: how many pixels of which nothing is said show the sample.
    said
        (n,) the samples of which something is said, ``classes`` (n,) what, and ``weights`` (n,)
        float32 by how many pixels, times what a scribbled pixel weighs.
    """

    codes: NDArray[np.int32]
    counts: NDArray[np.float32]
    said: NDArray[np.intp]
    classes: NDArray[np.intp]
    weights: NDArray[np.float32]

    @cached_property
    def total(self) -> float:
        """How many pixels are seen: those with data, scribbled ones by their weight."""
        return float(self.counts.sum(dtype=np.float64) + self.weights.sum(dtype=np.float64))


def index_of(samples: Samples, shape: tuple[int, int]) -> NDArray[np.int32]:
    """Return (rows, columns) int32 the sample that every pixel shows; `NO_DATA` for none."""
    if samples.index is not None:
        return samples.index
    return np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)


def sites_of(samples: Samples, scribbles: NDArray[np.uint8], classes: int) -> Sites:
    """Return what every pixel shows or is said to be.

    Scribbled pixels are no random sample, and often few; together they weigh at least `SHARE` as
    much as the others.
    """
    shape = scribbles.shape
    index = index_of(samples, shape)
    places = np.flatnonzero(scribbles)
    if not places.size:
        nothing = np.empty(0, np.intp)
        return Sites(index, samples.weights, nothing, nothing, np.empty(0, np.float32))
    said = scribbles.ravel()[places].astype(np.int32) - 1
    shown = index.ravel()[places]
    codes = index.copy()
    codes.ravel()[places] = SAID - said
    has_data = shown >= 0
    keys, numbers = np.unique(
        shown[has_data].astype(np.int64) * classes + said[has_data], return_counts=True
    )
    counts = samples.weights.copy()
    np.subtract.at(counts, keys // classes, numbers.astype(np.float32))
    free, labelled = float(counts.sum(dtype=np.float64)), float(numbers.sum())
    each = max(1.0, SHARE * free / labelled) if labelled else 1.0
    return Sites(
        codes,
        np.maximum(counts, 0),
        (keys // classes).astype(np.intp),
        (keys % classes).astype(np.intp),
        (each * numbers).astype(np.float32),
    )
