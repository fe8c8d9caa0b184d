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
from segmenter.engine.kernels.densities import log_joint
from segmenter.engine.kernels.functions import exp32, log64
from segmenter.engine.kernels.moments import FEW, add_moments

CHUNK = 4096
BLOCK = 512

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"
_IN3 = "Array(float32, 3, 'C', readonly=True)"


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
        responsibilities, the D first and the second moments about the centre (M in all, see
        `moment_count`).
    """
    samples = values.shape[1]
    components = centres.shape[0]
    moments = (sums.shape[1] - 1) // components
    joint = np.empty((components, BLOCK), np.float32)
    largest = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    gaps = np.empty((values.shape[0], BLOCK), np.float32)
    scratch = np.empty(BLOCK, np.float32)
    for chunk in range(first, last):
        row = sums[chunk]
        row[:] = 0.0
        for start in range(chunk * CHUNK, min((chunk + 1) * CHUNK, samples), BLOCK):
            count = min(BLOCK, samples - start)
            weight = weights[start : start + count]
            for k in range(components):
                log_joint(
                    values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                    joint[k], gaps, scratch,
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
                add_moments(
                    values, start, count, centres[k], r, is_diagonal, gaps, scratch,
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
    gaps = np.empty((values.shape[0], BLOCK), np.float32)
    scratch = np.empty(BLOCK, np.float32)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        for k in range(components):
            log_joint(
                values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                joint[k], gaps, scratch,
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
    gaps = np.empty((values.shape[0], BLOCK), np.float32)
    scratch = np.empty(BLOCK, np.float32)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        for k in range(components):
            log_joint(
                values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                joint[k], gaps, scratch,
            )  # fmt: skip
        _label(joint, count, scratch, labels[start : start + count])


def chunk_count(samples: int) -> int:
    """Return how many chunks `samples` samples make."""
    return -(-samples // CHUNK)


def moment_count(features: int, *, is_diagonal: bool) -> int:
    """Return how many sums `em_sums` makes per component."""
    return (
        1
        + features
        + (
            features
            if sums_diagonal_only(features, is_diagonal=is_diagonal)
            else features * (features + 1) // 2
        )
    )


def sums_diagonal_only(features: int, *, is_diagonal: bool) -> bool:
    """Whether `em_sums` leaves out the products of different features."""
    return is_diagonal and features > FEW
