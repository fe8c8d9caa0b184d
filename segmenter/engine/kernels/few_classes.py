"""EM steps over classes, for samples of up to three features; see `classes`."""

from __future__ import annotations

from segmenter.engine.kernels import classes as bodies
from segmenter.engine.kernels.compile import kernel


@kernel(bodies.EMISSION)
def emission(
    first, last, values, centres, factors, constants, classes, noise, is_diagonal, table, largest
):
    """Write log2 p(sample given class) of chunks `first` to `last`."""
    bodies.emission(
        first, last, values, centres, factors, constants, classes, noise, is_diagonal, None, table,
        largest,
    )  # fmt: skip


@kernel(bodies.CLASS_MOMENTS)
def class_moments(
    first, last, values, centres, factors, constants, classes, occupancy, is_diagonal, sums
):
    """Write the moments of components, whose classes have given parts of every sample."""
    bodies.class_moments(
        first, last, values, centres, factors, constants, classes, occupancy, is_diagonal, None,
        sums,
    )  # fmt: skip
