"""The M-step: from moments to the mixture that maximises the expected log-likelihood."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from segmenter.engine.types import Samples

EMPTY = 1e-10  # share of all pixels below which a component is empty and dropped


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


def m_step(moments: Moments, form: Form, total: float, before: Mixture | None = None) -> Mixture:
    """Return the mixture that maximises the expected log-likelihood; empty components go.

    Parameters
    ----------
    before
        The mixture that the moments are of: its classes stay, and what is frozen in it.
    """
    frozen = None if before is None else before.frozen
    if frozen is not None:
        # About its own mean a frozen component is no farther than it is.
        moments = moments._replace(first=np.where(frozen[:, None], 0.0, moments.first))
    alone = Moments(*(part[None] for part in moments))
    found = m_steps(alone, form, total, () if before is None else (before,))[0]
    if before is None or frozen is None:
        return found
    kept = before.taken(moments.counts > EMPTY * total)
    assert kept.frozen is not None
    means = np.where(kept.frozen[:, None], kept.means, found.means)
    covariances = found.covariances
    if form.covariance is not Covariance.TIED:
        covariances = np.where(kept.frozen[:, None, None], kept.covariances, covariances)
    return replace(found, means=means, covariances=covariances, frozen=kept.frozen)


def m_steps(
    moments: Moments, form: Form, total: float, before: Sequence[Mixture] = ()
) -> list[Mixture]:
    """Do the M-step on (S, ...) moments of S mixtures, whose classes stay if they are given."""
    alive = moments.counts > EMPTY * total
    if alive.all():
        return _maximised(moments, form, before)
    living = (
        Moments(*(part[those][None] for part in parts))
        for those, parts in zip(alive, zip(*moments, strict=True), strict=True)
    )
    if not before:
        return [_maximised(one, form)[0] for one in living]
    kept = (mixture.taken(those) for those, mixture in zip(alive, before, strict=True))
    return [_maximised(one, form, (rest,))[0] for one, rest in zip(living, kept, strict=True)]


def _maximised(moments: Moments, form: Form, before: Sequence[Mixture] = ()) -> list[Mixture]:
    centres, counts, first, second = moments
    shift = first / counts[..., None]
    scatter = second / counts[..., None, None] - shift[..., :, None] * shift[..., None, :]
    covariances = _proper(_COVARIANCES[form.covariance](scatter, counts, form), form)
    weights = counts / counts.sum(axis=1, keepdims=True)
    found = zip(weights, centres + shift, covariances, strict=True)
    if not before:
        return [Mixture(*parts) for parts in found]
    each = zip(found, before, strict=True)
    return [Mixture(*parts, classes=mixture.classes) for parts, mixture in each]


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


def in_shape(mixture: Mixture, form: Form) -> Mixture:
    """Return the mixture with its covariances in the shape of `form`, as an M-step would."""
    bare = replace(form, noise=np.zeros_like(form.noise))
    shape = _COVARIANCES[form.covariance]
    covariances = shape(mixture.covariances[None], mixture.weights[None], bare)[0]
    return replace(mixture, covariances=covariances)
