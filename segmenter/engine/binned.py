"""Values counted in bins: along one feature, and in the plane of two as an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUTLYING = 0.001  # of the values at each end, which must not make the rest small
MARGIN = 0.08  # of what lies between them
OFF_GRID = 0.05  # of a step: what rounding may move a value
FAINTEST = 0.3  # opacity of a bin with one value


def bins(values: NDArray[np.float32], step: float, about: int) -> NDArray[np.float64]:
    """Return the edges of about so many bins of equal width that hold nearly all values.

    Parameters
    ----------
    values
        (n,) NaN where there is none.
    step
        How far neighbouring values lie apart: if they do so evenly, as those of a file do, every
        bin holds equally many steps.
    """
    there = values[~np.isnan(values)].astype(np.float64)
    if not there.size:
        return np.array([0.0, 1.0])
    low, high = np.quantile(there, [OUTLYING, 1 - OUTLYING])
    margin = MARGIN * (high - low)
    least, most = float(there.min()), float(there.max())
    low, high = max(least, low - margin), min(most, high + margin)
    width = (high - low) / about
    if step > width / 16 and _is_on_grid(there, step):
        width = max(1.0, np.ceil(width / step - 1e-6)) * step
        low -= step / 2
    width = width or max(1e-6, abs(low) * 1e-6)
    count = max(1, int(np.ceil((high - low) / width + 1e-6)))
    return np.asarray(low + width * np.arange(count + 1))


def _is_on_grid(values: NDArray[np.float64], step: float) -> bool:
    """Whether values come in these steps."""
    places = (values - values[0]) / step
    return bool(np.abs(places - places.round()).max() < OFF_GRID)


def histogram(values: NDArray[np.float32], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (bins,) the share of all values in each bin, divided by its width."""
    there = values[~np.isnan(values)]
    counts, _ = np.histogram(there, edges)
    return counts / (max(1, len(there)) * np.diff(edges))


def coloured(
    across: NDArray[np.float32],
    up: NDArray[np.float32],
    edges: tuple[NDArray[np.float64], NDArray[np.float64]],
    classes: NDArray[np.uint8],
    colours: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """Return (bins up, bins across, 4) RGBA, the more opaque the more values there are.

    Parameters
    ----------
    across, up
        (n,) two features, NaN where there is no value.
    edges
        Of the bins across and up.
    classes
        (n,) rows of `colours`, (m, 3): what a bin is coloured by, mixed.
    """
    shape = len(edges[1]) - 1, len(edges[0]) - 1
    with np.errstate(invalid="ignore"):  # NaN is nowhere
        column = np.floor((across - edges[0][0]) / (edges[0][1] - edges[0][0]))
        row = np.floor((up - edges[1][0]) / (edges[1][1] - edges[1][0]))
        there = (column >= 0) & (column < shape[1]) & (row >= 0) & (row < shape[0])
    bin_of = (row[there] * shape[1] + column[there]).astype(np.intp)
    size = shape[0] * shape[1]
    counts = np.bincount(bin_of, minlength=size)
    rgba = np.zeros((size, 4), np.uint8)
    has = counts > 0
    for channel in range(3):
        tints = colours[classes[there], channel]
        rgba[has, channel] = (np.bincount(bin_of, tints, minlength=size)[has] / counts[has]).round()
    most = max(2, int(np.quantile(counts[has], 0.98))) if has.any() else 2
    strength = np.minimum(np.log(np.maximum(counts, 1)) / np.log(most), 1)
    rgba[:, 3] = np.where(has, 255 * (FAINTEST + (1 - FAINTEST) * strength), 0)
    return rgba.reshape(*shape, 4)
