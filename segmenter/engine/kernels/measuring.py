"""Sums over the pixels of every region, in one pass over an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NUMBERS = "Array(int32, 2, 'C', readonly=True)"
_FIRST = "Array(int64, 1, 'C', readonly=True)"


def moments_and_boxes(
    numbers: NDArray[np.int32], first: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return moments and bounding boxes of regions.

    Parameters
    ----------
    numbers
        (rows, columns) region of every pixel.
    first
        (regions,) place of the first pixel of each, counted along the rows.

    Returns
    -------
    (regions, 5) sums of y, x, y², x² and xy, from each region's first pixel; (regions, 4) first
    row and column, and those after the last.
    """
    sums = np.zeros((len(first), 5))
    boxes = np.zeros((len(first), 4), np.int32)
    boxes[:, :2] = np.iinfo(np.int32).max
    _sum_places(numbers, first, sums, boxes)
    return sums, boxes


def add_values(
    numbers: NDArray[np.int32],
    values: NDArray[np.float64],
    there: NDArray[np.bool_],
    sums: NDArray[np.float64],
    counts: NDArray[np.int64],
) -> None:
    """Add to (regions,) sums and counts the values (rows, columns) that are there."""
    _add(numbers, values, there, sums, counts)


@kernel(f"void({_NUMBERS}, {_FIRST}, float64[:, ::1], int32[:, ::1])")
def _sum_places(numbers, first, sums, boxes):
    rows, columns = numbers.shape
    for row in range(rows):
        for column in range(columns):
            number = numbers[row, column]
            y = row - first[number] // columns
            x = column - first[number] % columns
            total, box = sums[number], boxes[number]
            total[0] += y
            total[1] += x
            total[2] += y * y
            total[3] += x * x
            total[4] += y * x
            box[0] = min(box[0], row)
            box[1] = min(box[1], column)
            box[2] = max(box[2], row + 1)
            box[3] = max(box[3], column + 1)


@kernel(
    f"void({_NUMBERS}, float64[:, ::1], Array(boolean, 2, 'C', readonly=True), float64[::1],"
    " int64[::1])"
)
def _add(numbers, values, there, sums, counts):
    rows, columns = numbers.shape
    for row in range(rows):
        for column in range(columns):
            if there[row, column]:
                number = numbers[row, column]
                sums[number] += values[row, column]
                counts[number] += 1
