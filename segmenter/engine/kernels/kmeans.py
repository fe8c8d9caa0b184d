"""The nearest of a few centres, for every sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel(
    "void(Array(float32, 2, 'C', readonly=True), Array(float32, 2, 'C', readonly=True), uint8[::1])"
)
def _nearest(values, centres, labels):
    features, samples = values.shape
    for i in range(samples):
        smallest = np.float32(np.inf)
        for k in range(centres.shape[0]):
            distance = np.float32(0)
            for a in range(features):
                gap = values[a, i] - centres[k, a]
                distance += gap * gap
            if distance < smallest:
                smallest = distance
                labels[i] = np.uint8(k)


def nearest_centres(values: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return (samples,) uint8 the nearest of (K, features) centres, the first of equals."""
    labels = np.zeros(values.shape[1], np.uint8)
    _nearest(values, centres, labels)
    return labels
