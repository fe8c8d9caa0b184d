"""k-means: the hard-assignment twin of EM, used to begin it.

Seeds by k-means++ (Arthur and Vassilvitskii 2007), then Lloyd's iterations; samples have weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.kmeans import nearest_centres, sums_of_labels
from segmenter.engine.thinning import thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Samples

LIMIT = 300  # Lloyd's iterations, where the centres do not rest before
STILL = 1e-4  # scaled units: a centre that moves less far is at rest
FEW = 65_536  # samples that lead the centres most of the way


def seed_centres(samples: Samples, count: int, random: np.random.Generator) -> NDArray[np.float32]:
    """Draw at most `count` distinct samples, each with probability weight * squared distance.

    Returns
    -------
    (seeds, features) float32; fewer than `count` when there are fewer distinct samples.
    """
    values, weights = samples.values, samples.weights.astype(np.float64)
    chosen = [_draw(weights, random)]
    distances = np.full(values.shape[1], np.inf)
    while len(chosen) < count:
        gap = values - values[:, chosen[-1], None]
        distances = np.minimum(distances, np.einsum("ds,ds->s", gap, gap))
        odds = distances * weights
        if not odds.any():
            break
        chosen.append(_draw(odds, random))
    return np.ascontiguousarray(values[:, chosen].T)


def lloyd(
    samples: Samples, centres: NDArray[np.float32], iterations: int, *, still: float = 0.0
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Move the centres to the means of their samples, `iterations` times or until they rest.

    Parameters
    ----------
    still
        How far a centre may move, along any feature, that counts as at rest.

    Returns
    -------
    (samples,) uint8 the nearest centre of every sample, and the (K, features) centres.
    """
    labels = nearest_centres(samples.values, centres)
    for _ in range(iterations):
        sums = sums_of_labels(samples.values, samples.weights, labels, len(centres))
        counts = sums[:, -1:]
        means = (sums[:, :-1] / np.maximum(counts, 1e-30)).astype(np.float32)
        # A centre that has lost all its samples stays where it was.
        moved = np.where(counts > 0, means, centres)
        distance = np.abs(moved - centres).max()
        if distance == 0:
            break
        centres = np.ascontiguousarray(moved)
        labels = nearest_centres(samples.values, centres)
        if distance <= still:
            break
    return labels, centres


def at_rest(
    samples: Samples, centres: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Move the centres until they rest, most of the way by few of the samples; as `lloyd`."""
    few = thinned(samples, FEW)
    if few is not samples:
        _, centres = lloyd(few, centres, LIMIT, still=STILL)
    return lloyd(samples, centres, LIMIT, still=STILL)


def _draw(odds: NDArray[np.float64], random: np.random.Generator) -> int:
    """Return a place drawn in proportion to its odds."""
    edges = np.cumsum(odds)
    place = int(np.searchsorted(edges, random.random() * edges[-1], side="right"))
    return min(place, int(np.flatnonzero(odds)[-1]))
