r"""One E+M step per covariance type, and the densities.

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

from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.kernels import mixture as kernels
from segmenter.engine.kernels.moments import FEW
from segmenter.engine.settings import Covariance
from segmenter.engine.threads import spread
from segmenter.engine.types import Mixture, SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from segmenter.engine.types import Features, Samples

EMPTY = 1e-10  # share of all pixels below which a component is empty and dropped
FAR = 1e9  # standard deviations of a feature: what float32 densities can bear


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """What the components may look like.

    Parameters
    ----------
    noise
        (D,) float64: R of equation (1), added to the variances in the M-step.
    weight
        (D,) float64: the power of every feature.
    noise_in_density
        Whether the trace term of (1) is part of the density; scikit-learn leaves it out.
    """

    covariance: Covariance
    noise: NDArray[np.float64]
    weight: NDArray[np.float64]
    noise_in_density: bool = True

    @property
    def is_diagonal(self) -> bool:
        """Whether covariances are diagonal."""
        return self.covariance in {Covariance.DIAG, Covariance.SPHERICAL}


class Moments(NamedTuple):
    """Sums over the samples, about the `centres`: what the M-step needs.

    ``counts`` (K,), ``first`` (K, D), ``second`` (K, D, D); float64.
    """

    centres: NDArray[np.float64]
    counts: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


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
        following = _m_steps(moments, form, samples.total)
        steps = zip(following, (values / samples.total).tolist(), strict=True)
        found |= zip(places, steps, strict=True)
    return [found[place] for place in range(len(mixtures))]


def e_step(samples: Samples, mixture: Mixture, form: Form) -> tuple[float, Moments]:
    """Return the log-likelihood of all pixels and the moments under the responsibilities."""
    values, moments = _e_steps(samples, [mixture], form)
    return float(values[0]), Moments(*(part[0] for part in moments))


def _e_steps(
    samples: Samples, mixtures: Sequence[Mixture], form: Form
) -> tuple[NDArray[np.float64], Moments]:
    """Return log-likelihoods and moments, (S,) and (S, ...), of S mixtures of one size."""
    components, features = mixtures[0].means.shape
    per_component = kernels.moment_count(features, is_diagonal=form.is_diagonal)
    chunks = kernels.chunk_count(samples.values.shape[1])
    sums = np.empty((len(mixtures), chunks, 1 + components * per_component))
    parameters, lost = kernel_parameters(_joined(mixtures), form)
    shape = (len(mixtures), components)
    shaped = [part.reshape(shape + part.shape[1:]) for part in parameters]
    spread(
        _compiled(features).em_sums, len(mixtures) * chunks, samples.values, samples.weights,
        samples.boxes, *shaped, form.is_diagonal, sums,
    )  # fmt: skip
    # Added row by row, so in chunk order, whoever computed a chunk.
    summed = np.add.reduce(sums, axis=1)
    table = summed[:, 1:].reshape(*shape, per_component)
    diagonal_only = kernels.sums_diagonal_only(features, is_diagonal=form.is_diagonal)
    second = _symmetric(table[:, :, 1 + features :], features, diagonal_only=diagonal_only)
    counts, first = table[:, :, 0], table[:, :, 1 : 1 + features]
    values = summed[:, 0] + np.einsum("sk,sk->s", counts, lost.reshape(shape))
    return values, Moments(shaped[0].astype(np.float64), counts, first, second)


def _joined(mixtures: Sequence[Mixture]) -> Mixture:
    if len(mixtures) == 1:
        return mixtures[0]
    return Mixture(
        np.concatenate([mixture.weights for mixture in mixtures]),
        np.concatenate([mixture.means for mixture in mixtures]),
        np.concatenate([mixture.covariances for mixture in mixtures]),
    )


def moments_of_labels(samples: Samples, labels: NDArray[np.integer]) -> Moments:
    """Return the moments of hard assignments: each sample belongs to one component, from 0."""
    components, features = int(labels.max()) + 1, len(samples.values)
    values = samples.values.astype(np.float64)

    def summed(per_sample: NDArray[np.float64]) -> NDArray[np.float64]:
        weighted = samples.weights * per_sample
        return np.bincount(labels, weighted, minlength=components).astype(np.float64)

    counts = summed(np.ones(values.shape[1]))
    sums = np.stack([summed(row) for row in values], axis=1)
    centres = sums / np.maximum(counts, 1e-300)[:, None]
    about = values - centres.T[:, labels]
    second = np.stack([[summed(a * b) for b in about] for a in about]).transpose(2, 0, 1)
    return Moments(centres, counts, np.zeros((components, features)), second)


def m_step(moments: Moments, form: Form, total: float) -> Mixture:
    """Return the mixture that maximises the expected log-likelihood; empty components go."""
    return _m_steps(Moments(*(part[None] for part in moments)), form, total)[0]


def _m_steps(moments: Moments, form: Form, total: float) -> list[Mixture]:
    """Do the M-step on (S, ...) moments of S mixtures."""
    alive = moments.counts > EMPTY * total
    if alive.all():
        return _maximised(moments, form)
    each = zip(alive, zip(*moments, strict=True), strict=True)
    return [
        _maximised(Moments(*(part[those][None] for part in parts)), form)[0]
        for those, parts in each
    ]


def _maximised(moments: Moments, form: Form) -> list[Mixture]:
    centres, counts, first, second = moments
    shift = first / counts[..., None]
    scatter = second / counts[..., None, None] - shift[..., :, None] * shift[..., None, :]
    covariances = _proper(_COVARIANCES[form.covariance](scatter, counts, form), form)
    weights = counts / counts.sum(axis=1, keepdims=True)
    return [Mixture(*parts) for parts in zip(weights, centres + shift, covariances, strict=True)]


# ---- Covariances from (S, K, D, D) scatters and (S, K) counts ------------------------------------


def _full(scatter: NDArray[np.float64], _: NDArray[np.float64], form: Form) -> NDArray[np.float64]:
    return scatter + np.diag(form.noise)


def _tied(
    scatter: NDArray[np.float64], counts: NDArray[np.float64], form: Form
) -> NDArray[np.float64]:
    share = counts / counts.sum(axis=1, keepdims=True)
    pooled = np.einsum("sk,skab->sab", share, scatter) + np.diag(form.noise)
    return np.broadcast_to(pooled[:, None], scatter.shape).copy()


def _diag(scatter: NDArray[np.float64], _: NDArray[np.float64], form: Form) -> NDArray[np.float64]:
    return _variances(scatter, form)[..., None] * np.eye(len(form.noise))


def _spherical(
    scatter: NDArray[np.float64], _: NDArray[np.float64], form: Form
) -> NDArray[np.float64]:
    variance = np.average(_variances(scatter, form), axis=-1, weights=form.weight)
    return variance[..., None, None] * np.eye(len(form.noise))


def _variances(scatter: NDArray[np.float64], form: Form) -> NDArray[np.float64]:
    variances: NDArray[np.float64] = np.diagonal(scatter, axis1=-2, axis2=-1)
    return np.maximum(variances, 0) + form.noise


_COVARIANCES: dict[
    Covariance, Callable[[NDArray[np.float64], NDArray[np.float64], Form], NDArray[np.float64]]
] = {
    Covariance.FULL: _full,
    Covariance.TIED: _tied,
    Covariance.DIAG: _diag,
    Covariance.SPHERICAL: _spherical,
}


def _proper(covariances: NDArray[np.float64], form: Form) -> NDArray[np.float64]:
    """Return (S, K, D, D) covariances, those that rounding made indefinite lifted."""
    if form.is_diagonal or _are_definite(covariances):
        return covariances
    return np.stack([part if _are_definite(part) else _lifted(part, form) for part in covariances])


def _are_definite(covariances: NDArray[np.float64]) -> bool:
    try:
        np.linalg.cholesky(covariances)
    except np.linalg.LinAlgError:
        return False
    return True


def _lifted(covariances: NDArray[np.float64], form: Form) -> NDArray[np.float64]:
    """Return (K, D, D) covariances with their eigenvalues raised to the least noise."""
    smallest = form.noise.min()
    if smallest <= 0:
        raise SegmenterError(
            "A component has collapsed to fewer dimensions than there are features. "
            "Use fewer components, a simpler covariance, or a larger regularisation."
        )
    lengths, axes = np.linalg.eigh(covariances)
    lengths = np.maximum(lengths, smallest)
    repaired: NDArray[np.float64] = np.einsum("kab,kb,kcb->kac", axes, lengths, axes)
    return (repaired + repaired.transpose(0, 2, 1)) / 2


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
    found = Posterior(
        np.empty((len(mixture), samples), np.float32),
        np.empty(samples, np.uint8),
        np.empty(samples, np.float64),
    )
    spread(
        _compiled(len(values)).posterior, kernels.chunk_count(samples), values,
        *kernel_parameters(mixture, form)[0], form.is_diagonal, *found,
    )  # fmt: skip
    return found


def _compiled(features: int) -> ModuleType:
    """Return the kernels for so many features; compiles or loads them when first asked for."""
    name = "few" if features <= FEW else "many"
    return import_module(f"{kernels.__package__}.{name}")


def to_file_units(mixture: Mixture, features: Features) -> Mixture:
    """Return the mixture of the unscaled features."""
    return Mixture(
        mixture.weights,
        mixture.means * features.scale + features.offset,
        mixture.covariances * np.outer(features.scale, features.scale),
        features.names,
    )


def to_scaled_units(mixture: Mixture, features: Features) -> Mixture:
    """Return the mixture of the centred and scaled features.

    Raises
    ------
    SegmenterError
        When the mixture was fitted on other features, or on values of another order of magnitude.
    """
    if mixture.features != features.names:
        raise SegmenterError(
            f"The mixture was fitted on features {', '.join(mixture.features)}, but this image "
            f"gives {', '.join(features.names)}. Choose the same features or fit anew."
        )
    means = (mixture.means - features.offset) / features.scale
    covariances = mixture.covariances / np.outer(features.scale, features.scale)
    lengths = np.sqrt(np.linalg.eigvalsh(covariances))
    if not (np.abs(means).max() < FAR and lengths.max() < FAR and lengths.min() > 1 / FAR):
        raise SegmenterError(
            "The mixture was fitted on values of quite another size than this image has. Fit anew."
        )
    return Mixture(mixture.weights, means, covariances, features.names)


def in_shape(mixture: Mixture, form: Form) -> Mixture:
    """Return the mixture with its covariances in the shape of `form`, as an M-step would."""
    bare = replace(form, noise=np.zeros_like(form.noise))
    shape = _COVARIANCES[form.covariance]
    covariances = shape(mixture.covariances[None], mixture.weights[None], bare)[0]
    return Mixture(mixture.weights, mixture.means, covariances, mixture.features)


def by_brightness(mixture: Mixture, features: Features) -> Mixture:
    """Return the mixture, in scaled units, ordered by brightness of the means; ties by area."""
    along = features.brightness * features.scale
    if not along.any():
        along = np.eye(1, len(along))[0]
    order = np.lexsort((-mixture.weights, mixture.means @ along))
    return Mixture(
        mixture.weights[order], mixture.means[order], mixture.covariances[order], mixture.features
    )


def _symmetric(
    sums: NDArray[np.float64], features: int, *, diagonal_only: bool
) -> NDArray[np.float64]:
    """Return (S, K, D, D) from the kernel's lower triangles or diagonals."""
    square = np.zeros((*sums.shape[:2], features, features))
    rows, columns = np.diag_indices(features) if diagonal_only else np.tril_indices(features)
    square[..., rows, columns] = sums
    square[..., columns, rows] = sums
    return square
