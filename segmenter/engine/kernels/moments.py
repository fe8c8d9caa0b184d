"""Weighted sums over a block of samples, about the centre of one component.

Written out for one, two and three features; more go through the block four at a time.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, inlined
from segmenter.engine.kernels.densities import ZERO, write_gaps

FEW = 3  # up to so many features all second moments are summed, even when covariances are diagonal


@inlined(SUMS)
def _of_one(values, start, count, centre, r, sums):
    x0 = values[0, start : start + count]
    c0 = centre[0]
    n = s0 = q00 = ZERO
    for i in range(count):
        d0 = x0[i] - c0
        y0 = r[i] * d0
        n += r[i]
        s0 += y0
        q00 += y0 * d0
    sums[0] += np.float64(n)
    sums[1] += np.float64(s0)
    sums[2] += np.float64(q00)


@inlined(SUMS)
def _of_two(values, start, count, centre, r, sums):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    c0, c1 = centre[0], centre[1]
    n = s0 = s1 = q00 = q10 = q11 = ZERO
    for i in range(count):
        d0, d1 = x0[i] - c0, x1[i] - c1
        y0, y1 = r[i] * d0, r[i] * d1
        n += r[i]
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
def _of_three(values, start, count, centre, r, sums):
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    x2 = values[2, start : start + count]
    c0, c1, c2 = centre[0], centre[1], centre[2]
    n = s0 = s1 = s2 = ZERO
    q00 = q10 = q11 = q20 = q21 = q22 = ZERO
    for i in range(count):
        d0, d1, d2 = x0[i] - c0, x1[i] - c1, x2[i] - c2
        y0, y1, y2 = r[i] * d0, r[i] * d1, r[i] * d2
        n += r[i]
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
def _of_any_diagonal(features, count, r, gaps, sums):
    n = ZERO
    for i in range(count):
        n += r[i]
    sums[0] += np.float64(n)
    for a in range(features):
        d = gaps[a]
        s = q = ZERO
        for i in range(count):
            y = r[i] * d[i]
            s += y
            q += y * d[i]
        sums[1 + a] += np.float64(s)
        sums[1 + features + a] += np.float64(q)


@inlined(SUMS)
def _of_any(features, count, r, gaps, y, sums):
    n = ZERO
    for i in range(count):
        n += r[i]
    sums[0] += np.float64(n)
    place = 1 + features
    for a in range(features):
        d = gaps[a]
        s = ZERO
        for i in range(count):
            y[i] = r[i] * d[i]
            s += y[i]
        sums[1 + a] += np.float64(s)
        fours = (a + 1) // 4 * 4
        for b in range(0, fours, 4):
            d0, d1, d2, d3 = gaps[b], gaps[b + 1], gaps[b + 2], gaps[b + 3]
            q0 = q1 = q2 = q3 = ZERO
            for i in range(count):
                q0 += y[i] * d0[i]
                q1 += y[i] * d1[i]
                q2 += y[i] * d2[i]
                q3 += y[i] * d3[i]
            sums[place] += np.float64(q0)
            sums[place + 1] += np.float64(q1)
            sums[place + 2] += np.float64(q2)
            sums[place + 3] += np.float64(q3)
            place += 4
        for b in range(fours, a + 1):
            d0 = gaps[b]
            q0 = ZERO
            for i in range(count):
                q0 += y[i] * d0[i]
            sums[place] += np.float64(q0)
            place += 1


@inlined(SUMS)
def add_moments(values, start, count, centre, r, is_diagonal, gaps, scratch, sums):
    """Add sum r, sum r (x - centre), and sum r (x - centre)(x - centre)^T to `sums`.

    The second moments are the lower triangle, row by row; beyond `FEW` features only the diagonal
    where covariances are diagonal.

    Parameters
    ----------
    r
        (count,) float32: weight times responsibility.
    gaps, scratch
        (features, block) and (block,) float32 to work in.
    sums
        float64.
    """
    features = values.shape[0]
    if features == 1:
        _of_one(values, start, count, centre, r, sums)
    elif features == 2:
        _of_two(values, start, count, centre, r, sums)
    elif features == 3:
        _of_three(values, start, count, centre, r, sums)
    else:
        write_gaps(values, start, count, centre, gaps)
        if is_diagonal:
            _of_any_diagonal(features, count, r, gaps, sums)
        else:
            _of_any(features, count, r, gaps, scratch, sums)
