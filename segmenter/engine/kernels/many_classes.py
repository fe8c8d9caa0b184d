"""EM steps over classes, for samples of four or more features; see `classes`."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels import classes as bodies
from segmenter.engine.kernels.compile import kernel
from segmenter.engine.types import BLOCK


@kernel(bodies.EMISSION)
def emission(
    first, last, values, centres, factors, constants, classes, noise, is_diagonal, table, largest
):
    """Write log2 p(sample given class) of chunks `first` to `last`."""
    scratch = np.empty((4, BLOCK), np.float32)
    bodies.emission(
        first, last, values, centres, factors, constants, classes, noise, is_diagonal, scratch,
        table, largest,
    )  # fmt: skip


@kernel(bodies.CLASS_MOMENTS)
def class_moments(
    first, last, values, centres, factors, constants, classes, occupancy, is_diagonal, sums
):
    """Write the moments of components, whose classes have given parts of every sample."""
    scratch = np.empty((4, BLOCK), np.float32)
    bodies.class_moments(
        first, last, values, centres, factors, constants, classes, occupancy, is_diagonal, scratch,
        sums,
    )  # fmt: skip
