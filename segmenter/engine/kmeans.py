"""k-means: the hard-assignment twin of EM, used to begin it.

Seeds by k-means++ (Arthur and Vassilvitskii 2007), then Lloyd's iterations; samples have weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.kmeans import nearest_centres

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Samples


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
    samples: Samples, centres: NDArray[np.float32], iterations: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Move the centres `iterations` times to the means of their samples.

    Returns
    -------
    (samples,) uint8 the nearest centre of every sample, and the (K, features) centres.
    """
    labels = nearest_centres(samples.values, centres)
    for _ in range(iterations):
        sums = [
            np.bincount(labels, samples.weights * row, minlength=len(centres))
            for row in samples.values
        ]
        counts = np.bincount(labels, samples.weights, minlength=len(centres))
        moved = (np.stack(sums, axis=1) / np.maximum(counts, 1e-30)[:, None]).astype(np.float32)
        # A centre that has lost all its samples stays where it was.
        centres = np.ascontiguousarray(np.where(counts[:, None] > 0, moved, centres))
        labels = nearest_centres(samples.values, centres)
    return labels, centres


def _draw(odds: NDArray[np.float64], random: np.random.Generator) -> int:
    """Return a place drawn in proportion to its odds."""
    edges = np.cumsum(odds)
    place = int(np.searchsorted(edges, random.random() * edges[-1], side="right"))
    return min(place, int(np.flatnonzero(odds)[-1]))
