"""The nearest of a few centres for every sample, and the sums of the samples of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.threads import spread
from segmenter.engine.types import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 64 * BLOCK  # samples whose sums are added up before those of others

_VALUES = "Array(float32, 2, 'C', readonly=True)"


@inlined()
def _measure(values, start, count, centre, distance):
    """Write the squared distances of `count` samples from `start` to a centre."""
    distance[:] = np.float32(0)
    for a in range(values.shape[0]):
        x, c = values[a, start : start + count], centre[a]
        for i in range(count):
            gap = x[i] - c
            distance[i] += gap * gap


@kernel(f"void(int64, int64, {_VALUES}, {_VALUES}, uint8[::1])")
def _nearest(first, last, values, centres, labels):
    samples = values.shape[1]
    distance, smallest = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    best = np.empty(BLOCK, np.int32)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        smallest[:] = np.float32(np.inf)
        best[:] = 0
        for k in range(centres.shape[0]):
            _measure(values, start, count, centres[k], distance)
            for i in range(count):
                is_closer = distance[i] < smallest[i]
                smallest[i] = distance[i] if is_closer else smallest[i]
                best[i] = k if is_closer else best[i]
        for i in range(count):
            labels[start + i] = np.uint8(best[i])


@kernel(
    f"void(int64, int64, {_VALUES}, Array(float32, 1, 'C', readonly=True),"
    " Array(uint8, 1, 'C', readonly=True), float64[:, :, ::1])"
)
def _add_up(first, last, values, weights, labels, sums):
    features, samples = values.shape
    for chunk in range(first, last):
        mine = sums[chunk]
        mine[:] = 0.0
        for i in range(chunk * CHUNK, min((chunk + 1) * CHUNK, samples)):
            k, weight = labels[i], weights[i]
            mine[k, features] += weight
            for a in range(features):
                mine[k, a] += weight * values[a, i]


def nearest_centres(values: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return (samples,) uint8 the nearest of (K, features) centres, the first of equals."""
    labels = np.empty(values.shape[1], np.uint8)
    spread(_nearest, -(-values.shape[1] // CHUNK), values, centres, labels)
    return labels


def sums_of_labels(
    values: NDArray[np.float32],
    weights: NDArray[np.float32],
    labels: NDArray[np.uint8],
    count: int,
) -> NDArray[np.float64]:
    """Return (count, features + 1) the weighted sums, then the weights, of the samples of a label.

    Parameters
    ----------
    values, weights, labels
        (features, samples), (samples,) and (samples,), every label below `count`.
    """
    chunks = -(-values.shape[1] // CHUNK)
    sums = np.empty((chunks, count, len(values) + 1))
    spread(_add_up, chunks, values, weights, labels, sums)
    # Added row by row, so in chunk order, whoever computed a chunk.
    added: NDArray[np.float64] = np.add.reduce(sums, axis=0)
    return added
