"""Slow, obvious twins of the engine's compiled and vectorised code: float64, plain loops."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

import numpy as np
from scipy import ndimage

DIAGONAL = {"diag", "spherical"}
AHEAD = ((1, 0), (0, 1), (-1, 0), (0, -1))  # east, south, west, north


def log_joint(values, mixture, noise, weight, *, is_diagonal=False, noise_in_density=True):
    """(K, samples): log of weight times density, equation (1) with powers, one number at a time."""
    features, samples = values.shape
    joint = np.empty((len(mixture.weights), samples))
    for k, (share, mean, covariance) in enumerate(
        zip(mixture.weights, mixture.means, mixture.covariances, strict=True)
    ):
        factor = np.linalg.inv(np.linalg.cholesky(covariance))
        if is_diagonal:
            factor = np.diag(np.diagonal(factor))
        for i in range(samples):
            total = math.log(share) if share > 0 else -1e30
            for a in range(features):
                z = sum(factor[a, b] * (float(values[b, i]) - mean[b]) for b in range(a + 1))
                term = math.log(factor[a, a]) - math.log(2 * math.pi) / 2 - z * z / 2
                if noise_in_density:
                    term -= sum(factor[a, b] ** 2 * noise[b] for b in range(features)) / 2
                total += weight[a] * term
            joint[k, i] = total
    return joint


def responsibilities(joint):
    """(K, samples) p(component given sample) and (samples,) log-densities of log joints."""
    largest = joint.max(axis=0)
    exponentials = np.exp(joint - largest)
    total = exponentials.sum(axis=0)
    return exponentials / total, largest + np.log(total)


def moments(values, weights, centres, r):
    """Sums of r, r (x - c) and r (x - c)(x - c)^T per component, sample by sample."""
    features, samples = values.shape
    components = len(r)
    counts = np.zeros(components)
    first = np.zeros((components, features))
    second = np.zeros((components, features, features))
    for k in range(components):
        for i in range(samples):
            part = float(weights[i]) * r[k, i]
            gap = values[:, i].astype(float) - centres[k]
            counts[k] += part
            first[k] += part * gap
            second[k] += part * np.outer(gap, gap)
    return counts, first, second


def em_step(samples, mixture, form):
    """(weights, means, covariances) after one step, and the mean log-likelihood before it."""
    values, weights = samples.values.astype(float), samples.weights.astype(float)
    joint = log_joint(
        values, mixture, form.noise, form.weight,
        is_diagonal=form.covariance in DIAGONAL, noise_in_density=form.noise_in_density,
    )  # fmt: skip
    r, log_densities = responsibilities(joint)
    counts = (r * weights).sum(axis=1)
    means = (r * weights) @ values.T / counts[:, None]
    covariances = _covariances(values, weights * r, counts, means, form)
    log_likelihood = float(weights @ log_densities / weights.sum())
    return (counts / counts.sum(), means, covariances), log_likelihood


def _covariances(values, wr, counts, means, form):
    features = len(values)
    scatters = []
    for k in range(len(counts)):
        gaps = values - means[k][:, None]
        scatters.append(sum(wr[k, i] * np.outer(gaps[:, i], gaps[:, i]) for i in range(len(wr[k]))))
    scatters = np.array(scatters)
    if form.covariance == "tied":
        return np.array([scatters.sum(axis=0) / counts.sum() + np.diag(form.noise)] * len(counts))
    covariances = scatters / counts[:, None, None] + np.diag(form.noise)
    if form.covariance == "full":
        return covariances
    variances = np.array([np.diagonal(c) for c in covariances])
    if form.covariance == "spherical":
        mean = (variances * form.weight).sum(axis=1) / form.weight.sum()
        variances = np.repeat(mean[:, None], features, axis=1)
    return np.array([np.diag(v) for v in variances])


def nearest(values, centres):
    """(samples,) the nearest centre, the first of equals."""
    labels = []
    for sample in values.T:
        distances = [
            sum((float(a) - float(b)) ** 2 for a, b in zip(sample, c, strict=True)) for c in centres
        ]
        labels.append(distances.index(min(distances)))
    return np.array(labels)


def sums_of_labels(values, weights, labels, count):
    """(count, features + 1) weighted sums and weights of the samples of every label."""
    rows = []
    for label in range(count):
        own = labels == label
        heavy = weights[own].astype(float)
        rows.append([*(math.fsum(heavy * row[own]) for row in values), math.fsum(heavy)])
    return np.array(rows)


def merged(image):
    """Counter of the distinct valid pixels of an image, as tuples."""
    return Counter(
        tuple(image.pixels[row, column].tolist())
        for row, column in np.ndindex(image.shape)
        if image.valid[row, column]
    )


def blurred(values, valid, sigma):
    """Gaussian mean over the neighbours that have data, at every pixel that has; else 0."""
    radius = int(4 * sigma + 0.5)
    rows, columns = values.shape
    out = np.zeros(values.shape)
    for row, column in np.argwhere(valid):
        summed = known = 0.0
        for y in range(row - radius, row + radius + 1):
            for x in range(column - radius, column + radius + 1):
                # Beyond the border the border pixel repeats.
                place = min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)
                if valid[place]:
                    strength = math.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * sigma**2))
                    summed += strength * float(values[place])
                    known += strength
        out[row, column] = summed / known
    return out


def centred(columns, *, shares_scale):
    """(features, pixels) values centred and scaled by the root of the (mean) variance."""
    columns = [[float(v) for v in column] for column in columns]
    means = [sum(column) / len(column) for column in columns]
    variances = [
        sum((v - m) ** 2 for v in column) / len(column)
        for column, m in zip(columns, means, strict=True)
    ]
    if shares_scale:
        variances = [sum(variances) / len(variances)] * len(variances)
    return np.array(
        [
            [(v - m) / (math.sqrt(s) or 1.0) for v in column]
            for column, m, s in zip(columns, means, variances, strict=True)
        ]
    )


def polygons(mask):
    """Polygons of a mask: an outer ring, then its holes; rings are closed lists of (x, y)."""
    outers, holes = {}, {}
    for part, loop in _loops(_following(mask)):
        ring = [
            after
            for before, after, last in zip(
                [loop[-1], *loop[:-1]], loop, [*loop[1:], loop[0]], strict=True
            )
            if (after[0] - before[0], after[1] - before[1])
            != (last[0] - after[0], last[1] - after[1])
        ]
        ring.append(ring[0])
        if ring_area(ring) > 0:
            outers[part] = ring
        else:
            holes.setdefault(part, []).append(ring)
    return [[outer, *holes.get(part, [])] for part, outer in sorted(outers.items())]


def ring_area(ring):
    """Signed area of a closed ring; positive clockwise on the screen."""
    return sum(x * b - a * y for (x, y), (a, b) in pairwise(ring)) / 2


def _following(mask):
    """Of every unit edge, (x, y, direction) with the class on its right: the next, and its part."""
    parts, _ = ndimage.label(mask)
    padded = np.pad(parts, 1)
    edges = {}
    for y, x in np.ndindex(mask.shape[0] + 1, mask.shape[1] + 1):
        (nw, ne), (sw, se) = padded[y : y + 2, x : x + 2]
        for direction, (right, left) in enumerate([(se, ne), (sw, se), (nw, sw), (ne, nw)]):
            if right and not left:
                edges[x, y, direction] = int(right)
    following = {}
    for (x, y, direction), part in edges.items():
        at = (x + AHEAD[direction][0], y + AHEAD[direction][1])
        turns = [(*at, (direction + turn) % 4) for turn in (1, 0, 3)]
        following[x, y, direction] = next(edge for edge in turns if edge in edges), part
    return following


def _loops(following):
    """(part, corners) of every loop of edges; a loop that touches itself comes apart there."""
    while following:
        edge = next(iter(following))
        path = []
        while edge in following:
            corner = edge[:2]
            edge, part = following.pop(edge)
            if corner in path:
                yield part, path[path.index(corner) :]
                del path[path.index(corner) :]
            path.append(corner)
        yield part, path
