"""EM where the class of a pixel depends on more than its values.

Place, scribbles, a noise class and joined components all change one thing: what a pixel's class is
expected to be. So one E-step is three: how likely every class makes every sample (`emission`), what
the `Prior` makes of that, and the moments of the components (`emission.class_moments`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.driven import last_of
from segmenter.engine.emission import class_moments, emission_of
from segmenter.engine.iterate import Ascent, Climb, has_converged
from segmenter.engine.kernels.mixture import LN_2
from segmenter.engine.kernels.totals import total_of_products
from segmenter.engine.leap import read_back, written_out
from segmenter.engine.maximise import EMPTY, Moments, m_step
from segmenter.engine.mixture import e_step
from segmenter.engine.outcome import Stop
from segmenter.engine.patterns import taken
from segmenter.engine.priors import Independent
from segmenter.engine.thinning import MOST, thinned
from segmenter.engine.types import Noise

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from segmenter.engine.emission import Emission
    from segmenter.engine.maximise import Form
    from segmenter.engine.priors import Prior
    from segmenter.engine.scribbles import Sites
    from segmenter.engine.types import Mixture, Samples

    Step = Callable[[Mixture], tuple[Mixture, float]]

LEAST = 1e-300  # share whose logarithm can be borne
WORTH_THINNING = 4 * MOST  # samples from which on EM is quicker when fewer show it the way
LARGEST_NOISE = 0.3  # share of the noise class: with more it would be no class of outliers


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What EM over classes sees: the samples, and which of them every pixel shows."""

    samples: Samples
    form: Form
    sites: Sites


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """How far EM over classes has come, in scaled units.

    Parameters
    ----------
    objectives
        Nats per pixel of every iteration since the prior has settled.
    stopped
        None while EM goes on.
    following
        What the M-step makes of `mixture`; None before there was one.
    has_leapt
        Whether a leap led to `mixture`, not an M-step.
    """

    mixture: Mixture
    objectives: tuple[float, ...] = ()
    stopped: Stop | None = None
    following: Mixture | None = None
    has_leapt: bool = False


def refine(
    seen: Seen,
    mixture: Mixture,
    prior: Prior,
    *,
    limit: int,
    tolerance: float,
    learns: bool = True,
) -> Generator[Refined, None, Refined]:
    """Do EM over classes until it has converged or `limit` iterations are done.

    When it ends, the prior's memberships belong to the mixture.

    Parameters
    ----------
    mixture
        In scaled units, with its classes and, if there is to be one, its noise class.
    learns
        Whether the mixture changes; else only the prior does.
    """

    def step(model: Mixture) -> tuple[Mixture, float]:
        return _step(seen, model, prior, learns=learns)

    if learns and isinstance(prior, Independent):
        # Only a prior that remembers nothing lets a mixture be tried and given up.
        quick: Step = step
        if mixture.noise is None:
            mixture, quick = _begun_quickly(seen, mixture, limit, tolerance)
        found = yield from _climbed(quick, mixture, limit, tolerance)
        step(found.mixture)
        return found
    objectives: list[float] = []
    for iteration in range(limit + 1):
        following, value = step(mixture)
        if not prior.settled:
            objectives.clear()
        objectives.append(value)
        stopped = _ended(objectives, tolerance, is_last=iteration == limit)
        found = Refined(mixture, tuple(objectives), stopped, following)
        if stopped is not None:
            return found
        yield found
        mixture = following
        prior.adapt()
    raise AssertionError("the last iteration returns")


def _step(seen: Seen, mixture: Mixture, prior: Prior, *, learns: bool) -> tuple[Mixture, float]:
    """Return the next mixture, and the objective in nats per pixel of the one that was given."""
    samples, form, sites = seen.samples, seen.form, seen.sites
    emission = emission_of(samples, mixture, form)
    value, occupancy = prior.expect(emission.table, mixture.shares)
    value = float(value + LN_2 * _beside_the_prior(emission, sites)) / sites.total
    if not learns:
        return mixture, value
    moments = class_moments(samples, mixture, form, _with_said(occupancy, sites))
    shares = _limited(_shares(prior, sites, mixture.class_count), mixture)
    return _maximised(mixture, moments, form, shares), value


def _climbed(
    step: Step, mixture: Mixture, limit: int, tolerance: float
) -> Generator[Refined, None, Refined]:
    climb = Climb(Ascent(step, _written_out, _read_back), mixture)
    while True:
        stopped = climb.go_on(limit, tolerance)
        objectives = tuple(climb.history)
        found = Refined(climb.best, objectives, stopped, climb.following, climb.has_leapt)
        if stopped is not None:
            return found
        yield found


def _begun_quickly(
    seen: Seen, mixture: Mixture, limit: int, tolerance: float
) -> tuple[Mixture, Step]:
    """Return where EM begins, and its step: where place says nothing there is a quick one.

    Of many samples, a few that stand for all show EM most of the way.
    """
    free = replace(seen.samples, weights=seen.sites.counts)
    if len(free.weights) > WORTH_THINNING and free.total:
        few = thinned(free, MOST)
        few = replace(few, weights=few.weights * np.float32(free.total / few.total))
        mixture = last_of(_climbed(_Quick(seen, few).step, mixture, limit, tolerance)).mixture
    return mixture, _Quick(seen, free).step


