"""A generalised Hilbert curve: a way through all pixels of any rectangle that stays close by.

A rectangle has a side that the curve runs along, from corner to corner, and a side across. One
that is long is cut in two across the way. Any other is walked up one part of its side across, along
the rest of it, and down again, with the sides of the first and the last part exchanged. Cuts leave
even lengths wherever they can, because only those connect without a diagonal step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Halving 2^31 pixels ends after 62 cuts, each of which leaves at most two more parts waiting.
_DEPTH = 160


@inlined()
def _put(waiting, place, row, column, along, across, length, width):
    """Put a part on the stack: its first corner, two directions (0 to 3), and two lengths."""
    part = waiting[place]
    part[0], part[1] = row, column
    part[2], part[3] = along, across
    part[4], part[5] = length, width
    return place + 1


@inlined()
def _half(length):
    """Return about half of a length, even unless that is 1."""
    half = length // 2
    return half + 1 if half % 2 == 1 and length > 2 else half


@inlined()
def _numbering(rows, columns, down, turned):
    """Return the number of the first pixel, and by how much it grows downwards and rightwards."""
    if not turned:
        return 0, columns, 1
    return (columns - 1, columns, -1) if down else ((rows - 1) * columns, -columns, 1)


@inlined()
def _walk(rows, columns, down, turned, order):
    # Directions: down, right, up, left.
    row_step = (1, 0, -1, 0)
    column_step = (0, 1, 0, -1)
    waiting = np.empty((_DEPTH, 6), np.int64)
    if down:
        count = _put(waiting, 0, 0, 0, 0, 1, rows, columns)
    else:
        count = _put(waiting, 0, 0, 0, 1, 0, columns, rows)
    first_pixel, down_by, right_by = _numbering(rows, columns, down, turned)
    reached = 0
    while count > 0:
        count -= 1
        row, column, along, across, length, width = waiting[count]
        if length == 1 or width == 1:
            way, steps = (along, length) if width == 1 else (across, width)
            for step in range(steps):
                down_to = (row + step * row_step[way]) * down_by
                order[reached] = (
                    first_pixel + down_to + (column + step * column_step[way]) * right_by
                )
                reached += 1
            continue
        # The last to be put is the first to be walked.
        if 2 * length > 3 * width:
            first = _half(length)
            beyond_row, beyond_column = first * row_step[along], first * column_step[along]
            count = _put(
                waiting, count, row + beyond_row, column + beyond_column, along, across,
                length - first, width,
            )  # fmt: skip
            count = _put(waiting, count, row, column, along, across, first, width)
        else:
            first, near = _half(width), length // 2
            up_row, up_column = first * row_step[across], first * column_step[across]
            end_row, end_column = (length - 1) * row_step[along], (length - 1) * column_step[along]
            count = _put(
                waiting, count, row + end_row + up_row - row_step[across],
                column + end_column + up_column - column_step[across],
                (across + 2) % 4, (along + 2) % 4, first, length - near,
            )  # fmt: skip
            count = _put(
                waiting, count, row + up_row, column + up_column, along, across, length,
                width - first,
            )  # fmt: skip
            count = _put(waiting, count, row, column, across, along, first, near)


@kernel("void(int64, int64, int64, int64, boolean, int32[:, ::1])")
def _walks(first, last, rows, columns, turned, orders):
    for number in range(first, last):
        _walk(rows, columns, number == 1, turned, orders[number])


def hilbert_scan(rows: int, columns: int, *, down: bool) -> NDArray[np.int32]:
    """Return (rows * columns,) the pixels, numbered row by row, in the order of the curve.

    Every pixel is passed once. A step leads to one of the eight neighbours; at most one step of
    the whole curve is diagonal.

    Parameters
    ----------
    down
        Whether the curve runs from the first row to the last, else from the first column to the
        last. The scan of the one kind is that of the other in the transposed image.
    """
    order: NDArray[np.int32] = hilbert_scans(rows, columns, turned=False)[int(down)]
    return order


def hilbert_scans(rows: int, columns: int, *, turned: bool) -> NDArray[np.int32]:
    """Return (2, rows * columns) both scans of `hilbert_scan`, that along the columns last.

    Parameters
    ----------
    turned
        Whether each begins in the last row or column instead, and so passes other neighbours.
    """
    orders = np.empty((2, rows * columns), np.int32)
    spread(_walks, 2, rows, columns, turned, orders)
    return orders
