"""How well one label map agrees with another, as the literature counts it.

A segmentation is any array of whole numbers from 0; only which pixels are equal matters, but for
`wrong`, where numbers must be those of the truth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def wrong(labels: NDArray[np.integer], truth: NDArray[np.integer]) -> float:
    """Return the share of pixels, 0 to 1, whose number is not that of the truth."""
    return float(np.mean(labels != truth))


def wrong_when_matched(labels: NDArray[np.integer], truth: NDArray[np.integer]) -> float:
    """Return `wrong` under the one-to-one matching of numbers that makes it smallest."""
    counts = shared_pixels(labels, truth)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return 1 - float(counts[rows, columns].sum() / counts.sum())


def dice(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return 2 |A and B| / (|A| + |B|), 0 to 1; two empty masks agree."""
    both = int(found.sum()) + int(truth.sum())
    return 2 * int((found & truth).sum()) / both if both else 1.0


def shared_pixels(first: NDArray[np.integer], second: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return (numbers of the first, numbers of the second) how many pixels have both."""
    height, width = int(first.max()) + 1, int(second.max()) + 1
    pairs = first.astype(np.int64).ravel() * width + second.astype(np.int64).ravel()
    return np.bincount(pairs, minlength=height * width).reshape(height, width)


class Agreement(NamedTuple):
    """A segmentation beside one or several by people.

    Parameters
    ----------
    rand
        Probabilistic Rand index, 0 to 1: pairs of pixels that both join or both part (Unnikrishnan,
        Pantofaru, Hebert 2007, equation 3).
    information
        Variation of information, bits (Meila 2005, equation 15).
    consistency
        Global consistency error, 0 to 1 (Martin et al. 2001, equation 2).
    covering
        Of the people's segments by the segmentation's, 0 to 1 (Arbelaez et al. 2011, equation 5;
        with several people, over all their segments, weighted by area).
    """

    rand: float
    information: float
    consistency: float
    covering: float


def agreement(segments: NDArray[np.integer], people: Sequence[NDArray[np.integer]]) -> Agreement:
    """Compare a segmentation with those of people: the mean over the people."""
    each = [_agreement(shared_pixels(segments, person)) for person in people]
    return Agreement(*(float(np.mean(values)) for values in zip(*each, strict=True)))


def _agreement(shared: NDArray[np.int64]) -> Agreement:
    total = int(shared.sum())
    ours, theirs = shared.sum(axis=1), shared.sum(axis=0)
    same_in_ours, same_in_theirs, same_in_both = map(_pairs, (ours, theirs, shared))
    rand = 1 - (same_in_ours + same_in_theirs - 2 * same_in_both) / _pairs(np.array([total]))
    information = 2 * _entropy(shared) - _entropy(ours) - _entropy(theirs)
    # How much of a pixel's segment lies outside the other's, summed over the pixels.
    spread_of_ours = float((shared * (1 - shared / np.maximum(ours, 1)[:, None])).sum())
    spread_of_theirs = float((shared * (1 - shared / np.maximum(theirs, 1))).sum())
    overlaps = shared / np.maximum(ours[:, None] + theirs - shared, 1)
    covering = float((theirs * overlaps.max(axis=0)).sum()) / total
    return Agreement(
        rand, max(0.0, information), min(spread_of_ours, spread_of_theirs) / total, covering
    )


def _pairs(counts: NDArray[np.int64]) -> float:
    return float((counts * (counts - 1) / 2).sum())


def _entropy(counts: NDArray[np.int64]) -> float:
    """Return bits."""
    shares = counts[counts > 0] / counts.sum()
    return -float((shares * np.log2(shares)).sum())
