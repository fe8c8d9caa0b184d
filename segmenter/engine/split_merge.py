"""Splits and merges of components: the moves by which a search leaves an optimum of EM.

EM cannot move a component from where there are too many to where there are too few, because every
small step on the way there is downhill (Ueda, Nakano, Ghahramani and Hinton 2000).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.maximise import in_shape, m_step, moments_of_labels
from segmenter.engine.types import Mixture, Samples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form

APART = 0.7  # standard deviations that each half of a split component is from its mean
WIDE, NARROW = 1.7, 0.3  # of the covariance; their mean is 1, so the split keeps the moments


def merge_costs(mixture: Mixture) -> NDArray[np.float64]:
    """Return by how many nats per pixel merging each pair lowers the likelihood, at most.

    Returns
    -------
    (K, K) float64, infinite on the diagonal and below it (Runnalls 2007, equation 21).
    """
    first, second = np.triu_indices(len(mixture), 1)
    weights, spreads = mixture.weights, _log_determinants(mixture.covariances)
    merged, _, covariances = _matched(mixture, first, second)
    apart = weights[first] * spreads[first] + weights[second] * spreads[second]
    costs = np.full((len(mixture), len(mixture)), np.inf)
    costs[first, second] = (merged * _log_determinants(covariances) - apart) / 2
    return costs


def merge(mixture: Mixture, first: int, second: int, form: Form) -> Mixture:
    """Put one component, the last, with the moments of both in the place of two."""
    pair = np.array([first]), np.array([second])
    return in_shape(_replaced(mixture, {first, second}, Mixture(*_matched(mixture, *pair))), form)


def split_in_width(mixture: Mixture, which: int) -> Mixture:
    """Split a component into a wide and a narrow one, the last two, about the same mean."""
    covariance = mixture.covariances[which]
    halves = Mixture(
        np.full(2, mixture.weights[which] / 2),
        mixture.means[[which, which]],
        np.stack([WIDE * covariance, NARROW * covariance]),
    )
    return _replaced(mixture, {which}, halves)


def halved(mixture: Mixture, which: int) -> Mixture:
    """Split a component along its longest axis, into halves with its moments together.

    The second half comes last, and is a class of its own, after the others.
    """
    lengths, axes = np.linalg.eigh(mixture.covariances[which])
    half = axes[:, -1] * np.sqrt(lengths[-1]) * APART
    covariance = mixture.covariances[which] - np.outer(half, half)
    places = np.append(np.arange(len(mixture)), which)
    found = mixture.taken(places)
    weights, means, covariances = (
        part.copy() for part in (found.weights, found.means, found.covariances)
    )
    pair = [which, -1]
    weights[pair] /= 2
    means[pair] += np.stack([-half, half])
    covariances[pair] = covariance
    classes = found.classes.copy()
    classes[-1] = mixture.classes.max() + 1
    return replace(found, weights=weights, means=means, covariances=covariances, classes=classes)


def split_by_samples(
    own: Samples, mixture: Mixture, which: int, form: Form, random: np.random.Generator
) -> Mixture | None:
    """Split a component, into the last two, as two-means splits its own samples.

    Distances are in its standard deviations, so one of the seeds tends to be an outlier. None when
    the samples cannot be split.
    """
    if own.values.shape[1] < 2:
        return None
    roots = np.linalg.inv(np.linalg.cholesky(mixture.covariances[which]))
    gaps = own.values - mixture.means[which][:, None]
    # einsum, not @: the bits of long products must not depend on the threads of a BLAS.
    round_ones = Samples(np.einsum("ab,bs->as", roots, gaps).astype(np.float32), own.weights)
    labels, _ = lloyd(round_ones, seed_centres(round_ones, 2, random), 1)
    halves = m_step(moments_of_labels(own, labels), form, own.total)
    if len(halves) < 2:
        return None
    shares = Mixture(halves.weights * mixture.weights[which], halves.means, halves.covariances)
    return _replaced(mixture, {which}, shares)


def _matched(
    mixture: Mixture, first: NDArray[np.intp], second: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return weights, means and covariances of pairs taken as one."""
    weights = mixture.weights[first] + mixture.weights[second]
    a, b = mixture.weights[first] / weights, mixture.weights[second] / weights
    gaps = mixture.means[first] - mixture.means[second]
    means = a[:, None] * mixture.means[first] + b[:, None] * mixture.means[second]
    covariances = (
        a[:, None, None] * mixture.covariances[first]
        + b[:, None, None] * mixture.covariances[second]
        + (a * b)[:, None, None] * gaps[:, :, None] * gaps[:, None, :]
    )
    return weights, means, covariances


def _log_determinants(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithms: NDArray[np.float64] = np.linalg.slogdet(covariances)[1]
    return logarithms


def _replaced(mixture: Mixture, gone: Iterable[int], others: Mixture) -> Mixture:
    """Return the mixture without some components and with others after the rest."""
    rest = np.delete(np.arange(len(mixture)), list(gone))
    return Mixture(
        np.concatenate([mixture.weights[rest], others.weights]),
        np.concatenate([mixture.means[rest], others.means]),
        np.concatenate([mixture.covariances[rest], others.covariances]),
        mixture.features,
    )
