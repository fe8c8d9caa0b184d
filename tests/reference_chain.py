"""Slow, obvious twins of the hidden Markov chain: float64, plain loops."""

from __future__ import annotations

import itertools
import math

import numpy as np


def by_enumeration(initial, transition, emissions):
    """Log-likelihood, (N, K) posteriors and (K, K) expected transitions, class by class."""
    length, classes = emissions.shape
    likelihood, posteriors = 0.0, np.zeros((length, classes))
    counts = np.zeros((classes, classes))
    for path in itertools.product(range(classes), repeat=length):
        chance = initial[path[0]] * emissions[0, path[0]]
        for t in range(1, length):
            chance *= transition[path[t - 1], path[t]] * emissions[t, path[t]]
        likelihood += chance
        for t in range(length):
            posteriors[t, path[t]] += chance
        for before, after in itertools.pairwise(path):
            counts[before, after] += chance
    return math.log(likelihood), posteriors / likelihood, counts / likelihood


def in_logarithms(initial, transition, log_emissions):
    """Compute the same by forward and backward sums of logarithms."""
    length, classes = log_emissions.shape
    with np.errstate(divide="ignore"):
        log_initial, log_transition = np.log(initial), np.log(transition)
    ahead = np.empty((length, classes))
    behind = np.zeros((length, classes))
    ahead[0] = log_initial + log_emissions[0]
    for t in range(1, length):
        for k in range(classes):
            ahead[t, k] = _log_sum(ahead[t - 1] + log_transition[:, k]) + log_emissions[t, k]
    for t in range(length - 2, -1, -1):
        for k in range(classes):
            behind[t, k] = _log_sum(log_transition[k] + log_emissions[t + 1] + behind[t + 1])
    log_likelihood = _log_sum(ahead[-1])
    posteriors = np.exp(ahead + behind - log_likelihood)
    counts = np.zeros((classes, classes))
    for t in range(1, length):
        joint = ahead[t - 1][:, None] + log_transition + (log_emissions[t] + behind[t])
        counts += np.exp(joint - log_likelihood)
    return log_likelihood, posteriors, counts


def _log_sum(values):
    largest = values.max()
    return largest if largest == -np.inf else largest + math.log(np.exp(values - largest).sum())


def blocks_of(pixels):
    """Yield the pixels of every block of (groups, lanes, steps), without the -1 that are none."""
    for row in pixels.reshape(-1, pixels.shape[2]):
        if row[0] >= 0:
            yield row[row >= 0]


def log_emissions_of(table, sites):
    """(pixels, K) log-densities: 0 without data, and one class where something is said."""
    classes = table.shape[1]
    found = np.zeros((sites.size, classes))
    for pixel, site in enumerate(sites.ravel()):
        if site >= 0:
            found[pixel] = table[site] * math.log(2)
        elif site <= -2:
            found[pixel] = -np.inf
            found[pixel, -2 - site] = 0
    return found


def mean_of_scans(table, sites, scans, initial, transition):
    """(mean log-likelihood, (pixels, K) mean posteriors, expected first classes, transitions)."""
    emissions = log_emissions_of(table, sites)
    posteriors = np.zeros_like(emissions)
    total, first, counts = 0.0, 0.0, 0.0
    for pixels in scans:
        for block in blocks_of(pixels):
            value, found, pairs = in_logarithms(initial, transition, emissions[block])
            total += value / len(scans)
            posteriors[block] += found / len(scans)
            first = first + found[0] / len(scans)
            counts = counts + pairs / len(scans)
    return total, posteriors, first, counts
