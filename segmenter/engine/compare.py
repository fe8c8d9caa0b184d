"""Two label maps held against each other, and k-means beside EM.

k-means sees the samples of EM with the same scale and weight of every feature, has a cluster for
every component, and begins at the means of EM's components. EM, if it was left to converge, stays
there; k-means goes on to where its own criterion, the sum of squared distances, shrinks no more. So
what differs is what the two look for, not where they began.

k-means knows no noise class, no neighbours and no scribbles. Where EM took uneven light out, it
sees the image without it, too. Missing values are drawn for it from one Gaussian, given the known
ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from segmenter.engine.evening import Uneven
from segmenter.engine.kmeans import at_rest, by_distance
from segmenter.engine.missing import masked
from segmenter.engine.outcome import COUNTED
from segmenter.engine.samples import gather, on_pixels
from segmenter.engine.scaling import to_scaled_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Features, Image, Mixture, Samples


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """k-means beside EM, both on one image.

    Parameters
    ----------
    result
        What EM found.
    labels
        (rows, columns) uint8: the class that k-means gives every pixel, by EM's numbers; 0 is
        'no data'.
    differs
        (rows, columns) bool: pixels that EM gives another class.
    counts
        (classes, classes) int64: how many pixels have which class by EM (row) and by k-means
        (column).
    centres
        (K, features) float64: the centre matched to each component, in the file's units.
    """

    result: Result
    labels: NDArray[np.uint8]
    differs: NDArray[np.bool_]
    counts: NDArray[np.int64]
    centres: NDArray[np.float64]

    def __post_init__(self) -> None:
        for array in (self.labels, self.differs, self.counts, self.centres):
            array.flags.writeable = False

    @property
    def count(self) -> int:
        """How many pixels differ."""
        return int(self.counts.sum() - np.trace(self.counts))

    @property
    def share(self) -> float:
        """Which share of the pixels with data differ, from 0 to 1."""
        return self.count / max(1, int(self.counts.sum()))


def beside(image: Image, result: Result) -> Comparison:
    """Run k-means on what EM saw, and match its clusters to the classes of the result.

    Every class gets as many clusters as it has components, so that the most pixels agree.

    Raises
    ------
    SegmenterError
        When the result is not of this image.
    """
    result.check_image(image)
    features, samples = gather(masked(image, result.settings), result.settings)
    if result.shading is not None:
        samples = Uneven(samples, features, image.shape).apart(result.shading)
    clusters, centres = _clusters(features, samples, result.mixture)
    of_pixels = on_pixels(clusters + np.uint8(1), samples.index, image.shape)
    overlap = counts_of_pairs(result.labels, of_pixels, result.class_count, len(centres))
    component_of = _matched(overlap[result.mixture.classes].T)
    class_of = result.mixture.classes[component_of].astype(np.uint8)
    labels = on_pixels(class_of[clusters] + np.uint8(1), samples.index, image.shape)
    return Comparison(
        result,
        labels,
        differing(result.labels, labels),
        counts_of_pairs(result.labels, labels, result.class_count, result.class_count),
        centres[np.argsort(component_of)] * features.scale + features.offset,
    )


def disagreement(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Return the share of pixels that two label maps tell apart, from 0 to 1.

    Classes are matched so that the most pixels agree, whatever their numbers and however many
    there are. Pixels that either map leaves without data (0) do not count.
    """
    pairs = counts_of_pairs(first, second, int(first.max()), int(second.max()))
    rows, columns = linear_sum_assignment(pairs, maximize=True)
    total = int(pairs.sum())
    return 1 - float(pairs[rows, columns].sum()) / total if total else 0.0


def differing(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return (rows, columns) where two label maps say different numbers and neither says 0."""
    differs: NDArray[np.bool_] = (first != second) & (first > 0) & (second > 0)
    return differs


def renumbered(labels: NDArray[np.uint8], like: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """Return a label map whose classes have the numbers of those of another one.

    They are matched so that the most pixels agree. Those that are left over, because there are more
    of them or because they meet none of the others, are numbered after the `count` of `like`.
    """
    pairs = counts_of_pairs(like, labels, count, int(labels.max()))
    numbers = np.zeros(pairs.shape[1] + 1, np.uint8)
    for row, column in zip(*linear_sum_assignment(pairs, maximize=True), strict=True):
        if pairs[row, column]:
            numbers[column + 1] = row + 1
    left_over = np.flatnonzero(numbers[1:] == 0) + 1
    numbers[left_over] = count + 1 + np.arange(len(left_over))
    return numbers[labels]


def counts_of_pairs(
    first: NDArray[np.uint8], second: NDArray[np.uint8], rows: int, columns: int
) -> NDArray[np.int64]:
    """Return (rows, columns) how many pixels have which class, from 1, in two label maps."""
    flat, other = first.ravel(), second.ravel()
    counts = np.zeros((rows + 1) * (columns + 1), np.int64)
    # In pieces, because each is copied as 64-bit numbers.
    for start in range(0, flat.size, COUNTED):
        piece = slice(start, start + COUNTED)
        pairs = flat[piece].astype(np.intp) * (columns + 1) + other[piece]
        counts += np.bincount(pairs, minlength=counts.size)
    return counts.reshape(rows + 1, columns + 1)[1:, 1:].copy()


def _clusters(
    features: Features, samples: Samples, mixture: Mixture
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return (samples,) the cluster of every sample, and (K, features) centres in scaled units."""
    start = to_scaled_units(mixture, features).means
    seen, stretch = by_distance(samples, features)
    clusters, centres = at_rest(seen, (start * stretch).astype(np.float32))
    return clusters, centres / stretch


def _matched(overlap: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return (rows,) the column of every row, each used once, with the largest sum."""
    columns: NDArray[np.intp] = linear_sum_assignment(overlap, maximize=True)[1]
    return columns
