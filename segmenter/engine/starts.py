"""Where EM begins: many short runs on a few thousand samples, the most likely one goes on.

This is em-EM (Biernacki, Celeux and Govaert 2003): one start that cuts the samples along their
first principal axis, the others by k-means++ and Lloyd; short EM on all, longer EM on the best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.mixture import m_step, moments_of_labels
from segmenter.engine.types import Samples

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.mixture import Form
    from segmenter.engine.types import Mixture

SUBSET = 8192  # samples that short runs see
TRIES = 3  # short runs per restart
SHORT, LONG = 8, 60  # EM iterations of short and of longer runs
LLOYD = 5


def starts(
    samples: Samples, form: Form, *, components: int, restarts: int, seed: int
) -> Generator[tuple[int, int], None, Mixture]:
    """Look for a good start; yield (tries done, tries in all); return the best mixture.

    The mixture has fewer than `components` components when there are fewer distinct samples.
    """
    few = subset(samples, np.random.default_rng([seed, 0]))
    tries = restarts * TRIES
    found = []
    for number in range(tries):
        yield number, tries + restarts
        random = np.random.default_rng([seed, 1 + number])
        first = _first_mixture(few, form, components, random, number)
        found.append(_Try(first, _run(few, first, form, SHORT)))
    # Sorting keeps the earlier of equals, so the choice does not depend on chance.
    found.sort(key=_badness)
    for number, short in enumerate(found[:restarts]):
        yield tries + number, tries + restarts
        found[number] = _Try(short.first, _run(few, short.fit.mixture, form, LONG))
    best = min(found[:restarts], key=_badness)
    # Where the tries saw every sample, EM begins where the best of them began: it takes the same
    # way to the same end, and all of it can be seen.
    saw_all = few.values.shape[1] == samples.values.shape[1]
    return best.first if saw_all else best.fit.mixture


class _Try(NamedTuple):
    """A mixture to begin with, and how far EM came from it."""

    first: Mixture
    fit: Fit


def _badness(tried: _Try) -> tuple[int, float]:
    """More components first, as asked for, then the likelihood."""
    return -len(tried.fit.mixture), -tried.fit.log_likelihoods[-1]


def _run(samples: Samples, start: Mixture, form: Form, limit: int) -> Fit:
    steps = iterate(samples, start, form, limit=limit, tolerance=1e-6)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            fit: Fit = end.value
            return fit


def subset(samples: Samples, random: np.random.Generator) -> Samples:
    """Return at most `SUBSET` samples that stand for all.

    Systematic sampling along the cumulated weights: heavy samples come as often as they weigh, and
    samples that are neighbours in the order (so in colour) are represented evenly.
    """
    count = samples.values.shape[1]
    if count <= SUBSET:
        return Samples(samples.values, samples.weights)
    edges = np.cumsum(samples.weights, dtype=np.float64)
    marks = (np.arange(SUBSET) + random.random()) * (edges[-1] / SUBSET)
    drawn = np.minimum(np.searchsorted(edges, marks, side="right"), count - 1)
    chosen, times = np.unique(drawn, return_counts=True)
    return Samples(np.ascontiguousarray(samples.values[:, chosen]), times.astype(np.float32))


def _first_mixture(
    samples: Samples, form: Form, components: int, random: np.random.Generator, number: int
) -> Mixture:
    if number == 0:
        labels = _cut_along_principal_axis(samples, components)
    else:
        centres = seed_centres(samples, components, random)
        labels, _ = lloyd(samples, centres, LLOYD)
    return m_step(moments_of_labels(samples, labels), form, samples.total)


def _cut_along_principal_axis(samples: Samples, components: int) -> NDArray[np.uint8]:
    """Label the samples by `components` equal parts of the weight along the main axis."""
    share = samples.weights.astype(np.float64) / samples.total
    centred = samples.values - (samples.values @ share)[:, None]
    _, axes = np.linalg.eigh((centred * share) @ centred.T)
    along = axes[:, -1] @ centred
    order = np.argsort(along, kind="stable")
    # The middle of a sample's own weight decides, so a heavy sample goes to one part whole.
    middle = np.cumsum(share[order]) - share[order] / 2
    labels = np.empty(len(order), np.uint8)
    labels[order] = np.minimum((middle * components).astype(np.int64), components - 1)
    return labels
