"""Specks of a label map: found in one scan, and filled from around."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.types import UNKNOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray


def leave_out(labels: NDArray[np.uint8], least: int) -> int:
    """Make regions of fewer than `least` pixels `UNKNOWN`, in place; return how many."""
    numbers = np.empty(labels.shape, np.int32)
    parents = np.empty(labels.size + 1, np.int32)
    areas = np.zeros(labels.size + 1, np.int32)
    return int(_leave_out(labels, least, numbers, parents, areas))


@inlined()
def _root(parents, number):
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


@inlined()
def _joined(parents, one, other):
    """Make one region of two, and return one of its numbers."""
    if other and one != other:
        low, high = _root(parents, one), _root(parents, other)
        parents[max(low, high)] = min(low, high)
    return one


@inlined()
def _number(labels, numbers, parents, areas):
    """Give every pixel a number of its region, which may have several; return the last."""
    rows, columns = labels.shape
    last = 0
    for y in range(rows):
        for x in range(columns):
            label, number = labels[y, x], 0
            if y > 0 and labels[y - 1, x] == label:
                number = numbers[y - 1, x]
            if x > 0 and labels[y, x - 1] == label:
                number = _joined(parents, numbers[y, x - 1], number)
            if not number:
                last += 1
                parents[last], number = last, last
            numbers[y, x] = number
            areas[number] += 1
    return last


@kernel("int64(uint8[:, ::1], int64, int32[:, ::1], int32[::1], int32[::1])")
def _leave_out(labels, least, numbers, parents, areas):
    rows, columns = labels.shape
    last = _number(labels, numbers, parents, areas)
    # A number stands after its parent.
    for number in range(last, 0, -1):
        if parents[number] != number:
            areas[parents[number]] += areas[number]
    for number in range(1, last + 1):
        parents[number] = parents[parents[number]]
    count = 0
    for y in range(rows):
        for x in range(columns):
            root = parents[numbers[y, x]]
            if areas[root] < least and labels[y, x] > 0:
                labels[y, x] = UNKNOWN
                count += areas[root] > 0
                areas[root] = 0
    return count


@kernel("void(uint8[:, ::1], uint8[:, ::1])")
def grow(before, found):
    """Give what is `UNKNOWN` in `before` the class of a pixel beside it, in `found`."""
    rows, columns = before.shape
    for y in range(rows):
        for x in range(columns):
            if before[y, x] != UNKNOWN:
                continue
            if x > 0 and before[y, x - 1] != UNKNOWN:
                found[y, x] = before[y, x - 1]
            elif y > 0 and before[y - 1, x] != UNKNOWN:
                found[y, x] = before[y - 1, x]
            elif x < columns - 1 and before[y, x + 1] != UNKNOWN:
                found[y, x] = before[y, x + 1]
            elif y < rows - 1 and before[y + 1, x] != UNKNOWN:
                found[y, x] = before[y + 1, x]
