"""The hard borders between centres in a plane: as far from the one as from the other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def borders(
    centres: NDArray[np.float64],
    units: NDArray[np.float64],
    classes: NDArray[np.intp],
    *,
    reach: float,
) -> NDArray[np.float64]:
    """Return (borders, 2 ends, 2) the straight lines on which two centres are the nearest.

    Not between centres of one class.

    Parameters
    ----------
    centres
        (K, 2), all of the values that tell classes apart.
    units
        (2,) lengths along the two that count alike.
    classes
        (K,) the class of every centre.
    reach
        How far, in units, a border without an end is drawn.
    """
    places = centres / units
    found = [
        ends
        for first, second in combinations(range(len(places)), 2)
        if classes[first] != classes[second]
        and (ends := _border(places, first, second, reach)) is not None
    ]
    return np.array(found).reshape(-1, 2, 2) * units


def _border(
    places: NDArray[np.float64], first: int, second: int, reach: float
) -> NDArray[np.float64] | None:
    """Return the (2 ends, 2) border of two centres; None where others are nearer everywhere."""
    gap = places[second] - places[first]
    length = float(np.hypot(*gap))
    if not length:
        return None
    middle, along = places[[first, second]].mean(axis=0), np.array([-gap[1], gap[0]]) / length
    low, high = -reach, reach
    for k in set(range(len(places))) - {first, second}:
        # At middle + t * along, centre k is no nearer where slope * t <= rest.
        towards = 2 * (places[k] - places[first])
        slope = float(towards @ along)
        rest = float((places[k] ** 2).sum() - (places[first] ** 2).sum() - towards @ middle)
        if slope > 0:
            high = min(high, rest / slope)
        elif slope < 0:
            low = max(low, rest / slope)
        elif rest < 0:
            return None
    return middle + np.array([[low], [high]]) * along if low < high else None
