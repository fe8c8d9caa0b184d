"""The two halves of an EM step whose E-step runs over classes of components.

`emission` says how likely every class makes every sample; what the place of a pixel, scribbles or
the noise class have to say comes in between; `class_moments` sums what the M-step needs of samples
that belong to classes in given parts.

`few_classes` and `many_classes` compile them for up to three and for more features. Parameters are
those of `mixture`, but for the constants, which hold log2(p(component given class)) where those of
`mixture` hold log2(weight).
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import inlined
from segmenter.engine.kernels.densities import log_joint
from segmenter.engine.kernels.functions import exp2, log2
from segmenter.engine.kernels.mixture import CHUNK
from segmenter.engine.kernels.moments import add_moments
from segmenter.engine.types import BLOCK

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"
_IN3 = "Array(float32, 3, 'C', readonly=True)"
_NUMBERS = "Array(int64, 1, 'C', readonly=True)"
EMISSION = (
    f"void(int64, int64, {_IN2}, {_IN2}, {_IN3}, {_IN1}, {_NUMBERS}, float32, boolean,"
    " float32[:, ::1], float32[::1])"
)
CLASS_MOMENTS = (
    f"void(int64, int64, {_IN2}, {_IN2}, {_IN3}, {_IN1}, {_NUMBERS}, {_IN2}, boolean,"
    " float64[:, ::1])"
)
_LOWEST = np.float32(-np.inf)
_ONE = np.float32(1)


@inlined()
def _class_densities(
    values, start, count, centres, factors, constants, classes, is_diagonal, scratch, joint, tops,
    totals,
):  # fmt: skip
    """Write, of a block, the log-densities of components and what makes those of classes.

    `joint` (K, block) is left as 2^(log2 density - top of its class) for classes of several
    components, and as the log2 density itself where a class has one. `tops` (C, block) has the
    largest of each class, `totals` (C, block) the sum of the powers.
    """
    components = centres.shape[0]
    sizes = _sizes(classes, tops.shape[0])
    for c in range(tops.shape[0]):
        for i in range(count):
            tops[c, i] = _LOWEST
            totals[c, i] = np.float32(sizes[c] <= 1)
    for k in range(components):
        log_joint(
            values, start, count, centres[k], factors[k], constants[k], is_diagonal, joint[k],
            tops[classes[k]], scratch,
        )  # fmt: skip
    for k in range(components):
        c = classes[k]
        if sizes[c] > 1:
            row, top, total = joint[k], tops[c], totals[c]
            for i in range(count):
                e = exp2(row[i] - top[i])
                row[i] = e
                total[i] += e


@inlined()
def emission(
    first, last, values, centres, factors, constants, classes, noise, is_diagonal, scratch, table,
    largest,
):  # fmt: skip
    """Write log2 p(sample given class) of chunks `first` to `last`.

    Parameters
    ----------
    classes
        (K,) int64: the class of every component.
    noise
        log2 density of the noise class, which is the last column; -inf where there is none.
    table
        (samples, classes) float32: the log2 densities, less the largest of each sample.
    largest
        (samples,) float32: that largest.
    """
    samples = values.shape[1]
    columns = table.shape[1]
    gaussian = columns - np.int64(noise > _LOWEST)
    joint = np.empty((centres.shape[0], BLOCK), np.float32)
    tops = np.empty((columns, BLOCK), np.float32)
    totals = np.empty((columns, BLOCK), np.float32)
    sizes = _sizes(classes, gaussian)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        _class_densities(
            values, start, count, centres, factors, constants, classes, is_diagonal, scratch, joint,
            tops[:gaussian], totals[:gaussian],
        )  # fmt: skip
        highest = largest[start : start + count]
        highest[:] = noise
        tops[gaussian:] = noise
        for c in range(gaussian):
            _add_logarithms(tops[c], totals[c], sizes[c], count, highest)
        for c in range(columns):
            for i in range(count):
                table[start + i, c] = tops[c, i] - highest[i]


@inlined()
def _add_logarithms(top, total, size, count, highest):
    """Turn the largest and the sum of a class into its log-density; raise `highest` to it."""
    if size > 1:
        for i in range(count):
            top[i] += np.float32(log2(total[i]))
    for i in range(count):
        highest[i] = max(highest[i], top[i])


@inlined()
def class_moments(
    first, last, values, centres, factors, constants, classes, occupancy, is_diagonal, scratch, sums
):  # fmt: skip
    """Write the moments of components, whose classes have given parts of every sample.

    Parameters
    ----------
    occupancy
        (C, samples) float32: how many pixels of each class show the sample.
    sums
        (chunks, K * M) float64: as in `mixture.em_sums`, without the log-likelihood.
    """
    samples = values.shape[1]
    components = centres.shape[0]
    moments = sums.shape[1] // components
    gaussian = classes.max() + 1
    joint = np.empty((components, BLOCK), np.float32)
    tops = np.empty((gaussian, BLOCK), np.float32)
    totals = np.empty((gaussian, BLOCK), np.float32)
    sizes = _sizes(classes, gaussian)
    for chunk in range(first, last):
        row = sums[chunk]
        row[:] = 0.0
        for start in range(chunk * CHUNK, min((chunk + 1) * CHUNK, samples), BLOCK):
            count = min(BLOCK, samples - start)
            if components > gaussian:
                _class_densities(
                    values, start, count, centres, factors, constants, classes, is_diagonal,
                    scratch, joint, tops, totals,
                )  # fmt: skip
            for c in range(gaussian):
                _share_out(occupancy[c, start : start + count], sizes[c], count, totals[c])
            for k in range(components):
                if sizes[classes[k]] == 1:
                    joint[k] = _ONE
                place = k * moments
                add_moments(
                    values, start, count, centres[k], joint[k], totals[classes[k]], is_diagonal,
                    scratch, row[place : place + moments],
                )  # fmt: skip


@inlined()
def _sizes(classes, count):
    """Return how many components each class has."""
    sizes = np.zeros(count, np.int64)
    for k in range(len(classes)):
        sizes[classes[k]] += 1
    return sizes


@inlined()
def _share_out(part, size, count, total):
    """Turn the sum of a class into what its components' powers are to be multiplied by."""
    if size == 1:
        for i in range(count):
            total[i] = part[i]
    else:
        for i in range(count):
            total[i] = part[i] / total[i]
