"""Mean field of a Potts model on a grid of pixels, in place.

The grid is dealt out to four planes by the parity of row and column: plane 2 a + b holds the pixels
(2 i + a, 2 j + b) at its row i and column j. The neighbours of a plane's pixels then lie side by
side in the other planes, where vector instructions take them, and no pixel neighbours one of its
own plane. `probabilities` is (4, classes, rows / 2 + 2, columns / 2 + 2) with a border of zeros:
what lies outside the image says nothing.

A chunk is `ROWS` rows of all planes. What a row becomes depends on neighbours that are updated
before it in any case, so the bits do not depend on who does which.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, inlined, kernel
from segmenter.engine.kernels.functions import exp2, log2

BLOCK = 512  # columns that are worked through at once; they stay in the first-level cache
ROWS = 32  # of each plane, that one thread updates several times while they are in its cache
MISSING = -1  # a place without data; places below stay as they are
HELD = -2  # a place where class 0 is given; one less, class 1; and so on
_LOWEST = np.float32(-np.inf)
_ZERO = np.float32(0)
_ONE = np.float32(1)

_PLACES = "Array(int32, 3, 'C', readonly=True)"
_TABLE = "Array(float32, 2, 'C', readonly=True)"
_ROW = "Array(float32, 1, 'C', readonly=True)"
_EDGES = "Array(uint8, 4, 'C', readonly=True)"
_ORDER = "Array(int64, 2, 'C', readonly=True)"
_SWEEP = (
    "void(int64, int64, boolean, {order}, int64, float32[:, :, :, ::1], {places}, int64, int64,"
    " {table}, {row}, float32, float32, {edges}, float64[:, ::1])"
)


@inlined()
def _emission(places, count, densities, share, all_shown, row):
    """Write log2 of share times density; without data it is the share alone."""
    if all_shown:
        for j in range(count):
            row[j] = share + densities[np.uint32(places[j])]
    else:
        for j in range(count):
            s = places[j]
            density = densities[np.uint32(max(s, 0))]
            row[j] = share + (density if s >= 0 else _ZERO)


@inlined()
def _straight(q, plane, k, i, start, count, edges, pull):
    """Write the sum of the probabilities of class `k` beside and above and below."""
    a, b = plane >> 1, plane & 1
    beside = q[plane ^ 1, k, i + 1]
    left = beside[start + b : start + b + count]
    right = beside[start + b + 1 : start + b + 1 + count]
    above = q[plane ^ 2, k, i + a, start + 1 : start + 1 + count]
    below = q[plane ^ 2, k, i + a + 1, start + 1 : start + 1 + count]
    if edges is None:
        for j in range(count):
            pull[j] = (left[j] + right[j]) + (above[j] + below[j])
    else:
        e = edges[plane, :, i, start : start + count]
        e0, e1, e2, e3 = e[0], e[1], e[2], e[3]
        for j in range(count):
            pull[j] = (
                np.float32(e0[j]) * left[j] + np.float32(e1[j]) * right[j]
            ) + (np.float32(e2[j]) * above[j] + np.float32(e3[j]) * below[j])  # fmt: skip


@inlined()
def _diagonal(q, plane, k, i, start, count, edges, pull):
    """Write the sum of the probabilities of class `k` at the four corners."""
    a, b = plane >> 1, plane & 1
    above, below = q[plane ^ 3, k, i + a], q[plane ^ 3, k, i + a + 1]
    a0, a1 = above[start + b : start + b + count], above[start + b + 1 : start + b + 1 + count]
    b0, b1 = below[start + b : start + b + count], below[start + b + 1 : start + b + 1 + count]
    if edges is None:
        for j in range(count):
            pull[j] = (a0[j] + a1[j]) + (b0[j] + b1[j])
    else:
        e = edges[plane, :, i, start : start + count]
        e0, e1, e2, e3 = e[4], e[5], e[6], e[7]
        for j in range(count):
            pull[j] = (np.float32(e0[j]) * a0[j] + np.float32(e1[j]) * a1[j]) + (
                np.float32(e2[j]) * b0[j] + np.float32(e3[j]) * b1[j]
            )


@inlined()
def _raise(joint, count, largest, total, scale):
    """Turn log joints into 2^(joint - largest); write their sum, and one over it."""
    classes = joint.shape[0]
    for j in range(count):
        total[j] = _ZERO
    for k in range(classes):
        row = joint[k]
        for j in range(count):
            e = exp2(row[j] - largest[j])
            row[j] = e
            total[j] += e
    for j in range(count):
        scale[j] = _ONE / total[j]


@inlined(SUMS)
def _gained(joint, later, largest, total, scale, places, count):
    """Return what pixels that are free add to the objective, as a binary logarithm."""
    summed = 0.0
    for j in range(count):
        value = np.float64(largest[j]) + log2(total[j])
        summed += value if places[j] >= MISSING else 0.0
    for k in range(joint.shape[0]):
        row, pull = joint[k], later[k]
        for j in range(count):
            summed -= np.float64(row[j] * scale[j] * pull[j]) if places[j] >= MISSING else 0.0
    return summed


@inlined()
def _held(joint, later, log_shares, places, count):
    """Return what pixels that stay as they are add to the objective."""
    classes, summed = joint.shape[0], 0.0
    for j in range(count):
        k = HELD - places[j]
        if 0 <= k < classes:
            summed += np.float64(joint[k, j]) - log_shares[k] - np.float64(later[k, j])
    return summed


@inlined()
def _store(found, scale, places, count, all_free, out):
    if all_free:
        for j in range(count):
            out[j] = found[j] * scale[j]
    else:
        for j in range(count):
            out[j] = found[j] * scale[j] if places[j] >= MISSING else out[j]


@inlined()
def _joint(q, p, k, i, start, count, emission, straight, diagonal, edges, later, pull, corner):
    """Add the pull of the neighbours on class `k` to the emission; leave the later part of it."""
    _straight(q, p, k, i, start, count, edges, pull)
    later_straight = straight if later & 1 else _ZERO
    for j in range(count):
        emission[j] += straight * pull[j]
        pull[j] *= later_straight
    if diagonal != _ZERO:
        later_diagonal = diagonal if later & 2 else _ZERO
        _diagonal(q, p, k, i, start, count, edges, corner)
        for j in range(count):
            emission[j] += diagonal * corner[j]
            pull[j] += later_diagonal * corner[j]


@inlined()
def _least(places, count):
    least = np.int32(0)
    for j in range(count):
        least = min(least, places[j])
    return least


@inlined()
def _width(p, i, rows, columns):
    """Return how many pixels row `i` of plane `p` has."""
    return (columns - (p & 1) + 1) // 2 if 2 * i + (p >> 1) < rows else 0


@inlined()
def _update(
    p, i, q, places, rows, columns, table, log_shares, straight, diagonal, edges, later, measured,
    joint, pulls, work,
):  # fmt: skip
    """Update row `i` of plane `p`; return what it adds to the objective if it is measured."""
    width, gain = _width(p, i, rows, columns), 0.0
    largest, total, scale = work[0], work[1], work[2]
    for start in range(0, width, BLOCK):
        count = min(BLOCK, width - start)
        place = places[p, i, start : start + count]
        least = _least(place, count)
        all_free = least >= MISSING
        largest[:count] = _LOWEST
        for k in range(q.shape[1]):
            row = joint[k]
            _emission(place, count, table[:, k], log_shares[k], least >= 0, row)
            _joint(q, p, k, i, start, count, row, straight, diagonal, edges, later, pulls[k], total)
            for j in range(count):
                largest[j] = max(largest[j], row[j])
        if measured and not all_free:
            gain += _held(joint, pulls, log_shares, place, count)
        _raise(joint, count, largest, total, scale)
        if measured:
            gain += _gained(joint, pulls, largest, total, scale, place, count)
        for k in range(q.shape[1]):
            _store(joint[k], scale, place, count, all_free, q[p, k, i + 1, start + 1 :])
    return gain


@inlined()
def _front(start, stop, half, step, stage):
    """Return from where to where a stage updates rows of a chunk in one step: one row or none."""
    row = start + step - stage
    low = start + stage if start > 0 else 0
    high = stop - stage if stop < half else half
    return max(low, row), min(high, row + 1)


@inlined()
def _sweep(
    first, last, seams, order, stages, q, places, rows, columns, table, log_shares, straight,
    diagonal, edges, gains,
):  # fmt: skip
    """Update all pixels of chunks `first` to `last`, or what is left at the seams between chunks.

    Each pixel takes q(k) ~ share_k f_k(x) 2^(pull_k), where the pull is the strength times the sum
    of what its neighbours give class k.

    A stage updates the planes of one group. As a row needs its neighbours of the stage before, a
    chunk leaves one row more at either seam with each stage; a second call does these.

    Parameters
    ----------
    seams
        Whether this is the second call; seam 0 is that behind chunk 0.
    order
        (groups, 3) int64: the planes of a group, the second -1 if there is none; and which
        neighbours are updated later: bit 0 the straight ones, bit 1 the diagonal. An edge counts
        once in the objective, with the pixel that is updated last.
    stages
        How many groups to update in turn, at most `ROWS` / 2.
    q
        The probabilities, see the module.
    places
        (4, rows / 2, columns / 2) int32: the sample that a pixel shows, `MISSING` where it has no
        data, `HELD` and less where a class is given.
    rows, columns
        Of the image.
    table
        (samples, classes) binary log-densities; `log_shares` (classes,) binary logarithms.
    straight, diagonal
        Strengths times log2(e); a diagonal one of 0 looks at four neighbours.
    edges
        (4, 8, rows / 2, columns / 2) uint8 by what to multiply the strength towards left, right,
        up, down and the corners in reading order; None: by 1.
    gains
        (4, rows / 2) float64: what each row adds to the objective, as a binary
        logarithm, when it is updated for the last time.
    """
    classes, half = q.shape[1], places.shape[1]
    joint = np.empty((classes, BLOCK), np.float32)
    pulls = np.empty((classes, BLOCK), np.float32)
    work = np.empty((3, BLOCK), np.float32)
    for chunk in range(first, last):
        start, stop = chunk * ROWS, min((chunk + 1) * ROWS, half)
        # Stages follow each other closely: what one has written is still in the cache.
        for step in range(1 if seams else stop - start + stages):
            for stage in range(stages):
                if seams:
                    begin, end = stop - stage, min(stop + stage, half)
                else:
                    begin, end = _front(start, stop, half, step, stage)
                group = order[stage % len(order)]
                is_last = stage >= stages - len(order)
                for i in range(begin, end):
                    for p in group[:2]:
                        if p >= 0:
                            gains[p, i] = _update(
                                p, i, q, places, rows, columns, table, log_shares, straight,
                                diagonal, edges, group[2], is_last, joint, pulls, work,
                            )  # fmt: skip


def _declare(edges):
    """Compile the sweep for edges that are all alike (none), or that are told apart."""

    @kernel(_SWEEP.format(order=_ORDER, places=_PLACES, table=_TABLE, row=_ROW, edges=edges))
    def sweep(
        first, last, seams, order, stages, q, places, rows, columns, table, log_shares, straight,
        diagonal, edges, gains,
    ):  # fmt: skip
        _sweep(
            first, last, seams, order, stages, q, places, rows, columns, table, log_shares,
            straight, diagonal, edges, gains,
        )  # fmt: skip

    return sweep


sweep = _declare("none")
sweep_with_edges = _declare(_EDGES)


@kernel(f"void(int64, int64, float32[:, :, :, ::1], {_PLACES}, float32[:, ::1])")
def gather_merged(first, last, q, places, occupancy):
    """Add the probabilities of classes `first` to `last` to the (classes, samples) they show."""
    half_rows, half_columns = places.shape[1:]
    sums = np.empty(occupancy.shape[1], np.float64)
    for k in range(first, last):
        sums[:] = 0.0
        for p in range(4):
            for i in range(half_rows):
                shown, row = places[p, i], q[p, k, i + 1, 1:]
                for j in range(half_columns):
                    if shown[j] >= 0:
                        sums[shown[j]] += np.float64(row[j])
        out = occupancy[k]
        for s in range(len(out)):
            out[s] = sums[s]


@kernel(f"void(int64, int64, float32[:, :, :, ::1], {_PLACES}, float32[:, ::1])")
def gather_single(first, last, q, places, occupancy):
    """Write the probabilities of chunks `first` to `last`; no two pixels show one sample."""
    half_rows, half_columns = places.shape[1:]
    for number in range(first, last):
        p, i = number // half_rows, number % half_rows
        for k in range(q.shape[1]):
            shown, row, out = places[p, i], q[p, k, i + 1, 1:], occupancy[k]
            for j in range(half_columns):
                if shown[j] >= 0:
                    out[shown[j]] = row[j]
