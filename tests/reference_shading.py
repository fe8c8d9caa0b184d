"""Slow, obvious twin of the estimate of uneven light: float64, one pixel at a time."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.legendre import Legendre
from reference import responsibilities

TERMS = [(i, j) for i in range(5) for j in range(5) if 0 < i + j <= 4]


def iterations(values, shape, mixture, form, dark, *, count):
    """Coefficients, means, covariances and objective per pixel, before each iteration."""
    rows, columns = shape
    values = values.T.astype(float)
    basis = np.array([
        [Legendre.basis(i)((2 * r + 1) / rows - 1) * Legendre.basis(j)((2 * c + 1) / columns - 1)
         for i, j in TERMS]
        for r in range(rows) for c in range(columns)
    ])  # fmt: skip
    basis -= basis.mean(axis=0)
    cells = [(r * 16 // rows, c * 16 // columns) for r in range(rows) for c in range(columns)]
    everywhere = [(a, b) for a in range(16) for b in range(16)]
    shares = dict.fromkeys(everywhere, mixture.weights)
    coefficients, means, covariances = np.zeros(len(TERMS)), mixture.means, mixture.covariances
    penalty, found = None, []
    for _ in range(count):
        joint = np.array([
            [_log_density(x, _mean_at(mean, c, dark), covariance, form) for x, c in
             zip(values, basis @ coefficients, strict=True)]
            for mean, covariance in zip(means, covariances, strict=True)
        ])  # fmt: skip
        joint += np.log(np.array([shares[cell] for cell in cells])).T
        r, log_densities = responsibilities(joint)
        if penalty is None:
            said, _ = _said(values, r, means, covariances, form, dark)
            penalty = max(1, sum(said)) * np.array(
                [1e-9 + 3e-4 * (i * i + j * j) ** 2 for i, j in TERMS]
            )
        beforehand = 0.5 * sum(np.log(shares[cell]).sum() for cell in everywhere)
        rough = (penalty * coefficients**2).sum() / 2
        objective = (log_densities.sum() + beforehand - rough) / len(values)
        found.append((coefficients, means, covariances, objective))
        light = basis @ coefficients
        means, covariances = _maximised(values, r, light, covariances, form, dark)
        shares = {
            cell: np.array([0.5 + sum(q for q, at in zip(part, cells, strict=True) if at == cell)
                            for part in r])
            for cell in everywhere
        }  # fmt: skip
        shares = {cell: counts / counts.sum() for cell, counts in shares.items()}
        said, pull = _said(values, r, means, covariances, form, dark)
        left = np.diag(penalty) + sum(w * np.outer(p, p) for w, p in zip(said, basis, strict=True))
        best = np.linalg.solve(left, sum(v * p for v, p in zip(pull, basis, strict=True)))
        coefficients = _within_limits(coefficients, best, basis)
    return found


def _strength(mean, dark):
    return np.array([0 if np.isnan(d) else m - d for m, d in zip(mean, dark, strict=True)])


def _mean_at(mean, light, dark):
    return mean + light * _strength(mean, dark)


def _precision(covariance, form):
    factor = np.linalg.inv(np.linalg.cholesky(covariance))
    return factor.T @ np.diag(form.weight) @ factor


def _log_density(x, mean, covariance, form):
    factor = np.linalg.inv(np.linalg.cholesky(covariance))
    total = 0
    for a, power in enumerate(form.weight):
        z = factor[a] @ (x - mean)
        lost = factor[a] ** 2 @ form.noise
        total += power * (np.log(factor[a, a]) - np.log(2 * np.pi) / 2 - z * z / 2 - lost / 2)
    return total


def _maximised(values, r, light, covariances, form, dark):
    found = []
    for part, old in zip(r, covariances, strict=True):
        precision = _precision(old, form)
        origin = np.nan_to_num(dark)
        left, right = 0, 0
        for q, x, c in zip(part, values, light, strict=True):
            lit = np.diag([1.0 if np.isnan(d) else 1 + c for d in dark])
            left = left + q * lit @ precision @ lit
            right = right + q * lit @ precision @ (x - origin)
        mean = origin + np.linalg.solve(left, right)
        gaps = [x - _mean_at(mean, c, dark) for x, c in zip(values, light, strict=True)]
        scatter = sum(q * np.outer(g, g) for q, g in zip(part, gaps, strict=True)) / part.sum()
        found.append((mean, scatter + np.diag(form.noise)))
    return np.array([m for m, _ in found]), np.array([c for _, c in found])


def _said(values, r, means, covariances, form, dark):
    said, pull = np.zeros(len(values)), np.zeros(len(values))
    for part, mean, covariance in zip(r, means, covariances, strict=True):
        along = _precision(covariance, form) @ _strength(mean, dark)
        for i, x in enumerate(values):
            said[i] += part[i] * along @ _strength(mean, dark)
            pull[i] += part[i] * along @ (x - mean)
    return said, pull


def _within_limits(here, best, basis):
    length = 1.0
    for p in basis:
        change = p @ (best - here)
        if change:
            length = min(length, ((0.4 if change > 0 else -0.4) - p @ here) / change)
    return here + max(0.0, length) * (best - here)
