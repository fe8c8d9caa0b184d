"""The log-density of a block of samples under one component.

One, two and three features, which most images have, are written out so that everything stays in
registers; more features go through the block four at a time.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import inlined

HALF = np.float32(0.5)
ZERO = np.float32(0)


@inlined()
def write_gaps(values, start, count, centre, gaps):
    """Write how far the samples lie from the centre, feature by feature."""
    for a in range(values.shape[0]):
        x, c, gap = values[a, start : start + count], centre[a], gaps[a]
        for i in range(count):
            gap[i] = x[i] - c


@inlined()
def _of_one(values, start, count, centre, factor, constant, out):
    x0 = values[0, start : start + count]
    c0, f00 = centre[0], factor[0, 0]
    for i in range(count):
        z0 = f00 * (x0[i] - c0)
        out[i] = constant - HALF * (z0 * z0)


@inlined()
def _of_two(values, start, count, centre, factor, constant, out):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    c0, c1 = centre[0], centre[1]
    f00, f10, f11 = factor[0, 0], factor[1, 0], factor[1, 1]
    for i in range(count):
        d0, d1 = x0[i] - c0, x1[i] - c1
        z0 = f00 * d0
        z1 = f10 * d0 + f11 * d1
        out[i] = constant - HALF * (z0 * z0 + z1 * z1)


@inlined()
def _of_three(values, start, count, centre, factor, constant, out):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    x2 = values[2, start : start + count]
    c0, c1, c2 = centre[0], centre[1], centre[2]
    f00, f10, f11 = factor[0, 0], factor[1, 0], factor[1, 1]
    f20, f21, f22 = factor[2, 0], factor[2, 1], factor[2, 2]
    for i in range(count):
        d0, d1, d2 = x0[i] - c0, x1[i] - c1, x2[i] - c2
        z0 = f00 * d0
        z1 = f10 * d0 + f11 * d1
        z2 = f20 * d0 + f21 * d1 + f22 * d2
        out[i] = constant - HALF * (z0 * z0 + z1 * z1 + z2 * z2)


@inlined()
def _of_any_diagonal(values, start, count, centre, factor, constant, out):
    for i in range(count):
        out[i] = constant
    for a in range(values.shape[0]):
        x, c, f = values[a, start : start + count], centre[a], factor[a, a]
        for i in range(count):
            z = (x[i] - c) * f
            out[i] -= HALF * (z * z)


@inlined()
def _write_row(a, count, f, gaps, z):
    """Write the product of row `a` of the factor with the gaps."""
    for i in range(count):
        z[i] = ZERO
    fours = (a + 1) // 4 * 4
    for b in range(0, fours, 4):
        d0, d1, d2, d3 = gaps[b], gaps[b + 1], gaps[b + 2], gaps[b + 3]
        f0, f1, f2, f3 = f[b], f[b + 1], f[b + 2], f[b + 3]
        for i in range(count):
            z[i] += f0 * d0[i] + f1 * d1[i] + f2 * d2[i] + f3 * d3[i]
    for b in range(fours, a + 1):
        d0, f0 = gaps[b], f[b]
        for i in range(count):
            z[i] += f0 * d0[i]


@inlined()
def _of_any(features, count, factor, constant, out, gaps, z):
    for i in range(count):
        out[i] = constant
    for a in range(features):
        _write_row(a, count, factor[a], gaps, z)
        for i in range(count):
            out[i] -= HALF * (z[i] * z[i])


@inlined()
def log_joint(values, start, count, centre, factor, constant, is_diagonal, out, gaps, scratch):
    """Write log(weight * density) of `count` samples from `start` under one component.

    Parameters
    ----------
    centre, factor, constant
        As in `mixture`, of one component.
    out
        (block,) float32.
    gaps, scratch
        (features, block) and (block,) float32 to work in.
    """
    features = values.shape[0]
    if features == 1:
        _of_one(values, start, count, centre, factor, constant, out)
    elif features == 2:
        _of_two(values, start, count, centre, factor, constant, out)
    elif features == 3:
        _of_three(values, start, count, centre, factor, constant, out)
    elif is_diagonal:
        _of_any_diagonal(values, start, count, centre, factor, constant, out)
    else:
        write_gaps(values, start, count, centre, gaps)
        _of_any(features, count, factor, constant, out, gaps, scratch)
