"""The log-density of a block of samples under one component.

One, two and three features, which most images have, are written out so that everything stays in
registers. More features go through the block in squares of four by four, whose numbers do.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import inlined

ZERO = np.float32(0)


@inlined()
def log_joint(values, start, count, centre, factor, constant, is_diagonal, out, largest, scratch):
    """Write log2(weight * density) of `count` samples from `start` under one component.

    Parameters
    ----------
    centre, factor, constant
        As in `mixture`, of one component.
    out
        (block,) float32.
    largest
        (block,) float32: raised to `out` where that is larger.
    scratch
        (4, block) float32 to work in; None for up to three features.
    """
    # A branch on None is decided when it is compiled: each kernel has one half of this.
    if scratch is None:
        _of_few(values, start, count, centre, factor, constant, out, largest)
    else:
        for i in range(count):
            out[i] = constant
        if is_diagonal:
            _subtract_diagonal(values, start, count, centre, factor, out)
        else:
            _subtract_full(values, start, count, centre, factor, out, scratch)
        for i in range(count):
            largest[i] = max(largest[i], out[i])


@inlined()
def _of_few(values, start, count, centre, factor, constant, out, largest):
    features = values.shape[0]
    if features == 1:
        _of_one(values, start, count, centre, factor, constant, out, largest)
    elif features == 2:
        _of_two(values, start, count, centre, factor, constant, out, largest)
    else:
        _of_three(values, start, count, centre, factor, constant, out, largest)


@inlined()
def _of_one(values, start, count, centre, factor, constant, out, largest):
    x0 = values[0, start : start + count]
    c0, f00 = centre[0], factor[0, 0]
    for i in range(count):
        z0 = f00 * (x0[i] - c0)
        joint = constant - z0 * z0
        out[i] = joint
        largest[i] = max(largest[i], joint)


@inlined()
def _of_two(values, start, count, centre, factor, constant, out, largest):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    c0, c1 = centre[0], centre[1]
    f00, f10, f11 = factor[0, 0], factor[1, 0], factor[1, 1]
    for i in range(count):
        d0, d1 = x0[i] - c0, x1[i] - c1
        z0 = f00 * d0
        z1 = f10 * d0 + f11 * d1
        joint = constant - z0 * z0 - z1 * z1
        out[i] = joint
        largest[i] = max(largest[i], joint)


@inlined()
def _of_three(values, start, count, centre, factor, constant, out, largest):
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
        joint = constant - z0 * z0 - z1 * z1 - z2 * z2
        out[i] = joint
        largest[i] = max(largest[i], joint)


@inlined()
def _subtract_diagonal(values, start, count, centre, factor, out):
    for a in range(values.shape[0]):
        x, c, f = values[a, start : start + count], centre[a], factor[a, a]
        for i in range(count):
            z = f * (x[i] - c)
            out[i] -= z * z


@inlined()
def _subtract_full(values, start, count, centre, factor, out, scratch):
    """Subtract the squares of all rows of factor * (x - centre)."""
    features = values.shape[0]
    fours = features // 4 * 4
    for a in range(0, fours, 4):
        for row in range(4):
            for i in range(count):
                scratch[row, i] = ZERO
        for b in range(0, a, 4):
            _add_square(values, start, count, a, b, centre, factor, scratch)
        _subtract_four(values, start, count, a, centre, factor, scratch, out)
    for a in range(fours, features):
        _subtract_one(values, start, count, a, centre, factor, scratch[0], out)


@inlined()
def _add_square(values, start, count, a, b, centre, f, rows):
    """Add what columns b to b + 3 of the factor contribute to rows a to a + 3."""
    x0 = values[b, start : start + count]
    x1 = values[b + 1, start : start + count]
    x2 = values[b + 2, start : start + count]
    x3 = values[b + 3, start : start + count]
    c0, c1, c2, c3 = centre[b], centre[b + 1], centre[b + 2], centre[b + 3]
    f00, f01, f02, f03 = f[a, b], f[a, b + 1], f[a, b + 2], f[a, b + 3]
    f10, f11, f12, f13 = f[a + 1, b], f[a + 1, b + 1], f[a + 1, b + 2], f[a + 1, b + 3]
    f20, f21, f22, f23 = f[a + 2, b], f[a + 2, b + 1], f[a + 2, b + 2], f[a + 2, b + 3]
    f30, f31, f32, f33 = f[a + 3, b], f[a + 3, b + 1], f[a + 3, b + 2], f[a + 3, b + 3]
    z0, z1, z2, z3 = rows[0], rows[1], rows[2], rows[3]
    for i in range(count):
        d0, d1, d2, d3 = x0[i] - c0, x1[i] - c1, x2[i] - c2, x3[i] - c3
        z0[i] += f00 * d0 + f01 * d1 + f02 * d2 + f03 * d3
        z1[i] += f10 * d0 + f11 * d1 + f12 * d2 + f13 * d3
        z2[i] += f20 * d0 + f21 * d1 + f22 * d2 + f23 * d3
        z3[i] += f30 * d0 + f31 * d1 + f32 * d2 + f33 * d3


@inlined()
def _subtract_four(values, start, count, a, centre, f, rows, out):
    """Complete rows a to a + 3 by their columns from a on, and subtract their squares."""
    x0 = values[a, start : start + count]
    x1 = values[a + 1, start : start + count]
    x2 = values[a + 2, start : start + count]
    x3 = values[a + 3, start : start + count]
    c0, c1, c2, c3 = centre[a], centre[a + 1], centre[a + 2], centre[a + 3]
    f00 = f[a, a]
    f10, f11 = f[a + 1, a], f[a + 1, a + 1]
    f20, f21, f22 = f[a + 2, a], f[a + 2, a + 1], f[a + 2, a + 2]
    f30, f31, f32, f33 = f[a + 3, a], f[a + 3, a + 1], f[a + 3, a + 2], f[a + 3, a + 3]
    y0, y1, y2, y3 = rows[0], rows[1], rows[2], rows[3]
    for i in range(count):
        d0, d1, d2, d3 = x0[i] - c0, x1[i] - c1, x2[i] - c2, x3[i] - c3
        z0 = y0[i] + f00 * d0
        z1 = y1[i] + f10 * d0 + f11 * d1
        z2 = y2[i] + f20 * d0 + f21 * d1 + f22 * d2
        z3 = y3[i] + f30 * d0 + f31 * d1 + f32 * d2 + f33 * d3
        out[i] = out[i] - z0 * z0 - z1 * z1 - z2 * z2 - z3 * z3


@inlined()
def _subtract_one(values, start, count, a, centre, f, z, out):
    """Compute row `a` alone and subtract its square."""
    for i in range(count):
        z[i] = ZERO
    fours = (a + 1) // 4 * 4
    for b in range(0, fours, 4):
        x0 = values[b, start : start + count]
        x1 = values[b + 1, start : start + count]
        x2 = values[b + 2, start : start + count]
        x3 = values[b + 3, start : start + count]
        c0, c1, c2, c3 = centre[b], centre[b + 1], centre[b + 2], centre[b + 3]
        f0, f1, f2, f3 = f[a, b], f[a, b + 1], f[a, b + 2], f[a, b + 3]
        for i in range(count):
            d0, d1, d2, d3 = x0[i] - c0, x1[i] - c1, x2[i] - c2, x3[i] - c3
            z[i] += f0 * d0 + f1 * d1 + f2 * d2 + f3 * d3
    for b in range(fours, a + 1):
        x0, c0, f0 = values[b, start : start + count], centre[b], f[a, b]
        for i in range(count):
            z[i] += f0 * (x0[i] - c0)
    for i in range(count):
        out[i] -= z[i] * z[i]
