r"""EM steps and the densities.

The log-density of component k is that of a Gaussian averaged over the rounding of the samples:

.. math:: \log f_k(x) = \log N(x; \mu_k, \Sigma_k) - \tfrac12 \mathrm{tr}(R \Sigma_k^{-1})     (1)

with R the diagonal variance of rounding (h^2/12 for values in steps of h, Sheppard 1898). Its
M-step is exactly :math:`\Sigma_k = S_k / N_k + R` (2), so every component stays proper, and the
log-likelihood never falls.

A feature's weight w raises its conditional density, given the features before it, to the power w.
The M-step stays the same, because each power only multiplies the terms that one group of parameters
maximises. A weight other than 1 makes it a composite likelihood (Varin, Reid and Firth 2011).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.conditional import added, completed, marginal
from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.kernels.moments import FEW
from segmenter.engine.maximise import Moments, m_step, m_steps
from segmenter.engine.threads import spread
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Samples


def em_step(samples: Samples, mixture: Mixture, form: Form) -> tuple[Mixture, float]:
    """Do one E-step and one M-step.

    Returns
    -------
    The next mixture, without components that became empty, and the log-likelihood per pixel of
    the mixture that was given.
    """
    return em_steps(samples, [mixture], form)[0]


def em_steps(
    samples: Samples, mixtures: Sequence[Mixture], form: Form
) -> list[tuple[Mixture, float]]:
    """Do one E+M step with each of some mixtures, those of one size side by side."""
    found: dict[int, tuple[Mixture, float]] = {}
    for size in {len(mixture) for mixture in mixtures}:
        places = [place for place, mixture in enumerate(mixtures) if len(mixture) == size]
        values, moments = _e_steps(samples, [mixtures[place] for place in places], form)
        following = _m_steps(moments, [mixtures[place] for place in places], form, samples.total)
        steps = zip(following, (values / samples.total).tolist(), strict=True)
        found |= zip(places, steps, strict=True)
    return [found[place] for place in range(len(mixtures))]


def _m_steps(
    moments: Moments, mixtures: Sequence[Mixture], form: Form, total: float
) -> list[Mixture]:
    if all(mixture.frozen is None for mixture in mixtures):
        return m_steps(moments, form, total, mixtures)
    each = zip(mixtures, zip(*moments, strict=True), strict=True)
    return [m_step(Moments(*parts), form, total, mixture) for mixture, parts in each]


def e_step(samples: Samples, mixture: Mixture, form: Form) -> tuple[float, Moments]:
    """Return the log-likelihood of all pixels and the moments under the responsibilities."""
    values, moments = _e_steps(samples, [mixture], form)
    return float(values[0]), Moments(*(part[0] for part in moments))


def _e_steps(
    samples: Samples, mixtures: Sequence[Mixture], form: Form
) -> tuple[NDArray[np.float64], Moments]:
    """Return log-likelihoods and moments, (S,) and (S, ...), of S mixtures of one size."""
    if samples.patterns:
        return _e_steps_of_parts(samples, mixtures, form)
    components, features = mixtures[0].means.shape
    per_component = kernels.moment_count(features, is_diagonal=form.is_diagonal)
    chunks = kernels.chunk_count(samples.values.shape[1])
    sums = np.empty((len(mixtures), chunks, 1 + components * per_component))
    parameters, lost = kernel_parameters(_joined(mixtures), form)
    shape = (len(mixtures), components)
    shaped = [part.reshape(shape + part.shape[1:]) for part in parameters]
    spread(
        compiled_for(features).em_sums, len(mixtures) * chunks, samples.values, samples.weights,
        samples.boxes, *shaped, form.is_diagonal, sums,
    )  # fmt: skip
    # Added row by row, so in chunk order, whoever computed a chunk.
    summed = np.add.reduce(sums, axis=1)
    table = summed[:, 1:].reshape(*shape, per_component)
    diagonal_only = kernels.sums_diagonal_only(features, is_diagonal=form.is_diagonal)
    second = symmetric(table[:, :, 1 + features :], features, diagonal_only=diagonal_only)
    counts, first = table[:, :, 0], table[:, :, 1 : 1 + features]
    values = summed[:, 0] + np.einsum("sk,sk->s", counts, lost.reshape(shape))
    return values, Moments(shaped[0].astype(np.float64), counts, first, second)


def _e_steps_of_parts(
    samples: Samples, mixtures: Sequence[Mixture], form: Form
) -> tuple[NDArray[np.float64], Moments]:
    """Return what `_e_steps` does, from samples of which some features are missing."""
    joined, size = _joined(mixtures), len(mixtures[0])
    values = np.zeros(len(mixtures))
    summed: Moments | None = None
    for part, (observed, _, _) in zip(samples.parts, samples.patterns, strict=True):
        seen, seen_form = marginal(joined, observed, form)
        each = [_taken(seen, slice(k, k + size)) for k in range(0, len(joined), size)]
        found, moments = _e_steps(part, each, seen_form)
        flat = Moments(*(sums.reshape(len(joined), *sums.shape[2:]) for sums in moments))
        whole = completed(flat, joined, observed, form)
        values += found
        summed = whole if summed is None else added(summed, whole)
    assert summed is not None
    shaped = (sums.reshape(len(mixtures), size, *sums.shape[1:]) for sums in summed)
    return values, Moments(*shaped)


def _taken(mixture: Mixture, which: slice) -> Mixture:
    return Mixture(mixture.weights[which], mixture.means[which], mixture.covariances[which])


def _joined(mixtures: Sequence[Mixture]) -> Mixture:
    if len(mixtures) == 1:
        return mixtures[0]
    return Mixture(
        np.concatenate([mixture.weights for mixture in mixtures]),
        np.concatenate([mixture.means for mixture in mixtures]),
        np.concatenate([mixture.covariances for mixture in mixtures]),
    )


class KernelParameters(NamedTuple):
    """A mixture as the kernels take it: centres (K, D), factors (K, D, D), constants (K,)."""

    centres: NDArray[np.float32]
    factors: NDArray[np.float32]
    constants: NDArray[np.float32]


def kernel_parameters(mixture: Mixture, form: Form) -> tuple[KernelParameters, NDArray[np.float64]]:
    """Return the parameters of the kernels, and what each constant lost by rounding, in nats."""
    lower = np.linalg.cholesky(mixture.covariances)
    factors = np.tril(np.linalg.inv(lower))
    # Half a square in natural logarithms is a whole one in binary ones of these rows.
    to_rows = np.sqrt(form.weight / 2 / kernels.LN_2)
    rows = (factors * to_rows[:, None]).astype(np.float32)
    # The determinant of the factors as rounded, so that densities still integrate to one.
    rounded = np.diagonal(rows, axis1=1, axis2=2) / to_rows
    per_feature = np.log(rounded) - 0.5 * np.log(2 * np.pi)
    if form.noise_in_density:
        # Row a of the factor squared, times R: the trace term of (1), feature by feature.
        per_feature = per_feature - 0.5 * (factors**2) @ form.noise
    with np.errstate(divide="ignore"):
        exact = np.log(mixture.weights) + per_feature @ form.weight
    exact = np.maximum(exact / kernels.LN_2, -1e30)
    constants = exact.astype(np.float32)
    centres = np.ascontiguousarray(mixture.means, np.float32)
    lost = (exact - constants) * kernels.LN_2
    return KernelParameters(centres, rows, constants), lost


class Posterior(NamedTuple):
    """What a mixture says of every sample.

    ``responsibilities`` (K, samples) float32; ``labels`` (samples,) uint8 the most probable
    component, from 0; ``log_densities`` (samples,) float64.
    """

    responsibilities: NDArray[np.float32]
    labels: NDArray[np.uint8]
    log_densities: NDArray[np.float64]


def posterior(values: NDArray[np.float32], mixture: Mixture, form: Form) -> Posterior:
    """Return responsibilities, labels and log-densities of (D, samples) values."""
    samples = values.shape[1]
    found = _empty_posterior(len(mixture), samples)
    spread(
        compiled_for(len(values)).posterior, kernels.chunk_count(samples), values,
        *kernel_parameters(mixture, form)[0], form.is_diagonal, *found,
    )  # fmt: skip
    return found


def _empty_posterior(components: int, samples: int) -> Posterior:
    return Posterior(
        np.empty((components, samples), np.float32),
        np.empty(samples, np.uint8),
        np.empty(samples, np.float64),
    )


def posterior_of(samples: Samples, mixture: Mixture, form: Form) -> Posterior:
    """Return responsibilities, labels and log-densities of samples, from what is known of them."""
    if not samples.patterns:
        return posterior(samples.values, mixture, form)
    found = _empty_posterior(len(mixture), len(samples.weights))
    for part, (observed, first, last) in zip(samples.parts, samples.patterns, strict=True):
        seen = posterior(part.values, *marginal(mixture, observed, form))
        found.responsibilities[:, first:last] = seen.responsibilities
        found.labels[first:last] = seen.labels
        found.log_densities[first:last] = seen.log_densities
    return found


def class_posterior(samples: Samples, mixture: Mixture, form: Form) -> Posterior:
    """Return responsibilities and labels of classes, and log-densities, of samples."""
    found = posterior_of(samples, mixture, form)
    if mixture.class_count == len(mixture) and (np.diff(mixture.classes) == 1).all():
        return found
    summed = np.zeros((mixture.class_count, len(found.labels)), np.float32)
    for number, row in zip(mixture.classes, found.responsibilities, strict=True):
        summed[number] += row
    labels = np.argmax(summed, axis=0).astype(np.uint8)
    return Posterior(summed, labels, found.log_densities)


def compiled_for(features: int) -> ModuleType:
    """Return the kernels for so many features; compiles or loads them when first asked for."""
    name = "few" if features <= FEW else "many"
    return import_module(f"{kernels.__package__}.{name}")


def symmetric(
    sums: NDArray[np.float64], features: int, *, diagonal_only: bool
) -> NDArray[np.float64]:
    """Return (S, K, D, D) from the kernel's lower triangles or diagonals."""
    square = np.zeros((*sums.shape[:2], features, features))
    rows, columns = np.diag_indices(features) if diagonal_only else np.tril_indices(features)
    square[..., rows, columns] = sums
    square[..., columns, rows] = sums
    return square
