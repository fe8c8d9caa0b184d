"""The pass over samples of four or more features; see `mixture`."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels import mixture
from segmenter.engine.kernels.compile import kernel
from segmenter.engine.types import BLOCK


@kernel(mixture.EM_SUMS)
def em_sums(first, last, values, weights, boxes, centres, factors, constants, is_diagonal, sums):
    """Write the log-likelihoods and the moments of chunks `first` to `last` of some mixtures."""
    scratch = np.empty((4, BLOCK), np.float32)
    mixture.em_sums(
        first, last, values, weights, boxes, centres, factors, constants, is_diagonal, scratch, sums
    )


@kernel(mixture.POSTERIOR)
def posterior(
    first, last, values, centres, factors, constants, is_diagonal, out, labels, log_densities
):
    """Write p(component given sample), the most probable component and the log-density."""
    scratch = np.empty((4, BLOCK), np.float32)
    mixture.posterior(
        first, last, values, centres, factors, constants, is_diagonal, scratch, out, labels,
        log_densities,
    )  # fmt: skip
