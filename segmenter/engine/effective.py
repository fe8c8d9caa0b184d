"""How many independent pixels an image is worth.

Pixels side by side are alike, so a million of them say less about a mixture than a million
independent draws. What counts is how alike they are beyond their components: the residuals, pixel
less mean of its component, have the correlation rho(h) at the distance h. Where rho sums to A over
all lags, the mean of N residuals varies as that of N / A independent ones.

A pixel's component is the one that it and the eight around it are likeliest to be all of: its own
value alone would cut noise to fit, and leave residuals that are alike wherever the component is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.mixture import posterior
from segmenter.engine.scribbles import index_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Mixture, Samples

LINES = 24  # rows, and columns, that are looked at
NO_LIKENESS = 0.05  # correlation that may be chance; only what exceeds it counts
FARTHEST = 4  # a lag is hardly longer than the longer side divided by this
LEAST = 1e-30  # responsibility


class Line(NamedTuple):
    """Samples along some lines, -1 for 'no data', and their residuals.

    ``numbers`` (lines, pixels); ``residuals`` (D, lines, pixels), of variance 1, 0 without data.
    """

    numbers: NDArray[np.int32]
    residuals: NDArray[np.float64]


def effective_pixels(
    samples: Samples, shape: tuple[int, int], mixture: Mixture, form: Form
) -> float:
    """Return how many independent pixels are worth as much as those with data.

    Parameters
    ----------
    shape
        (rows, columns) of the image that the samples stand for.
    mixture
        In scaled units; with many components, so that what it leaves over is no structure.

    Returns
    -------
    From 1 to the number of pixels with data: the mean over the features. Only pixels of which all
    is known are looked at.
    """
    numbers = index_of(samples, shape)
    lines = [_along_rows(samples, turned, mixture, form) for turned in (numbers, numbers.T)]
    distances = _distances(max(shape) // FARTHEST)
    edges = np.array([0.5, *np.add(distances[:-1], distances[1:]) / 2])
    lags = np.diff([_lags_within(edge, shape) for edge in edges])
    sums = np.ones(len(samples.values))
    alike = np.ones(len(sums), np.bool_)
    for distance, count in zip(distances, lags, strict=False):
        # Beyond the first distance without likeness, what is measured is chance.
        rho = _correlations(lines, distance)
        alike &= rho > NO_LIKENESS
        if not alike.any():
            break
        sums += np.where(alike, rho - NO_LIKENESS, 0) * count
    return max(1.0, samples.total * float(np.mean(1 / sums)))


def _distances(farthest: int) -> list[int]:
    """Return 1, 2, 3, 4, 6, 8, 12, … up to the second beyond the farthest."""
    distances = [1, 2, 3, 4]
    while distances[-2] <= farthest:
        distances.append(distances[-2] * 2)
    return distances


def _lags_within(radius: float, shape: tuple[int, int]) -> float:
    """Return how many pixels are within this distance of another, in an image of this shape."""
    down, right = (min(2 * radius, 2 * side - 1) for side in shape)
    return float(max(1.0, min(np.pi * radius**2, down * right)))


def _along_rows(samples: Samples, numbers: NDArray[np.int32], mixture: Mixture, form: Form) -> Line:
    """Return some rows of an image, evenly spread."""
    count, length = numbers.shape
    chosen = np.unique(((np.arange(LINES) + 0.5) * count / LINES).astype(np.intp))
    # The rows above and below, and a pixel at both ends, make a window around every pixel.
    bands = np.full((3, len(chosen), length + 2), -1, np.int32)
    for place in range(3):
        rows = chosen + place - 1
        inside = (rows >= 0) & (rows < count)
        bands[place, inside, 1:-1] = numbers[rows[inside]]
    for observed, first, last in samples.patterns:
        if not observed.all():
            bands[(bands >= first) & (bands < last)] = -1
    labels = _labels(samples, bands, mixture, form)
    own = bands[1, :, 1:-1]
    known = own >= 0
    residuals = np.zeros((len(samples.values), *own.shape))
    residuals[:, known] = _residuals(samples.values[:, own[known]], labels[known])
    return Line(own, residuals)


def _labels(
    samples: Samples, bands: NDArray[np.int32], mixture: Mixture, form: Form
) -> NDArray[np.intp]:
    """Return (lines, pixels) the component of every window in bands (3, lines, pixels + 2)."""
    values = np.ascontiguousarray(samples.values[:, bands.ravel()])
    known = bands >= 0
    found = posterior(values, mixture, form).responsibilities
    said = np.log(np.maximum(found, np.float32(LEAST))).reshape(len(mixture), *bands.shape)
    summed = (said * known).sum(axis=1)
    windows = summed[..., :-2] + summed[..., 1:-1] + summed[..., 2:]
    across = known.sum(axis=0)
    sizes = across[:, :-2] + across[:, 1:-1] + across[:, 2:]
    # Each responsibility has the weight in it; for a window it counts once.
    windows = windows - np.log(mixture.weights)[:, None, None] * (sizes - 1)
    labels: NDArray[np.intp] = windows.argmax(axis=0)
    return labels


def _residuals(values: NDArray[np.float32], labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return (D, n) values with the mean 0 and the variance 1 under every label."""
    counts = np.maximum(np.bincount(labels), 1)
    found = np.empty(values.shape)
    for feature, own in enumerate(values):
        gaps = own - (np.bincount(labels, own) / counts)[labels]
        spreads = np.sqrt(np.bincount(labels, gaps**2) / counts)
        found[feature] = gaps / np.maximum(spreads, 1e-12)[labels]
    return found


def _correlations(lines: list[Line], distance: int) -> NDArray[np.float64]:
    """Return (D,) the correlation of residuals this far apart along the lines."""
    products, count = np.zeros(len(lines[0].residuals)), 0
    for numbers, residuals in lines:
        both = (numbers[:, :-distance] >= 0) & (numbers[:, distance:] >= 0)
        count += int(both.sum())
        products += np.einsum("dlp,dlp->d", residuals[..., :-distance], residuals[..., distance:])
    correlations: NDArray[np.float64] = products / max(1, count)
    return correlations
