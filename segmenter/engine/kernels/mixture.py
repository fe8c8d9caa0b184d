"""One pass over the samples: the E-step, and the sums that the M-step needs.

A chunk is a fixed range of samples with its own row of float64 sums; it is worked through in blocks
that stay in the first-level cache. Rows are added in chunk order by the caller, so the bits do not
depend on who computed which chunk.

Parameters are given in the form that the inner loop needs. For component k:
``centres[k]`` is the mean; ``factors[k]`` is the inverse Cholesky factor of the covariance (lower
triangular), its rows scaled by the square root of the features' weights; ``constants[k]`` is
everything in the log-density that does not depend on the sample.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, inlined, kernel
from segmenter.engine.kernels.functions import exp32, log64

CHUNK = 4096
BLOCK = 512
HALF = np.float32(0.5)

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"
_IN3 = "Array(float32, 3, 'C', readonly=True)"


@inlined()
def _log_joint_diagonal(values, start, count, centre, factor, constant, out):
    for i in range(count):
        out[i] = constant
    for a in range(values.shape[0]):
        x, c, f = values[a, start : start + count], centre[a], factor[a, a]
        for i in range(count):
            d = (x[i] - c) * f
            out[i] -= HALF * d * d


@inlined()
def _log_joint_of_three(values, start, count, centre, factor, constant, out):
    """Do as `_log_joint_full` for three features with everything in registers."""
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
def _log_joint_full(values, start, count, centre, factor, constant, out, scratch):
    for i in range(count):
        out[i] = constant
    for a in range(values.shape[0]):
        for i in range(count):
            scratch[i] = np.float32(0)
        for b in range(a + 1):
            x, c, f = values[b, start : start + count], centre[b], factor[a, b]
            for i in range(count):
                scratch[i] += f * (x[i] - c)
        for i in range(count):
            out[i] -= HALF * scratch[i] * scratch[i]


@inlined()
def _log_joint(values, start, count, centre, factor, constant, is_diagonal, out, scratch):
    """Write log(weight * density) of `count` samples under one component."""
    if is_diagonal:
        _log_joint_diagonal(values, start, count, centre, factor, constant, out)
    elif values.shape[0] == 3:
        _log_joint_of_three(values, start, count, centre, factor, constant, out)
    else:
        _log_joint_full(values, start, count, centre, factor, constant, out, scratch)


@inlined()
def _posterior(joint, count, largest, total):
    """Turn log joints (components, block) into exp(joint - largest); sum them into `total`."""
    components = joint.shape[0]
    first = joint[0]
    for i in range(count):
        largest[i] = first[i]
        total[i] = np.float32(0)
    for k in range(1, components):
        row = joint[k]
        for i in range(count):
            largest[i] = max(largest[i], row[i])
    for k in range(components):
        row = joint[k]
        for i in range(count):
            e = exp32(row[i] - largest[i])
            row[i] = e
            total[i] += e


@inlined()
def _label(joint, count, best, labels):
    """Write the component with the largest log joint, the first of equals."""
    for i in range(count):
        best[i] = joint[0, i]
        labels[i] = np.uint8(0)
    for k in range(1, joint.shape[0]):
        row = joint[k]
        for i in range(count):
            better = row[i] > best[i]
            labels[i] = np.uint8(k) if better else labels[i]
            best[i] = row[i] if better else best[i]


@inlined(SUMS)
def _log_likelihood(largest, total, weights, count):
    """Return the weighted sum of log-likelihoods of a block."""
    summed = 0.0
    for i in range(count):
        summed += np.float64(weights[i]) * (np.float64(largest[i]) + log64(total[i]))
    return summed


@inlined(SUMS)
def _add_moments_of_three(values, start, count, centre, r, sums):
    """Do as `_add_moments` for three features with all ten sums in registers."""
    x0 = values[0, start : start + count]
    x1 = values[1, start : start + count]
    x2 = values[2, start : start + count]
    c0, c1, c2 = centre[0], centre[1], centre[2]
    zero = np.float32(0)
    n = s0 = s1 = s2 = zero
    q00 = q10 = q11 = q20 = q21 = q22 = zero
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
    sums[0] += n
    sums[1] += s0
    sums[2] += s1
    sums[3] += s2
    sums[4] += q00
    sums[5] += q10
    sums[6] += q11
    sums[7] += q20
    sums[8] += q21
    sums[9] += q22


@inlined(SUMS)
def _add_moments(values, start, count, centre, r, is_diagonal, y, sums):
    """Add sum r, sum r (x - centre), and sum r (x - centre)(x - centre)^T to `sums`."""
    features = values.shape[0]
    if features == 3 and not is_diagonal:
        _add_moments_of_three(values, start, count, centre, r, sums)
        return
    n = np.float32(0)
    for i in range(count):
        n += r[i]
    sums[0] += np.float64(n)
    place = 1 + features
    for a in range(features):
        x, c = values[a, start : start + count], centre[a]
        s = np.float32(0)
        for i in range(count):
            y[i] = r[i] * (x[i] - c)
            s += y[i]
        sums[1 + a] += np.float64(s)
        for b in range(a if is_diagonal else 0, a + 1):
            other, oc = values[b, start : start + count], centre[b]
            q = np.float32(0)
            for i in range(count):
                q += y[i] * (other[i] - oc)
            sums[place] += np.float64(q)
            place += 1


@kernel(f"void(int64, int64, {_IN2}, {_IN1}, {_IN2}, {_IN3}, {_IN1}, boolean, float64[:, ::1])")
def em_sums(first, last, values, weights, centres, factors, constants, is_diagonal, sums):
    """Write the log-likelihood and the moments of chunks `first` to `last`.

    Parameters
    ----------
    values, weights
        (features, samples) and (samples,) float32.
    centres, factors, constants
        (K, D), (K, D, D), (K,) float32, see the module.
    is_diagonal
        Whether factors are diagonal; then only the diagonal second moments are summed.
    sums
        (chunks, 1 + K * M) float64: the log-likelihood, then per component the sum of
        responsibilities, the D first and the second moments about the centre, row by row of the
        lower triangle (M = 1 + D + D (D + 1) / 2, or 1 + 2 D when diagonal).
    """
    samples = values.shape[1]
    components = centres.shape[0]
    moments = (sums.shape[1] - 1) // components
    joint = np.empty((components, BLOCK), np.float32)
    largest = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    scratch = np.empty(BLOCK, np.float32)
    for chunk in range(first, last):
        row = sums[chunk]
        row[:] = 0.0
        for start in range(chunk * CHUNK, min((chunk + 1) * CHUNK, samples), BLOCK):
            count = min(BLOCK, samples - start)
            weight = weights[start : start + count]
            for k in range(components):
                _log_joint(
                    values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                    joint[k], scratch,
                )  # fmt: skip
            _posterior(joint, count, largest, total)
            row[0] += _log_likelihood(largest, total, weight, count)
            for i in range(count):
                total[i] = weight[i] / total[i]
            for k in range(components):
                r = joint[k]
                for i in range(count):
                    r[i] *= total[i]
                place = 1 + k * moments
                _add_moments(
                    values, start, count, centres[k], r, is_diagonal, scratch,
                    row[place : place + moments],
                )  # fmt: skip


@kernel(
    f"void(int64, int64, {_IN2}, {_IN2}, {_IN3}, {_IN1}, boolean,"
    " float32[:, ::1], uint8[::1], float64[::1])"
)
def posterior(
    first, last, values, centres, factors, constants, is_diagonal, out, labels, log_densities
):
    """Write p(component given sample), the most probable component and the log-density.

    Parameters are those of `em_sums`; `out` is (K, samples) float32, `labels` (samples,) uint8
    from 0, `log_densities` (samples,) float64.
    """
    samples = values.shape[1]
    components = centres.shape[0]
    joint = np.empty((components, BLOCK), np.float32)
    largest = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    scratch = np.empty(BLOCK, np.float32)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        for k in range(components):
            _log_joint(
                values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                joint[k], scratch,
            )  # fmt: skip
        _label(joint, count, scratch, labels[start : start + count])
        _posterior(joint, count, largest, total)
        for i in range(count):
            log_densities[start + i] = np.float64(largest[i]) + log64(total[i])
            total[i] = np.float32(1) / total[i]
        for k in range(components):
            for i in range(count):
                out[k, start + i] = joint[k, i] * total[i]


@kernel(f"void(int64, int64, {_IN2}, {_IN2}, {_IN3}, {_IN1}, boolean, uint8[::1])")
def most_probable(first, last, values, centres, factors, constants, is_diagonal, labels):
    """Write the most probable component of every sample, from 0: `posterior` without exp."""
    samples = values.shape[1]
    components = centres.shape[0]
    joint = np.empty((components, BLOCK), np.float32)
    scratch = np.empty(BLOCK, np.float32)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        for k in range(components):
            _log_joint(
                values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                joint[k], scratch,
            )  # fmt: skip
        _label(joint, count, scratch, labels[start : start + count])


def chunk_count(samples: int) -> int:
    """Return how many chunks `samples` samples make."""
    return -(-samples // CHUNK)
