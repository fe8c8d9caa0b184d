"""Which image pixels lie under those of the screen, and masks of screen pixels made wider."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


class Under:
    """Which image pixel lies under each of a line of screen pixels."""

    def __init__(self, first: int, places: NDArray[np.intp]) -> None:
        self.first, self.places = first, places
        low, high = (int(places[0]), int(places[-1]) + 1) if len(places) else (0, 0)
        self.span = range(low, high)
        self.inside = places - low


def places_under(pixels: NDArray[np.intp], start: float, scale: float) -> NDArray[np.intp]:
    """Return the image pixel under the middle of each of these screen pixels, along one side.

    Parameters
    ----------
    start, scale
        Where the first image pixel is on the screen, and how many screen pixels each takes.
    """
    places: NDArray[np.intp] = np.floor((pixels + 0.5 - start) / scale).astype(np.intp)
    return places


def pixels_under(start: float, scale: float, pixels: range, length: int, rim: int) -> Under:
    """Return which of these image pixels lie under the screen, with a rim around them.

    Parameters
    ----------
    start, scale
        As in `places_under`.
    length, rim
        Of the screen and around the pixels, in screen pixels.
    """
    first = max(0, floor(start + pixels.start * scale) - rim)
    last = min(length, ceil(start + pixels.stop * scale) + rim)
    return Under(first, places_under(np.arange(first, max(first, last)), start, scale))


def grown(mask: NDArray[np.bool_], corners: Iterable[bool]) -> NDArray[np.bool_]:
    """Return (rows, columns) a mask that reaches further, by a pixel for each of `corners`.

    Those say whether it reaches over corners, too: always makes squares, never diamonds, and every
    other time what is nearly round.
    """
    for over_corners in corners:
        wider = mask.copy()
        wider[1:] |= mask[:-1]
        wider[:-1] |= mask[1:]
        source = wider.copy() if over_corners else mask
        wider[:, 1:] |= source[:, :-1]
        wider[:, :-1] |= source[:, 1:]
        mask = wider
    return mask
