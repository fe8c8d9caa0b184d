"""The slope of a field's pseudo-likelihood, which `strength` climbs."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, inlined, kernel
from segmenter.engine.kernels.functions import exp2

CHUNK = 4096  # pixels
BLOCK = 512  # pixels that are worked through at once; they stay in the first-level cache
_LOG2_E = 1.4426950408889634
_LOWEST = np.float32(-np.inf)
_ZERO = np.float32(0)

_IN2 = "Array(float32, 2, 'C', readonly=True)"


@inlined()
def _divide(row, total, count):
    for j in range(count):
        row[j] /= total[j]


@inlined()
def _expect(pull, start, count, at, expected, work):
    """Write the probabilities of classes given their neighbours, and the mean pull on a pixel."""
    classes = len(pull)
    largest, total, mean = work[0], work[1], work[2]
    for j in range(count):
        largest[j] = _LOWEST
        total[j] = _ZERO
        mean[j] = _ZERO
    strength = np.float32(at[classes] * _LOG2_E)
    for k in range(classes):
        favour, row, near = np.float32(at[k] * _LOG2_E), expected[k], pull[k, start:]
        for j in range(count):
            row[j] = favour + strength * near[j]
            largest[j] = max(largest[j], row[j])
    for k in range(classes):
        row, near = expected[k], pull[k, start:]
        for j in range(count):
            e = exp2(row[j] - largest[j])
            row[j] = e
            total[j] += e
            mean[j] += e * near[j]
    _divide(mean, total, count)
    for k in range(classes):
        _divide(expected[k], total, count)


@inlined(SUMS)
def _product(one, other, count):
    summed = 0.0
    for j in range(count):
        summed += np.float64(one[j]) * np.float64(other[j])
    return summed


@inlined(SUMS)
def _difference(one, other, count):
    summed = 0.0
    for j in range(count):
        summed += np.float64(one[j]) - np.float64(other[j])
    return summed


@kernel(
    f"void(int64, int64, {_IN2}, {_IN2}, Array(float64, 1, 'C', readonly=True), float64[:, ::1])"
)
def slope(first, last, own, pull, at, sums):
    """Write the sums of chunks `first` to `last` that gradient and curvature consist of.

    Parameters
    ----------
    own, pull
        (K, pixels) float32: see `strength.Around`.
    at
        (K + 1,) float64: what favours each class in nats; the strength.
    sums
        (chunks, K + 1 + (K + 1)^2) float64, over pixels, with e the expected probabilities and a
        the pull less its mean under e: own - e of each class; (own - e) times the pull, of all of
        them; then e e^T, with a last row and column of e a, whose last element is e a a of all.
    """
    classes, pixels = own.shape
    expected = np.empty((classes, BLOCK), np.float32)
    about = np.empty((classes, BLOCK), np.float32)
    work = np.empty((3, BLOCK), np.float32)
    side = classes + 1
    for chunk in range(first, last):
        row = sums[chunk]
        row[:] = 0.0
        for start in range(chunk * CHUNK, min((chunk + 1) * CHUNK, pixels), BLOCK):
            count = min(BLOCK, pixels - start)
            _expect(pull, start, count, at, expected, work)
            for k in range(classes):
                e, mine, near, beside = expected[k], own[k, start:], pull[k, start:], about[k]
                row[k] += _difference(mine, e, count)
                row[classes] += _product(mine, near, count) - _product(e, near, count)
                for j in range(count):
                    beside[j] = near[j] - work[2, j]
                weighted = _product(e, beside, count)
                row[side + k * side + classes] += weighted
                row[side + classes * side + k] += weighted
                for m in range(classes):
                    row[side + k * side + m] += _product(e, expected[m], count)
            for k in range(classes):
                e, beside = expected[k], about[k]
                for j in range(count):
                    e[j] *= beside[j]
                row[side * side + side - 1] += _product(e, beside, count)
