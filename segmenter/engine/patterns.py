"""Which features are known together: samples of one pattern lie side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.types import Pattern, Samples, SegmenterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PATTERNS = 4096  # each costs every EM step a pass of its own
_BITS = 31  # added to a number before it is counted anew


def pattern_numbers(missing: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return (n,) numbers, equal where the columns of (things, n) are; 0 where nothing is missing.

    Numbers grow with what is missing of the first things.
    """
    numbers = np.zeros(missing.shape[1], np.int64)
    for count, row in enumerate(missing):
        if count and count % _BITS == 0:
            # So that numbers never become longer than 64 bits.
            numbers = np.unique(numbers, return_inverse=True)[1] + np.int64(numbers.min() > 0)
        numbers = numbers << 1 | row
    return numbers


def by_pattern(
    values: NDArray[np.float32],
    missing: NDArray[np.bool_],
    weights: NDArray[np.float32],
    index: NDArray[np.int32],
) -> Samples:
    """Sort samples by pattern, and leave out those of which nothing is known.

    Parameters
    ----------
    values, missing
        (features, n).
    weights
        (n,)
    index
        (rows, columns) pixel -> one of the n, -1 for 'no data'.

    Raises
    ------
    SegmenterError
        When there are too many patterns.
    """
    numbers = pattern_numbers(missing)
    nothing = np.asarray(missing.all(axis=0))
    order = np.argsort(numbers, kind="stable")
    order = order[~nothing[order]]
    places = np.full(len(numbers) + 1, -1, np.int32)  # the last is what index -1 reads
    places[order] = np.arange(len(order), dtype=np.int32)
    edges = np.flatnonzero(np.diff(numbers[order])) + 1
    if len(edges) >= MOST_PATTERNS:
        raise SegmenterError(
            f"Values are missing in more than {MOST_PATTERNS} different combinations of channels. "
            "Use fewer channels."
        )
    starts, ends = [0, *edges.tolist()], [*edges.tolist(), len(order)]
    patterns = tuple(
        Pattern(~missing[:, order[first]], first, last)
        for first, last in zip(starts, ends, strict=True)
    )
    return Samples(
        np.ascontiguousarray(values[:, order]),
        np.ascontiguousarray(weights[order]),
        places[index],
        () if all(pattern.observed.all() for pattern in patterns) else patterns,
    )


def taken(samples: Samples, numbers: NDArray[np.integer]) -> Samples:
    """Return the samples with these numbers, which must not fall; they lead to no pixel."""
    edges = np.searchsorted(numbers, [0, *(pattern.last for pattern in samples.patterns)]).tolist()
    ranges = zip(samples.patterns, edges[:-1], edges[1:], strict=True)
    return Samples(
        np.ascontiguousarray(samples.values[:, numbers]),
        samples.weights[numbers],
        patterns=tuple(
            Pattern(pattern.observed, first, last)
            for pattern, first, last in ranges
            if last > first
        ),
    )
