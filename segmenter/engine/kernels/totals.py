"""Sums of float32 numbers in float64, the same bits for any number of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import SUMS, kernel
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

CHUNK = 65536

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"


@kernel(f"void(int64, int64, {_IN1}, {_IN1}, float64[::1])", SUMS)
def _products(first, last, one, other, sums):
    for chunk in range(first, last):
        summed = 0.0
        for i in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(one))):
            summed += np.float64(one[i]) * np.float64(other[i])
        sums[chunk] = summed


@kernel(f"void(int64, int64, {_IN2}, float64[:, ::1])", SUMS)
def _rows(first, last, table, sums):
    for chunk in range(first, last):
        for k in range(len(table)):
            row, summed = table[k], 0.0
            for i in range(chunk * CHUNK, min((chunk + 1) * CHUNK, len(row))):
                summed += np.float64(row[i])
            sums[chunk, k] = summed


def total_of_products(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return the sum of the products of (n,) and (n,) numbers."""
    sums = np.empty(-(-len(one) // CHUNK))
    spread(_products, len(sums), one, other, sums)
    return float(sums.sum())


def totals_of_rows(table: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (rows,) the sum of each row of (rows, n) numbers."""
    sums = np.empty((-(-table.shape[1] // CHUNK), len(table)))
    spread(_rows, len(sums), table, sums)
    totals: NDArray[np.float64] = np.add.reduce(sums, axis=0)
    return totals
