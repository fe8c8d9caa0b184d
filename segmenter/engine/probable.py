"""Which class is the most probable one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def most_probable(parts: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return (...) uint8 the class of which a pixel has most, from 0; the first of equal ones.

    Parameters
    ----------
    parts
        (classes, ...) any measure of how probable each is; no NaN.
    """
    labels = np.zeros(parts.shape[1:], np.uint8)
    best = np.array(parts[0], order="C")
    # Class by class, since NumPy's own argmax is slow along an axis that is short.
    for k in range(1, len(parts)):
        np.copyto(labels, np.uint8(k), where=parts[k] > best)
        np.maximum(best, parts[k], out=best)
    return labels
