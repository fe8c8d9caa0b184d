"""Forward and backward through hidden Markov chains, many blocks of a scan side by side.

A scan is cut into blocks, which are chains of their own with one law of the first class and one
table of transitions. `LANES` blocks make a group and advance together: what is known at step t of
class k is a vector over the lanes, at (t K + k) `LANES` of one flat array.

Forward, with emissions b, transitions A and a the probabilities given all pixels so far:
    p_t(l) = sum_k a_{t-1}(k) A_kl,    a_t(l) = p_t(l) b_t(l) / c_t,    c_t = sum_l p_t(l) b_t(l),
and the log-likelihood is sum_t log c_t (Rabiner 1989, section V.A). Backward, with q the
probabilities given all pixels of the block:
    u_t(l) = q_t(l) / p_t(l),    q_{t-1}(k) = a_{t-1}(k) sum_l A_kl u_t(l),
and the expected number of transitions from k to l is A_kl sum_t a_{t-1}(k) u_t(l) (Askar and Derin
1981). So the way back needs no emissions, and q sums to 1 all the way.
"""

from __future__ import annotations

import math

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.kernels.functions import exp2

LANES = 64
CHUNK = 8192  # rows of a table
ROWS = 512  # of a table, which stay in the first-level cache
MANY = 8192  # samples, which a first-level cache has no room for
# Steps between two roundings-off; as many c_t, none below 5e-8, may be multiplied in float64.
STRETCH = 32
_ZERO = np.float32(0)
_HALF = np.float32(0.5)

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"
_INDEX1 = "Array(int32, 1, 'C', readonly=True)"
_INDEX3 = "Array(int32, 3, 'C', readonly=True)"


@inlined()
def _gather(rows, start, stop, emissions, predicted):
    """Write the emissions of the steps from `start` to `stop`, lane by lane: neighbours follow."""
    classes = emissions.shape[1]
    for lane in range(LANES):
        for t in range(start, stop):
            row = rows[lane, t]
            for k in range(classes):
                predicted[(t * classes + k) * LANES + lane] = emissions[row, k]


@inlined()
def _scatter(pixels, start, stop, given, adds, out):
    """Give the pixels of some steps half of their probabilities, beside the first half."""
    classes = out.shape[1]
    for lane in range(LANES):
        for t in range(start, stop):
            pixel = pixels[lane, t]
            if pixel < 0:
                continue
            for k in range(classes):
                half = _HALF * given[(t * classes + k) * LANES + lane]
                out[pixel, k] = half + (out[pixel, k] if adds else _ZERO)


@inlined()
def _begin(initial, predicted, given, total):
    """Do the first step, which comes from nowhere."""
    for j in range(LANES):
        total[j] = _ZERO
    for m in range(len(initial)):
        chance = initial[m]
        target = given[m * LANES : (m + 1) * LANES]
        emission = predicted[m * LANES : (m + 1) * LANES]
        for j in range(LANES):
            joint = chance * emission[j]
            target[j] = joint
            total[j] += joint
    _divide(given, len(initial), total)


@inlined()
def _forward(transition, before, predicted, given, total):
    """Do one step: the emissions in `predicted` become p, and `given` becomes a."""
    classes = len(transition)
    for j in range(LANES):
        total[j] = _ZERO
    for m in range(classes):
        target = given[m * LANES : (m + 1) * LANES]
        emission = predicted[m * LANES : (m + 1) * LANES]
        chance, source = transition[0, m], before[:LANES]
        for j in range(LANES):
            target[j] = chance * source[j]
        for k in range(1, classes):
            chance, source = transition[k, m], before[k * LANES : (k + 1) * LANES]
            for j in range(LANES):
                target[j] += chance * source[j]
        for j in range(LANES):
            p = target[j]
            joint = p * emission[j]
            emission[j] = p
            target[j] = joint
            total[j] += joint
    _divide(given, classes, total)


@inlined()
def _divide(given, classes, total):
    for k in range(classes):
        target = given[k * LANES : (k + 1) * LANES]
        for j in range(LANES):
            target[j] /= total[j]


