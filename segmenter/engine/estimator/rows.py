"""Equal rows of a table become one row that weighs as much as all of them.

EM on distinct rows has the likelihood and the M-step of EM on all rows. So a row that occurs twice
is the same as one of weight 2, to the last bit and wherever it stands, and tables of pixels become
small.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads neighbouring numbers
_HALF = np.uint64(32)


def merge_equal_rows(
    data: NDArray[np.floating[Any]], weights: NDArray[np.float64]
) -> tuple[NDArray[np.floating[Any]], NDArray[np.float64]]:
    """Return the distinct rows of (samples, features) data, in an order that they alone decide.

    Distinct rows that all weigh 1 are returned as they are, in the order given.

    Parameters
    ----------
    weights
        (samples,); those of equal rows are added.
    """
    keys = _keys(data)
    ordered = np.sort(keys)
    if (weights == 1).all() and not (ordered[1:] == ordered[:-1]).any():
        return data, weights
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    # Different rows may have equal keys; that is so rare that nothing is merged then.
    if any((column[first][places] != column).any() for column in data.T):
        return data, weights
    return data[first], np.bincount(places, weights).astype(np.float64)


def _keys(data: NDArray[np.floating[Any]]) -> NDArray[np.uint64]:
    """Return (samples,) numbers, equal for equal rows and hardly ever for others."""
    keys = np.zeros(len(data), np.uint64)
    for column in data.T:
        # Adding zero makes -0.0 and 0.0 the same bits.
        keys ^= np.add(column, 0.0, dtype=np.float64).view(np.uint64)
        keys *= _ODD
        keys ^= keys >> _HALF
    return keys
