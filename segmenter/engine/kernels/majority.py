"""The most frequent class in a disc around every pixel, by counts that slide along the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray


def most_frequent(labels: NDArray[np.uint8], radius: int) -> NDArray[np.uint8]:
    """Return (rows, columns) uint8: the class of most pixels in a disc, 0 not counted.

    Of equally frequent classes it is the lowest; 0 where there is none.
    """
    reach = np.arange(-radius, radius + 1)
    halves = np.sqrt(radius**2 - reach**2).astype(np.int64)
    found = np.empty(labels.shape, np.uint8)
    spread(_slide, len(labels), np.pad(labels, radius), halves, int(labels.max()), found)
    return found


@inlined()
def _commonest(counts):
    """Return the class from 1 that is counted most often, the lowest of equal ones; 0 for none."""
    best, most = 0, 0
    for number in range(1, len(counts)):
        if counts[number] > most:
            best, most = number, counts[number]
    return best


@inlined()
def _begin(counts, rows, halves):
    """Count what is around the first pixel of a row."""
    counts[:] = 0
    radius = len(halves) // 2
    for k in range(len(halves)):
        for x in range(radius - halves[k], radius + halves[k] + 1):
            counts[rows[k, x]] += 1


@kernel("void(int64, int64, uint8[:, ::1], int64[::1], int64, uint8[:, ::1])")
def _slide(first, last, padded, halves, classes, found):
    radius, columns = len(halves) // 2, found.shape[1]
    size = 2 * halves.sum() + len(halves)
    counts = np.zeros(classes + 1, np.int64)
    for y in range(first, last):
        rows = padded[y : y + len(halves)]
        _begin(counts, rows, halves)
        for x in range(columns):
            own = rows[radius, x + radius]
            is_clear = own > 0 and 2 * counts[own] > size
            found[y, x] = own if is_clear else _commonest(counts)
            if x < columns - 1:
                for k in range(len(halves)):
                    middle, half = x + radius, halves[k]
                    counts[rows[k, middle - half]] -= 1
                    counts[rows[k, middle + half + 1]] += 1
