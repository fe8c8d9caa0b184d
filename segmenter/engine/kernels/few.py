"""The pass over samples of up to three features; see `mixture`."""

from __future__ import annotations

from segmenter.engine.kernels import mixture
from segmenter.engine.kernels.compile import kernel


@kernel(mixture.EM_SUMS)
def em_sums(first, last, values, weights, boxes, centres, factors, constants, is_diagonal, sums):
    """Write the log-likelihoods and the moments of chunks `first` to `last` of some mixtures."""
    mixture.em_sums(
        first, last, values, weights, boxes, centres, factors, constants, is_diagonal, None, sums
    )


@kernel(mixture.POSTERIOR)
def posterior(
    first, last, values, centres, factors, constants, is_diagonal, out, labels, log_densities
):
    """Write p(component given sample), the most probable component and the log-density."""
    mixture.posterior(
        first, last, values, centres, factors, constants, is_diagonal, None, out, labels,
        log_densities,
    )  # fmt: skip
