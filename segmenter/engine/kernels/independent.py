"""The E-step over classes of pixels that know nothing of each other."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import SUMS, kernel
from segmenter.engine.kernels.functions import exp2, log2
from segmenter.engine.kernels.mixture import CHUNK, LN_2

_IN1 = "Array(float32, 1, 'C', readonly=True)"
_IN2 = "Array(float32, 2, 'C', readonly=True)"


@kernel(f"void(int64, int64, {_IN2}, {_IN1}, {_IN1}, float32[:, ::1], float64[::1])", SUMS)
def expect(first, last, table, shares, counts, occupancy, values):
    """Write how many pixels of each class show every sample of chunks `first` to `last`.

    Parameters
    ----------
    table
        (samples, classes) float32: log2 p(sample given class), at most 0.
    shares
        (classes,) float32: log2 of the classes' shares.
    counts
        (samples,) float32: how many pixels show a sample.
    occupancy
        (classes, samples) float32: counts times p(class given sample).
    values
        (chunks,) float64: the log-likelihood in nats.
    """
    samples, classes = table.shape
    for chunk in range(first, last):
        value = 0.0
        for i in range(chunk * CHUNK, min((chunk + 1) * CHUNK, samples)):
            largest = np.float32(-np.inf)
            for c in range(classes):
                largest = max(largest, table[i, c] + shares[c])
            total = np.float32(0)
            for c in range(classes):
                e = exp2(table[i, c] + shares[c] - largest)
                occupancy[c, i] = e
                total += e
            scale = counts[i] / total
            for c in range(classes):
                occupancy[c, i] *= scale
            value += np.float64(counts[i]) * (np.float64(largest) + log2(total))
        values[chunk] = LN_2 * value