@inlined()
def _backward(transition, before, predicted, given, pairs, summed):
    """Do one step back: a in `before` becomes q, given q in `given`; p becomes u."""
    classes = len(transition)
    for i in range(classes * LANES):
        predicted[i] = given[i] / predicted[i]
    for k in range(classes):
        for j in range(LANES):
            summed[j] = _ZERO
        source = before[k * LANES : (k + 1) * LANES]
        for m in range(classes):
            chance, pair = transition[k, m], pairs[k, m]
            ratio = predicted[m * LANES : (m + 1) * LANES]
            for j in range(LANES):
                summed[j] += chance * ratio[j]
                pair[j] += source[j] * ratio[j]
        for j in range(LANES):
            source[j] *= summed[j]


@inlined()
def _round_off(given, pairs, counts, total):
    """Make probabilities sum to 1 again, and move what was counted into float64."""
    classes = len(pairs)
    for j in range(LANES):
        total[j] = _ZERO
    for k in range(classes):
        row = given[k * LANES : (k + 1) * LANES]
        for j in range(LANES):
            total[j] += row[j]
    _divide(given, classes, total)
    for k in range(classes):
        for m in range(classes):
            for j in range(LANES):
                counts[k, m, j] += np.float64(pairs[k, m, j])
                pairs[k, m, j] = _ZERO


@inlined()
def _add_logarithms(products, logarithms):
    for j in range(LANES):
        logarithms[j] += math.log(products[j])
        products[j] = 1.0


@inlined()
def _sum_up(pixels, logarithms, begun, transition, counts, row):
    """Add up the blocks of a group, those that are there."""
    classes = len(transition)
    row[:] = 0.0
    for j in range(LANES):
        if pixels[j, 0] < 0:
            continue
        row[0] += logarithms[j]
        for k in range(classes):
            row[1 + k] += np.float64(begun[k * LANES + j])
            for m in range(classes):
                place = 1 + classes + k * classes + m
                row[place] += np.float64(transition[k, m]) * counts[k, m, j]


@inlined()
def _go_forward(rows, emissions, initial, transition, predicted, given, logarithms):
    """Fill `predicted` and `given` with p and a of all steps, and sum log c_t."""
    steps, width = rows.shape[1], len(initial) * LANES
    total = np.empty(LANES, np.float32)
    products = np.ones(LANES, np.float64)
    logarithms[:] = 0.0
    for t in range(steps):
        if t % STRETCH == 0:
            _gather(rows, t, min(t + STRETCH, steps), emissions, predicted)
            _add_logarithms(products, logarithms)
        now, then = t * width, (t - 1) * width
        if t == 0:
            _begin(initial, predicted, given, total)
        else:
            _forward(transition, given[then:now], predicted[now:], given[now:], total)
        for j in range(LANES):
            products[j] *= np.float64(total[j])
    _add_logarithms(products, logarithms)


@inlined()
def _go_backward(pixels, transition, predicted, given, counts, adds, out):
    """Turn a of all steps into q, give it to the pixels, and count transitions."""
    steps, classes = pixels.shape[1], len(transition)
    width = classes * LANES
    pairs = np.zeros((classes, classes, LANES), np.float32)
    work = np.empty(LANES, np.float32)
    counts[:] = 0.0
    for t in range(steps - 1, 0, -1):
        then, now, end = (t - 1) * width, t * width, (t + 1) * width
        _backward(transition, given[then:now], predicted[now:end], given[now:end], pairs, work)
        if t == steps - 1:
            for j in range(LANES):
                if pixels[j, t] < 0:
                    pairs[:, :, j] = _ZERO
        if t % STRETCH == 0:
            _scatter(pixels, t, min(t + STRETCH, steps), given, adds, out)
        if t % STRETCH == 1:
            _round_off(given[then:now], pairs, counts, work)
    _scatter(pixels, 0, min(STRETCH, steps), given, adds, out)