class _Quick:
    """The step where place says nothing and there is no noise class.

    For the `free` pixels, of which nothing is said, that is plain EM; only the said ones know of
    classes.
    """

    def __init__(self, seen: Seen, free: Samples) -> None:
        self._form, self._sites = seen.form, seen.sites
        self._free = free
        self._said = taken(seen.samples, seen.sites.said)

    def step(self, mixture: Mixture) -> tuple[Mixture, float]:
        """Return the next mixture, and the objective of the one that was given."""
        sites = self._sites
        value, moments = e_step(self._free, mixture, self._form)
        shares = np.bincount(mixture.classes, moments.counts)
        if len(sites.said):
            emission = emission_of(self._said, mixture, self._form)
            each = np.arange(len(sites.said))
            likely = emission.table[each, sites.classes] + emission.largest
            value += LN_2 * float(np.einsum("n,n->", sites.weights, likely, dtype=np.float64))
            occupancy = np.zeros((mixture.class_count, len(each)), np.float32)
            occupancy[sites.classes, each] = sites.weights
            said = class_moments(self._said, mixture, self._form, occupancy)
            sums = (a + b for a, b in zip(moments[1:], said[1:], strict=True))
            moments = Moments(moments.centres, *sums)
        if not shares.any():
            shares = np.bincount(mixture.classes, moments.counts)
        following = _maximised(mixture, moments, self._form, shares / shares.sum())
        return following, value / sites.total


def _written_out(mixture: Mixture) -> NDArray[np.float64]:
    """Return the numbers that stand for a mixture and its noise class."""
    plain = replace(mixture, weights=np.maximum(mixture.weights, LEAST))
    share = 0.5 if mixture.noise is None else np.clip(mixture.noise.share, LEAST, LARGEST_NOISE)
    return np.append(written_out(plain), np.log(share / (1 - share)))


def _read_back(numbers: NDArray[np.float64], like: Mixture) -> Mixture | None:
    """Return the mixture that the numbers stand for; None when they cannot be borne."""
    found = read_back(numbers[:-1], like)
    if found is None or like.noise is None:
        return found
    share = min(1 / (1 + np.exp(-float(np.clip(numbers[-1], -700, 700)))), LARGEST_NOISE)
    return replace(found, noise=Noise(share, like.noise.density))


def _ended(objectives: list[float], tolerance: float, *, is_last: bool) -> Stop | None:
    has_fallen = len(objectives) > 1 and objectives[-1] < objectives[-2]
    if has_fallen:
        # What exact EM cannot do is rounding, so there is nothing left to gain.
        objectives[-1] = objectives[-2]
    if has_fallen or has_converged(objectives[-3:], tolerance):
        return Stop.CONVERGED
    return Stop.LIMIT_REACHED if is_last else None


def _beside_the_prior(emission: Emission, sites: Sites) -> float:
    """Return the binary logarithms that the prior leaves out: common ones, and scribbles'."""
    common = total_of_products(sites.counts, emission.largest)
    said = emission.table[sites.said, sites.classes] + emission.largest[sites.said]
    return float(common + np.einsum("n,n->", sites.weights, said, dtype=np.float64))


def _with_said(occupancy: NDArray[np.float32], sites: Sites) -> NDArray[np.float32]:
    if not len(sites.said):
        return occupancy
    together = occupancy.copy()
    together[sites.classes, sites.said] += sites.weights
    return together


def _shares(prior: Prior, sites: Sites, classes: int) -> NDArray[np.float64]:
    """Return the classes' shares: among pixels of which nothing is said, if there are any."""
    if sites.counts.any():
        return prior.shares()
    said = np.bincount(sites.classes, sites.weights, minlength=classes).astype(np.float64)
    shares: NDArray[np.float64] = said / said.sum()
    return shares


def _limited(shares: NDArray[np.float64], mixture: Mixture) -> NDArray[np.float64]:
    if mixture.noise is None or shares[-1] <= LARGEST_NOISE:
        return shares
    rest = shares[:-1] * ((1 - LARGEST_NOISE) / shares[:-1].sum())
    return np.append(rest, LARGEST_NOISE)


def _maximised(
    mixture: Mixture, moments: Moments, form: Form, shares: NDArray[np.float64]
) -> Mixture:
    """Do the M-step; a component that became empty stays as it was, with no weight."""
    counts = moments.counts
    alive = counts > EMPTY * counts.sum()
    living = Moments(*(part[alive] for part in moments))
    following = m_step(living, form, counts.sum(), mixture.taken(alive))
    means, covariances = mixture.means.copy(), mixture.covariances.copy()
    means[alive], covariances[alive] = following.means, following.covariances
    of_class = np.bincount(mixture.classes, counts)[mixture.classes]
    within = np.where(of_class > 0, counts / np.maximum(of_class, 1e-300), mixture.weights)
    noise = mixture.noise
    if noise is not None:
        noise = Noise(float(shares[-1]), noise.density)
        shares = shares[:-1] / shares[:-1].sum()
    weights = shares[mixture.classes] * within
    return replace(
        mixture, weights=weights / weights.sum(), means=means, covariances=covariances, noise=noise
    )
