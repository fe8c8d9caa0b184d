"""One pass over the samples: the E-step, and the sums that the M-step needs.

`few` and `many` compile it for up to three and for more features, each when first asked for.

A chunk is a fixed range of samples with its own row of float64 sums; it is worked through in blocks
that stay in the first-level cache. Rows are added in chunk order by the caller, so the bits do not
depend on who computed which chunk.

Parameters are given in the form that the inner loop needs, for binary logarithms. For component k:
``centres[k]`` is the mean; ``factors[k]`` is the inverse Cholesky factor F of the covariance (lower
triangular), its rows scaled so that the binary log-density is ``constants[k]`` - |F (x - mean)|^2.

A component is left out of a block where it hardly matters. The samples of a block lie in a box, and
over a box |F (x - mean)|^2 lies between bounds, row by row. Where the largest log joint that a
component can have is `NEGLIGIBLE` below the smallest that some component must have, its
responsibility for every sample of the block is below 2^`NEGLIGIBLE`, half a last digit of a float32
1, and it is taken as 0.
"""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, inlined
from segmenter.engine.kernels.densities import log_joint
from segmenter.engine.kernels.functions import exp2, log2
from segmenter.engine.kernels.moments import FEW, add_moments
from segmenter.engine.types import BLOCK

CHUNK = 4096
NEGLIGIBLE = -25.0  # binary logarithm of a responsibility
LN_2 = np.log(2)
_LOWEST = np.float32(-np.inf)

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"
_IN3 = "Array(float32, 3, 'C', readonly=True)"
_IN4 = "Array(float32, 4, 'C', readonly=True)"
EM_SUMS = (
    f"void(int64, int64, {_IN2}, {_IN1}, {_IN3}, {_IN3}, {_IN4}, {_IN2}, boolean,"
    " float64[:, :, ::1])"
)
POSTERIOR = (
    f"void(int64, int64, {_IN2}, {_IN2}, {_IN3}, {_IN1}, boolean,"
    " float32[:, ::1], uint8[::1], float64[::1])"
)


@inlined()
def _matter(low, high, centres, factors, constants, highest, active):
    """Write the numbers of the components that matter in a box; return how many do.

    `highest` is float64 room for one number per component.
    """
    components, features = centres.shape
    surpassed = -np.inf
    for k in range(components):
        least = most = 0.0
        for a in range(features):
            middle = reach = 0.0
            for b in range(a + 1):
                f = np.float64(factors[k, a, b])
                bottom, top = np.float64(low[b]), np.float64(high[b])
                middle += f * ((bottom + top) / 2 - np.float64(centres[k, b]))
                reach += abs(f) * (top - bottom) / 2
            nearest, farthest = max(0.0, abs(middle) - reach), abs(middle) + reach
            least += nearest * nearest
            most += farthest * farthest
        highest[k] = constants[k] - least
        surpassed = max(surpassed, constants[k] - most)
    found = 0
    for k in range(components):
        if highest[k] >= surpassed + NEGLIGIBLE:
            active[found] = k
            found += 1
    return found


@inlined()
def _posterior(joint, count, largest, total):
    """Turn log joints (components, block) into 2^(joint - largest); sum them into `total`."""
    for i in range(count):
        total[i] = np.float32(0)
    for k in range(joint.shape[0]):
        row = joint[k]
        for i in range(count):
            e = exp2(row[i] - largest[i])
            row[i] = e
            total[i] += e


@inlined()
def _label(joint, count, largest, labels):
    """Write the component with the largest log joint, the first of equals."""
    last = joint.shape[0] - 1
    for i in range(count):
        labels[i] = np.uint8(last)
    for k in range(last - 1, -1, -1):
        row = joint[k]
        for i in range(count):
            labels[i] = np.uint8(k) if row[i] == largest[i] else labels[i]


@inlined(SUMS)
def _log_likelihood(largest, total, weights, count):
    """Return the weighted sum of the binary log-likelihoods of a block."""
    summed = 0.0
    for i in range(count):
        value = np.float64(largest[i]) + log2(total[i])
        summed += np.float64(weights[i]) * value
    return summed


