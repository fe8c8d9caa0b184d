"""How much neighbours in a field hold together by how alike their values are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.scribbles import index_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Samples

STEPS = 255  # of a weight; this many are 1
# Rows down and columns right of a pixel, in the order of the weights.
NEIGHBOURS = ((0, -1), (0, 1), (-1, 0), (1, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))

AHEAD = ((0, 1), (1, 0), (1, -1), (1, 1))  # every edge once


def contrast_weights(samples: Samples, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return by what to multiply the strength towards each neighbour.

    That is exp(-|x_i - x_j|^2 / (2 m)), with m the mean of |x_i - x_j|^2 over pixels side by side
    (Rother, Kolmogorov and Blake 2004, after equation 11). Towards a pixel that lacks values it is
    that of the mean.

    Parameters
    ----------
    shape
        (rows, columns) of the image.

    Returns
    -------
    (8, rows, columns) in steps of 1 / 255, in the order of `NEIGHBOURS`; 0 towards what is outside.
    """
    index = index_of(samples, shape)
    known = index >= 0
    for observed, first, last in samples.patterns:
        if not observed.all():
            known &= (index < first) | (index >= last)
    values = samples.values[:, np.where(known, index, 0)]
    squares = {step: _squares(values, known, step) for step in AHEAD}
    straight = np.concatenate([squares[0, 1].ravel(), squares[1, 0].ravel()])
    found = straight[np.isfinite(straight)]
    mean = float(found.mean()) if found.size else 0.0
    weights = np.zeros((8, *shape), np.uint8)
    for (down, right), each in squares.items():
        likeness = np.exp(np.nan_to_num(each, nan=mean) / (-2 * max(mean, 1e-30)))
        steps = np.maximum(np.rint(STEPS * likeness), 1).astype(np.uint8)
        here, there = ends_of(shape, down, right)
        weights[NEIGHBOURS.index((down, right)), *here] = steps
        weights[NEIGHBOURS.index((-down, -right)), *there] = steps
    return weights


def in_planes(weights: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (4, 8, rows / 2, columns / 2) weights in the planes of `kernels.field`."""
    rows, columns = weights.shape[1:]
    planes = np.zeros((4, 8, (rows + 1) // 2, (columns + 1) // 2), np.uint8)
    for plane in range(4):
        part = weights[:, plane >> 1 :: 2, plane & 1 :: 2]
        planes[plane, :, : part.shape[1], : part.shape[2]] = part
    return planes


def ends_of(
    shape: tuple[int, int], down: int, right: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return where the pixels are that have such a neighbour, and where the neighbours are."""
    rows, columns = shape
    here = (
        slice(max(0, -down), rows - max(0, down)),
        slice(max(0, -right), columns - max(0, right)),
    )
    there = (
        slice(max(0, down), rows + min(0, down)),
        slice(max(0, right), columns + min(0, right)),
    )
    return here, there


def _squares(
    values: NDArray[np.float32], known: NDArray[np.bool_], step: tuple[int, int]
) -> NDArray[np.float64]:
    """Return |x_i - x_j|^2 of every edge in a direction; NaN where one has no data."""
    here, there = ends_of((known.shape[0], known.shape[1]), *step)
    both = known[here] & known[there]
    total = np.where(both, 0.0, np.nan)
    for row in values:
        total += (row[here] - row[there]) ** 2
    return total
