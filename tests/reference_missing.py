"""Slow, obvious twins of EM with missing features: float64, one sample at a time."""

from __future__ import annotations

import numpy as np


def weighted(covariance, weight):
    """(D, D) covariance of a component in which every feature counts to a power."""
    factor = np.linalg.inv(np.linalg.cholesky(covariance))
    return np.linalg.inv(factor.T @ np.diag(weight) @ factor)


def completed(values, parts, mixture, observed, form):
    """Counts, first and second moments of whole samples about the means.

    values (D, n) of which only the observed rows are looked at; parts (K, n) responsibilities
    times weights.
    """
    o, m = np.flatnonzero(observed), np.flatnonzero(~observed)
    components, features = mixture.means.shape
    counts, first = np.zeros(components), np.zeros((components, features))
    second = np.zeros((components, features, features))
    rounding = np.zeros((features, features))
    rounding[o, o] = form.noise[o]
    for k in range(components):
        mean = mixture.means[k]
        full = weighted(mixture.covariances[k], form.weight)
        slope = np.eye(features)
        slope[:, m] = 0
        rest = np.zeros((features, features))
        if len(m):
            slope[np.ix_(m, o)] = full[np.ix_(m, o)] @ np.linalg.inv(full[np.ix_(o, o)])
            rest[np.ix_(m, m)] = full[np.ix_(m, m)] - slope[np.ix_(m, o)] @ full[np.ix_(o, m)]
        for i in range(values.shape[1]):
            gap = np.zeros(features)
            gap[o] = values[o, i] - mean[o]
            whole = slope @ gap
            counts[k] += parts[k, i]
            first[k] += parts[k, i] * whole
            # The rounding of what is missing is what the M-step adds: without it here.
            spread = np.outer(whole, whole) + slope @ rounding @ slope.T + rest
            second[k] += parts[k, i] * (spread - np.diag(form.noise))
    return counts, first, second
