"""Weighted sums over a block of samples, about the centre of one component.

Written out for one, two and three features; more go through the block in squares of four by four,
whose sixteen sums stay in registers.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, inlined
from segmenter.engine.kernels.densities import ZERO

FEW = 3  # up to so many features all second moments are summed, even when covariances are diagonal


@inlined(SUMS)
def add_moments(values, start, count, centre, joint, scale, is_diagonal, scratch, sums):
    """Add sum r, sum r (x - centre), and sum r (x - centre)(x - centre)^T to `sums`.

    The second moments are the lower triangle, row by row; beyond `FEW` features only the diagonal
    where covariances are diagonal.

    Parameters
    ----------
    joint, scale
        (block,) float32: their product is r, weight times responsibility. `joint` is overwritten.
    scratch
        (4, block) float32 to work in; None for up to `FEW` features.
    sums
        float64.
    """
    # A branch on None is decided when it is compiled: each kernel has one half of this.
    if scratch is None:
        _add_few(values, start, count, centre, joint, scale, sums)
    else:
        n = ZERO
        for i in range(count):
            joint[i] *= scale[i]
            n += joint[i]
        sums[0] += np.float64(n)
        if is_diagonal:
            _add_diagonal(values, start, count, centre, joint, sums)
        else:
            _add_full(values, start, count, centre, joint, scratch[0], sums)


@inlined(SUMS)
def _add_few(values, start, count, centre, joint, scale, sums):
    features = values.shape[0]
    if features == 1:
        _of_one(values, start, count, centre, joint, scale, sums)
    elif features == 2:
        _of_two(values, start, count, centre, joint, scale, sums)
    else:
        _of_three(values, start, count, centre, joint, scale, sums)


@inlined(SUMS)
def _of_one(values, start, count, centre, joint, scale, sums):
    x0 = values[0, start : start + count]
    c0 = centre[0]
    n = s0 = q00 = ZERO
    for i in range(count):
        r = joint[i] * scale[i]
        d0 = x0[i] - c0
        y0 = r * d0
        n += r
        s0 += y0
        q00 += y0 * d0
    sums[0] += np.float64(n)
    sums[1] += np.float64(s0)
    sums[2] += np.float64(q00)


@inlined(SUMS)
def _of_two(values, start, count, centre, joint, scale, sums):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    c0, c1 = centre[0], centre[1]
    n = s0 = s1 = q00 = q10 = q11 = ZERO
    for i in range(count):
        r = joint[i] * scale[i]
        d0, d1 = x0[i] - c0, x1[i] - c1
        y0, y1 = r * d0, r * d1
        n += r
        s0 += y0
        s1 += y1
        q00 += y0 * d0
        q10 += y1 * d0
        q11 += y1 * d1
    sums[0] += np.float64(n)
    sums[1] += np.float64(s0)
    sums[2] += np.float64(s1)
    sums[3] += np.float64(q00)
    sums[4] += np.float64(q10)
    sums[5] += np.float64(q11)


@inlined(SUMS)
def _of_three(values, start, count, centre, joint, scale, sums):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    x2 = values[2, start : start + count]
    c0, c1, c2 = centre[0], centre[1], centre[2]
    n = s0 = s1 = s2 = ZERO
    q00 = q10 = q11 = q20 = q21 = q22 = ZERO
    for i in range(count):
        r = joint[i] * scale[i]
        d0, d1, d2 = x0[i] - c0, x1[i] - c1, x2[i] - c2
        y0, y1, y2 = r * d0, r * d1, r * d2
        n += r
        s0 += y0
        s1 += y1
        s2 += y2
        q00 += y0 * d0
        q10 += y1 * d0
        q11 += y1 * d1
        q20 += y2 * d0
        q21 += y2 * d1
        q22 += y2 * d2
    sums[0] += np.float64(n)
    sums[1] += np.float64(s0)
    sums[2] += np.float64(s1)
    sums[3] += np.float64(s2)
    sums[4] += np.float64(q00)
    sums[5] += np.float64(q10)
    sums[6] += np.float64(q11)
    sums[7] += np.float64(q20)
    sums[8] += np.float64(q21)
    sums[9] += np.float64(q22)


@inlined(SUMS)
def _add_full(values, start, count, centre, r, y, sums):
    features = values.shape[0]
    fours = features // 4 * 4
    for a in range(0, fours, 4):
        for b in range(0, a, 4):
            _add_square(values, start, count, a, b, centre, r, sums)
        _add_triangle(values, start, count, a, centre, r, sums)
    for a in range(fours, features):
        _add_row(values, start, count, a, centre, r, y, sums)


@inlined()
def _place(values, row):
    """Return where a row of the lower triangle of second moments begins."""
    return 1 + values.shape[0] + row * (row + 1) // 2


@inlined()
def _add_at(sums, place, terms):
    for j, term in enumerate(terms):
        sums[place + j] += np.float64(term)


@inlined(SUMS)
def _add_diagonal(values, start, count, centre, r, sums):
    features = values.shape[0]
    for a in range(features):
        x, c = values[a, start : start + count], centre[a]
        s = q = ZERO
        for i in range(count):
            d = x[i] - c
            y = r[i] * d
            s += y
            q += y * d
        sums[1 + a] += np.float64(s)
        sums[1 + features + a] += np.float64(q)


@inlined(SUMS)
def _add_square(values, start, count, a, b, centre, r, sums):  # noqa: PLR0915 - unrolled
    """Add the products of features a to a + 3 with features b to b + 3."""
    x0 = values[a, start : start + count]
    x1 = values[a + 1, start : start + count]
    x2 = values[a + 2, start : start + count]
    x3 = values[a + 3, start : start + count]
    u0 = values[b, start : start + count]
    u1 = values[b + 1, start : start + count]
    u2 = values[b + 2, start : start + count]
    u3 = values[b + 3, start : start + count]
    c0, c1, c2, c3 = centre[a], centre[a + 1], centre[a + 2], centre[a + 3]
    m0, m1, m2, m3 = centre[b], centre[b + 1], centre[b + 2], centre[b + 3]
    q00 = q01 = q02 = q03 = q10 = q11 = q12 = q13 = ZERO
    q20 = q21 = q22 = q23 = q30 = q31 = q32 = q33 = ZERO
    for i in range(count):
        y0, y1 = r[i] * (x0[i] - c0), r[i] * (x1[i] - c1)
        y2, y3 = r[i] * (x2[i] - c2), r[i] * (x3[i] - c3)
        d0, d1, d2, d3 = u0[i] - m0, u1[i] - m1, u2[i] - m2, u3[i] - m3
        q00 += y0 * d0
        q01 += y0 * d1
        q02 += y0 * d2
        q03 += y0 * d3
        q10 += y1 * d0
        q11 += y1 * d1
        q12 += y1 * d2
        q13 += y1 * d3
        q20 += y2 * d0
        q21 += y2 * d1
        q22 += y2 * d2
        q23 += y2 * d3
        q30 += y3 * d0
        q31 += y3 * d1
        q32 += y3 * d2
        q33 += y3 * d3
    _add_at(sums, _place(values, a) + b, (q00, q01, q02, q03))
    _add_at(sums, _place(values, a + 1) + b, (q10, q11, q12, q13))
    _add_at(sums, _place(values, a + 2) + b, (q20, q21, q22, q23))
    _add_at(sums, _place(values, a + 3) + b, (q30, q31, q32, q33))


@inlined(SUMS)
def _add_triangle(values, start, count, a, centre, r, sums):
    """Add features a to a + 3, and their products with each other."""
    x0 = values[a, start : start + count]
    x1 = values[a + 1, start : start + count]
    x2 = values[a + 2, start : start + count]
    x3 = values[a + 3, start : start + count]
    c0, c1, c2, c3 = centre[a], centre[a + 1], centre[a + 2], centre[a + 3]
    s0 = s1 = s2 = s3 = ZERO
    q00 = q10 = q11 = q20 = q21 = q22 = q30 = q31 = q32 = q33 = ZERO
    for i in range(count):
        d0, d1, d2, d3 = x0[i] - c0, x1[i] - c1, x2[i] - c2, x3[i] - c3
        y0, y1, y2, y3 = r[i] * d0, r[i] * d1, r[i] * d2, r[i] * d3
        s0 += y0
        s1 += y1
        s2 += y2
        s3 += y3
        q00 += y0 * d0
        q10 += y1 * d0
        q11 += y1 * d1
        q20 += y2 * d0
        q21 += y2 * d1
        q22 += y2 * d2
        q30 += y3 * d0
        q31 += y3 * d1
        q32 += y3 * d2
        q33 += y3 * d3
    _add_at(sums, 1 + a, (s0, s1, s2, s3))
    _add_at(sums, _place(values, a) + a, (q00,))
    _add_at(sums, _place(values, a + 1) + a, (q10, q11))
    _add_at(sums, _place(values, a + 2) + a, (q20, q21, q22))
    _add_at(sums, _place(values, a + 3) + a, (q30, q31, q32, q33))


@inlined(SUMS)
def _add_row(values, start, count, a, centre, r, y, sums):
    """Add feature `a`, and its products with those up to it."""
    x, c = values[a, start : start + count], centre[a]
    s = ZERO
    for i in range(count):
        y[i] = r[i] * (x[i] - c)
        s += y[i]
    sums[1 + a] += np.float64(s)
    here = _place(values, a)
    fours = (a + 1) // 4 * 4
    for b in range(0, fours, 4):
        x0 = values[b, start : start + count]
        x1 = values[b + 1, start : start + count]
        x2 = values[b + 2, start : start + count]
        x3 = values[b + 3, start : start + count]
        c0, c1, c2, c3 = centre[b], centre[b + 1], centre[b + 2], centre[b + 3]
        q0 = q1 = q2 = q3 = ZERO
        for i in range(count):
            q0 += y[i] * (x0[i] - c0)
            q1 += y[i] * (x1[i] - c1)
            q2 += y[i] * (x2[i] - c2)
            q3 += y[i] * (x3[i] - c3)
        _add_at(sums, here + b, (q0, q1, q2, q3))
    for b in range(fours, a + 1):
        x0, c0 = values[b, start : start + count], centre[b]
        q0 = ZERO
        for i in range(count):
            q0 += y[i] * (x0[i] - c0)
        sums[here + b] += np.float64(q0)