@inlined()
def em_sums(
    first, last, values, weights, boxes, centres, factors, constants, is_diagonal, scratch, sums
):  # fmt: skip
    """Write the log-likelihoods and the moments of chunks `first` to `last` of some mixtures.

    Chunks are counted on from one of S mixtures to the next.

    Parameters
    ----------
    values, weights
        (features, samples) and (samples,) float32.
    boxes
        (2, blocks, features) float32: the smallest and the largest values of every block.
    centres, factors, constants
        (S, K, D), (S, K, D, D), (S, K) float32, see the module.
    is_diagonal
        Whether factors are diagonal; then only the diagonal second moments are summed.
    scratch
        (4, block) float32 to work in; None for up to `FEW` features, which need none.
    sums
        (S, chunks, 1 + K * M) float64: the log-likelihood, then per component the sum of
        responsibilities, the D first and the second moments about the centre (M in all, see
        `moment_count`).
    """
    samples = values.shape[1]
    components, chunks = centres.shape[1], sums.shape[1]
    moments = (sums.shape[2] - 1) // components
    active = np.empty(components, np.int64)
    highest = np.empty(components, np.float64)
    joint = np.empty((components, BLOCK), np.float32)
    largest = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    for number in range(first, last):
        m, chunk = number // chunks, number % chunks
        row = sums[m, chunk]
        row[:] = 0.0
        for start in range(chunk * CHUNK, min((chunk + 1) * CHUNK, samples), BLOCK):
            count = min(BLOCK, samples - start)
            weight = weights[start : start + count]
            low, high = boxes[0, start // BLOCK], boxes[1, start // BLOCK]
            found = _matter(low, high, centres[m], factors[m], constants[m], highest, active)
            for i in range(count):
                largest[i] = _LOWEST
            for j in range(found):
                k = active[j]
                log_joint(
                    values, start, count, centres[m, k], factors[m, k], constants[m, k],
                    is_diagonal, joint[j], largest, scratch,
                )  # fmt: skip
            _posterior(joint[:found], count, largest, total)
            row[0] += LN_2 * _log_likelihood(largest, total, weight, count)
            for i in range(count):
                total[i] = weight[i] / total[i]
            for j in range(found):
                k = active[j]
                place = 1 + k * moments
                add_moments(
                    values, start, count, centres[m, k], joint[j], total, is_diagonal, scratch,
                    row[place : place + moments],
                )  # fmt: skip


@inlined()
def posterior(
    first, last, values, centres, factors, constants, is_diagonal, scratch, out, labels,
    log_densities,
):  # fmt: skip
    """Write p(component given sample), the most probable component and the log-density.

    Parameters are those of `em_sums`; `out` is (K, samples) float32, `labels` (samples,) uint8
    from 0, `log_densities` (samples,) float64.
    """
    samples = values.shape[1]
    components = centres.shape[0]
    joint = np.empty((components, BLOCK), np.float32)
    largest = np.empty(BLOCK, np.float32)
    total = np.empty(BLOCK, np.float32)
    for start in range(first * CHUNK, min(last * CHUNK, samples), BLOCK):
        count = min(BLOCK, samples - start)
        for i in range(count):
            largest[i] = _LOWEST
        for k in range(components):
            log_joint(
                values, start, count, centres[k], factors[k], constants[k], is_diagonal,
                joint[k], largest, scratch,
            )  # fmt: skip
        _label(joint, count, largest, labels[start : start + count])
        _posterior(joint, count, largest, total)
        for i in range(count):
            value = np.float64(largest[i]) + log2(total[i])
            log_densities[start + i] = LN_2 * value
            total[i] = np.float32(1) / total[i]
        for k in range(components):
            for i in range(count):
                out[k, start + i] = joint[k, i] * total[i]


def chunk_count(samples: int) -> int:
    """Return how many chunks `samples` samples make."""
    return -(-samples // CHUNK)


def moment_count(features: int, *, is_diagonal: bool) -> int:
    """Return how many sums `em_sums` makes per component."""
    diagonal_only = sums_diagonal_only(features, is_diagonal=is_diagonal)
    return 1 + features + (features if diagonal_only else features * (features + 1) // 2)


def sums_diagonal_only(features: int, *, is_diagonal: bool) -> bool:
    """Whether `em_sums` leaves out the products of different features."""
    return is_diagonal and features > FEW
