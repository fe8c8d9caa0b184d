"""Specks: regions of a label map that are too small to be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def without_specks(
    labels: NDArray[np.uint8], least: int, reach: int
) -> tuple[NDArray[np.uint8], int]:
    """Return labels without their specks, and how many those were.

    Parameters
    ----------
    labels
        (rows, columns); 0 is 'no data' and no region.
    least
        Regions of fewer pixels, connected by their edges, are specks.
    reach
        So many pixels from the edge of a cluster of specks take the class of what lies beside
        it; further in they are `UNKNOWN`.
    """
    from segmenter.engine.kernels import specks  # noqa: PLC0415 - compiles

    found = np.array(labels, np.uint8, order="C")
    count = specks.leave_out(found, least)
    for _ in range(reach if count else 0):
        specks.grow(found.copy(), found)
    return found, count
