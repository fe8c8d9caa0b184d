"""Fewer samples that stand for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from segmenter.engine.filled import filled
from segmenter.engine.patterns import taken
from segmenter.engine.types import Samples

FEW, SUBSET, MOST = 2048, 8192, 65_536  # samples of the three views
CURVE_BITS = 60  # of a place along the curve


class Views(NamedTuple):
    """The samples, thinned: each view is a part of the next."""

    few: Samples
    more: Samples
    most: Samples


def views_of(samples: Samples) -> Views:
    """Thin the samples to the three views; the same ones whatever the seed, for comparison.

    What is missing is `filled`.
    """
    most = along_curve(filled(thinned(samples, MOST)))
    more = thinned(most, SUBSET)
    return Views(thinned(more, FEW), more, most)


def subset(samples: Samples, random: np.random.Generator) -> Samples:
    """Return at most `SUBSET` samples that stand for all, drawn anew every time."""
    return thinned(samples, SUBSET, offset=random.random())


def thinned(samples: Samples, most: int, *, offset: float = 0.5) -> Samples:
    """Return at most so many samples that stand for all.

    Systematic sampling along the cumulated weights: heavy samples come as often as they weigh, and
    samples that are neighbours in the order are represented evenly.

    Parameters
    ----------
    offset
        Of the marks, from 0 to 1.
    """
    count = samples.values.shape[1]
    if count <= most:
        return samples
    edges = np.cumsum(samples.weights, dtype=np.float64)
    marks = (np.arange(most) + offset) * (edges[-1] / most)
    drawn = np.minimum(np.searchsorted(edges, marks, side="right"), count - 1)
    chosen, times = np.unique(drawn, return_counts=True)
    return replace(taken(samples, chosen), weights=times.astype(np.float32))


def along_curve(samples: Samples) -> Samples:
    """Return the samples in the order of a Z-shaped curve that fills the space of features.

    Neighbours along the curve are neighbours in space, so that thinning represents the whole space
    evenly (Morton 1966). Each pattern has a curve of its own.
    """
    features = len(samples.values)
    bits = max(1, min(10, CURVE_BITS // features))
    lowest = samples.values.min(axis=1, keepdims=True)
    widest = max(float((samples.values - lowest).max()), np.finfo(np.float32).tiny)
    cells = ((samples.values - lowest) / widest * (2**bits - 1)).astype(np.int64)
    places = np.zeros(samples.values.shape[1], np.int64)
    for bit in reversed(range(bits)):
        for cell in cells:
            places = places << 1 | cell >> bit & 1
    order = np.argsort(places, kind="stable")
    if samples.patterns:
        lasts = [pattern.last for pattern in samples.patterns]
        number = np.searchsorted(lasts, np.arange(len(order)), side="right")
        order = order[np.argsort(number[order], kind="stable")]
    values = np.ascontiguousarray(samples.values[:, order])
    return Samples(values, samples.weights[order], patterns=samples.patterns)
