"""k-means: the hard-assignment twin of EM, used to begin it.

Seeds by k-means++ (Arthur and Vassilvitskii 2007), then Lloyd's iterations; samples have weights.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.filled import filled
from segmenter.engine.kernels.kmeans import nearest_centres, sums_of_labels
from segmenter.engine.thinning import thinned
from segmenter.engine.types import Samples

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.types import Features

LIMIT = 300  # Lloyd's iterations, where the centres do not rest before
STILL = 1e-4  # scaled units: a centre that moves less far is at rest
FEW = 65_536  # samples that lead the centres most of the way, or are looked at together


class Half(NamedTuple):
    """A half step of Lloyd's: the (K, features) centres and the (samples,) label of every sample.

    ``has_moved``: the centres have moved to the means of their samples; else every sample has been
    given to the nearest of them.
    """

    centres: NDArray[np.float32]
    labels: NDArray[np.uint8]
    has_moved: bool


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
    halves = lloyd_halves(samples, centres, iterations, still=still)
    *_, last = halves
    return last.labels, last.centres


def lloyd_halves(
    samples: Samples, centres: NDArray[np.float32], iterations: int, *, still: float = 0.0
) -> Generator[Half, None, None]:
    """Do the same half step by half step: give samples to centres, move the centres, and so on.

    The last one gives the samples to centres that rest, or that have moved `iterations` times.
    """
    labels = nearest_centres(samples.values, centres)
    yield Half(centres, labels, has_moved=False)
    for _ in range(iterations):
        sums = sums_of_labels(samples.values, samples.weights, labels, len(centres))
        counts = sums[:, -1:]
        means = (sums[:, :-1] / np.maximum(counts, 1e-30)).astype(np.float32)
        # A centre that has lost all its samples stays where it was.
        moved = np.where(counts > 0, means, centres)
        distance = np.abs(moved - centres).max()
        if distance == 0:
            return
        centres = np.ascontiguousarray(moved)
        yield Half(centres, labels, has_moved=True)
        labels = nearest_centres(samples.values, centres)
        yield Half(centres, labels, has_moved=False)
        if distance <= still:
            return


def squares_of(samples: Samples) -> float:
    """Return the sum of the squares of all values, by weight, of which `cost_of` is a part."""
    total = 0.0
    for start in range(0, len(samples.weights), FEW):
        piece = slice(start, start + FEW)
        values = samples.values[:, piece].astype(np.float64)
        total += float(np.einsum("ds,ds,s->", values, values, samples.weights[piece]))
    return total


def cost_of(samples: Samples, half: Half, squares: float) -> float:
    """Return the sum of the squared distances of all samples to their centres, by weight.

    Parameters
    ----------
    squares
        What `squares_of` makes of the samples: with it, sums by label suffice.
    """
    sums = sums_of_labels(samples.values, samples.weights, half.labels, len(half.centres))
    centres, counts = half.centres.astype(np.float64), sums[:, -1]
    own = np.einsum("k,kd,kd->", counts, centres, centres)
    cross = np.einsum("kd,kd->", centres, sums[:, :-1])
    return max(0.0, squares + float(own) - 2 * float(cross))


def by_distance(samples: Samples, features: Features) -> tuple[Samples, NDArray[np.float64]]:
    """Return samples without gaps, as far apart as they count, and the stretch that does it.

    A feature whose density counts to the power w has its squared distances multiplied by w.
    """
    seen = filled(samples)
    stretch = np.sqrt(features.weight)
    values = seen.values
    if np.any(stretch != 1):
        values = np.ascontiguousarray(values * stretch.astype(np.float32)[:, None])
    return Samples(values, seen.weights, seen.index), stretch


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
