r"""Components of which only some features are seen: their marginal, and what it says of the rest.

With o the observed and m the missing features, :math:`B = \Sigma_{:o} \Sigma_{oo}^{-1}` and
:math:`C = \Sigma - B \Sigma_{o:}` (Ghahramani and Jordan 1994, section 3), the expectation of a
whole sample is :math:`\mu + B (x_o - \mu_o)`, and C is the covariance about it. Both are linear in
the sample, so the moments of the whole samples follow from those of their observed features (1).

Features with a weight, see `mixture`, make a component a Gaussian times a constant, whose
covariance is :math:`(F^T W F)^{-1}`, F being the inverse Cholesky factor and W the weights.
It is at most 1: a larger power of what hangs on missing values has no highest likelihood.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.maximise import Form, Moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Mixture


def marginal(mixture: Mixture, observed: NDArray[np.bool_], form: Form) -> tuple[Mixture, Form]:
    """Return the mixture of the observed features, and its form, in which no feature has a weight.

    The weights of the components hold the constants of weighted features, so that they need not
    sum to 1. The noise class is taken to be as wide along one feature as along another.

    Parameters
    ----------
    observed
        (D,) bool.
    """
    seen = np.flatnonzero(observed)
    covariances, constants = _gaussians(mixture, form)
    noise = mixture.noise
    if noise is not None:
        noise = noise._replace(density=noise.density ** (len(seen) / len(observed)))
    of_seen = replace(
        mixture,
        weights=mixture.weights * np.exp(constants),
        means=np.ascontiguousarray(mixture.means[:, seen]),
        covariances=np.ascontiguousarray(covariances[:, seen[:, None], seen]),
        features=tuple(mixture.features[place] for place in seen) if mixture.features else (),
        noise=noise,
    )
    return of_seen, replace(form, noise=form.noise[seen], weight=np.ones(len(seen)))


def completed(
    moments: Moments, mixture: Mixture, observed: NDArray[np.bool_], form: Form
) -> Moments:
    """Return the moments of whole samples, expected from those of their observed features.

    The M-step of the sum over all patterns is that of exact EM for the marginal densities, with the
    rounding of the observed values only: what `m_step` adds for the rounding of the missing ones is
    taken away here.

    Parameters
    ----------
    moments
        Of the observed features, under the `mixture` and about its means or close by.
    observed
        (D,) bool.

    Returns
    -------
    Moments of all D features.
    """
    seen = np.flatnonzero(observed)
    slopes, rest = conditional(mixture, observed, form)
    counts = moments.counts[:, None]
    centres = mixture.means.astype(np.float32).astype(np.float64)
    centres[:, seen] = moments.centres
    # What the expectation is off the centre where the observed features are on theirs.
    gaps = mixture.means - centres
    gaps -= np.einsum("kdo,ko->kd", slopes, gaps[:, seen])
    first = np.einsum("kdo,ko->kd", slopes, moments.first)
    crossed = first[:, :, None] * gaps[:, None, :]
    about = moments.second + counts[:, :, None] * np.diag(form.noise[seen])
    second = np.einsum("kdo,kop,kep->kde", slopes, about, slopes)
    second += crossed + crossed.transpose(0, 2, 1)
    second += counts[:, :, None] * (gaps[:, :, None] * gaps[:, None, :] + rest)
    second -= counts[:, :, None] * np.diag(form.noise)
    return Moments(centres, moments.counts, first + counts * gaps, second)


def added(one: Moments, other: Moments) -> Moments:
    """Add moments about the same centres."""
    sums = (a + b for a, b in zip(one[1:], other[1:], strict=True))
    return Moments(one.centres, *sums)


def conditional(
    mixture: Mixture, observed: NDArray[np.bool_], form: Form
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return B (K, D, observed) and C (K, D, D) of the module; what is observed stays as it is."""
    seen, unseen = np.flatnonzero(observed), np.flatnonzero(~observed)
    covariances = _gaussians(mixture, form)[0]
    across = covariances[:, unseen[:, None], seen]
    slopes = np.zeros((len(mixture), len(observed), len(seen)))
    slopes[:, seen, np.arange(len(seen))] = 1.0
    solved = np.linalg.solve(covariances[:, seen[:, None], seen], across.transpose(0, 2, 1))
    slopes[:, unseen] = solved.transpose(0, 2, 1)
    rest = np.zeros_like(covariances)
    left = covariances[:, unseen[:, None], unseen] - np.einsum("kmo,kon->kmn", across, solved)
    rest[:, unseen[:, None], unseen] = (left + left.transpose(0, 2, 1)) / 2
    return slopes, rest


def _gaussians(mixture: Mixture, form: Form) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (K, D, D) covariances with the weights in them, and (K,) logs of the constants."""
    if (form.weight == 1).all():
        return mixture.covariances, np.zeros(len(mixture))
    factors = np.linalg.inv(np.linalg.cholesky(mixture.covariances))
    precisions = np.einsum("kab,a,kac->kbc", factors, form.weight, factors)
    per_feature = np.log(np.diagonal(factors, axis1=1, axis2=2)) - np.log(2 * np.pi) / 2
    constants = per_feature @ (form.weight - 1) - np.log(form.weight).sum() / 2
    return np.linalg.inv(precisions), constants
