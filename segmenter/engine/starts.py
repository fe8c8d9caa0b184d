"""Where EM begins: many short runs on a few thousand samples, the most likely one goes on.

This is em-EM (Biernacki, Celeux and Govaert 2003): one start that cuts the samples along their
first principal axis, the others by k-means++ and Lloyd; short EM on all, longer EM on the best.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.mixture import m_step, moments_of_labels
from segmenter.engine.types import Samples

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.mixture import Form
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

SUBSET = 8192  # samples that short runs see
TRIES = 3  # short runs per restart
SHORT, LONG = 8, 60  # EM iterations of short and of longer runs
LLOYD = 5
TOLERANCE = 1e-6  # nats per pixel


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """How far the search for a start has come; `best` is None before the first try is done."""

    done: int
    tries: int
    best: Fit | None = None


def starts(samples: Samples, form: Form, settings: Settings) -> Generator[Search, None, Fit]:
    """Look for a good start and return the best one.

    The mixture has fewer components than the settings ask for when there are fewer distinct
    samples. Its log-likelihoods are those of the tries where these saw every sample, so that EM
    goes on from them; else there are none, because they are of the few samples that were seen.
    """
    few = subset(samples, np.random.default_rng([settings.seed, 0]))
    saw_all = few.values.shape[1] == samples.values.shape[1]
    runs = settings.restarts * TRIES
    found: list[Fit] = []
    for number in range(runs):
        yield Search(number, runs + settings.restarts, min(found, key=_badness, default=None))
        random = np.random.default_rng([settings.seed, 1 + number])
        first = _first_mixture(few, form, settings.components, random, number)
        found.append(_run(few, first, form, min(SHORT, settings.max_iterations)))
    # Sorting keeps the earlier of equals, so the choice does not depend on chance.
    found.sort(key=_badness)
    for number in range(settings.restarts):
        yield Search(runs + number, runs + settings.restarts, min(found, key=_badness))
        left = min(LONG, settings.max_iterations - found[number].iteration)
        longer = _run(few, found[number].mixture, form, left)
        known = found[number].log_likelihoods[:-1]
        found[number] = Fit(longer.mixture, (*known, *longer.log_likelihoods))
    best = min(found[: settings.restarts], key=_badness)
    return best if saw_all else Fit(best.mixture, ())


def _badness(fit: Fit) -> tuple[int, float]:
    """More components first, as asked for, then the likelihood."""
    return -len(fit.mixture), -fit.log_likelihoods[-1]


def _run(samples: Samples, start: Mixture, form: Form, limit: int) -> Fit:
    steps = iterate(samples, start, form, limit=limit, tolerance=TOLERANCE)
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
    # einsum, not @: the bits of long products must not depend on the threads of a BLAS.
    centred = samples.values - np.einsum("ds,s->d", samples.values, share)[:, None]
    _, axes = np.linalg.eigh(np.einsum("as,bs->ab", centred * share, centred))
    along = np.einsum("d,ds->s", axes[:, -1], centred)
    order = np.argsort(along, kind="stable")
    # The middle of a sample's own weight decides, so a heavy sample goes to one part whole.
    middle = np.cumsum(share[order]) - share[order] / 2
    labels = np.empty(len(order), np.uint8)
    labels[order] = np.minimum((middle * components).astype(np.int64), components - 1)
    return labels