@kernel(
    f"void(int64, int64, {_INDEX3}, {_INDEX3}, {_IN2}, {_IN1}, {_IN2}, boolean,"
    " float32[:, ::1], float64[:, ::1])"
)
def smooth(first, last, pixels, rows, emissions, initial, transition, adds, out, sums):
    """Go through groups `first` to `last` of blocks, forward and backward.

    Parameters
    ----------
    pixels
        (groups, LANES, steps) int32: the pixel of every step of every block; -1 is none, which only
        the last step may have, or all steps of the last blocks.
    rows
        (groups, LANES, steps) int32: the row of `emissions` that belongs to it; for none, one of 1.
    emissions
        (any, K) float32; 1 is the largest in each row.
    initial, transition
        (K,) and (K, K) float32, at least 5e-8.
    adds
        Whether the other scan has been written already.
    out
        (pixels, K) float32: half of p(class given all pixels of the block), added if `adds`.
    sums
        (groups, 1 + K + K^2) float64: log-likelihood in nats, expected first classes, expected
        transitions.
    """
    steps, classes = pixels.shape[2], len(initial)
    predicted = np.empty(steps * classes * LANES, np.float32)
    given = np.empty(steps * classes * LANES, np.float32)
    counts = np.empty((classes, classes, LANES), np.float64)
    logarithms = np.empty(LANES, np.float64)
    for group in range(first, last):
        _go_forward(rows[group], emissions, initial, transition, predicted, given, logarithms)
        _go_backward(pixels[group], transition, predicted, given, counts, adds, out)
        _sum_up(pixels[group], logarithms, given, transition, counts, sums[group])


@kernel(f"void(int64, int64, {_IN2}, float32[:, ::1])")
def powers(first, last, table, out):
    """Write 2^x of the (samples, K) binary logarithms of chunks `first` to `last`, at most 0."""
    start, stop = first * CHUNK, min(last * CHUNK, len(table))
    source, target = table[start:stop].reshape(-1), out[start:stop].reshape(-1)
    for i in range(len(source)):
        target[i] = exp2(source[i])


@kernel(f"void(int64, int64, {_INDEX1}, {_IN2}, float32[:, ::1])")
def lay_out(first, last, codes, table, out):
    """Write the emissions of pixels, chunks `first` to `last`, from a table as of `powers`.

    Parameters
    ----------
    codes
        (pixels,) int32: the row of the table; -1: nothing is known; -2 - c: class c is said.
    out
        (at least as many, K) float32.
    """
    for start in range(first * CHUNK, min(last * CHUNK, len(codes)), ROWS):
        stop = min(start + ROWS, len(codes), last * CHUNK)
        for i in range(start, stop):
            row = np.uint32(max(codes[i], 0))
            for k in range(out.shape[1]):
                out[i, k] = table[row, k]
        flat = out[start:stop].reshape(-1)
        for i in range(len(flat)):
            flat[i] = exp2(flat[i])
        for i in range(start, stop):
            if codes[i] < 0:
                for k in range(out.shape[1]):
                    out[i, k] = np.float32(codes[i] == -1 or codes[i] == -2 - k)


@kernel(f"void(int64, int64, {_IN2}, float32[:, ::1])")
def hand_out(first, last, summed, out):
    """Write (K, pixels) what (pixels, K) are when they sum to 1, chunks `first` to `last`."""
    classes = summed.shape[1]
    for i in range(first * CHUNK, min(last * CHUNK, len(summed))):
        total = _ZERO
        for k in range(classes):
            total += summed[i, k]
        for k in range(classes):
            out[k, i] = summed[i, k] / total


@kernel(f"void(int64, int64, {_INDEX1}, {_IN2}, float32[:, ::1])")
def occupy(first, last, codes, probabilities, occupancy):
    """Add the (pixels, K) probabilities of classes `first` to `last` to the samples they show."""
    sums = np.empty(occupancy.shape[1], np.float64)
    for k in range(first, last):
        sums[:] = 0.0
        for i in range(len(codes)):
            if codes[i] >= 0:
                sums[codes[i]] += np.float64(probabilities[i, k])
        target = occupancy[k]
        for s in range(len(target)):
            target[s] = sums[s]


@kernel(f"void(int64, int64, {_INDEX1}, {_IN2}, float32[:, ::1])")
def occupy_singly(first, last, codes, probabilities, occupancy):
    """Copy the probabilities of chunks `first` to `last`; no two pixels show one sample."""
    for i in range(first * CHUNK, min(last * CHUNK, len(codes))):
        if codes[i] >= 0:
            for k in range(probabilities.shape[1]):
                occupancy[k, codes[i]] = probabilities[i, k]
