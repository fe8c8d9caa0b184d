"""How many components: from many down to one, two merged at a time, each number judged.

A path begins with as many components as there may be. At every number, the pairs that cost least to
merge (Runnalls 2007) are merged and EM goes on from the best of the outcomes; so each number begins
where the one above it ended, without a search of its own. All of it happens on thinned samples. A
few mixtures go down side by side, and at every number swaps lead them out of poor optima.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.driven import last_of
from segmenter.engine.effective import effective_pixels
from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.mixture import posterior_of
from segmenter.engine.settings import Covariance, Criterion
from segmenter.engine.split_merge import merge, merge_costs
from segmenter.engine.starts import Search, different, short_runs, stepped, swapped
from segmenter.engine.thinning import SUBSET, views_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from segmenter.engine.maximise import Form
    from segmenter.engine.settings import Settings
    from segmenter.engine.starts import Tried
    from segmenter.engine.thinning import Views
    from segmenter.engine.types import Mixture, Samples

ABREAST = 2  # mixtures that go down side by side
RESTARTS = 2  # of the short runs with most components; more bring nothing that swaps do not
ROUNDS = 2  # of swaps with most components; one at every number below
MERGES = 6  # cheapest pairs that are tried
TRIAL, SETTLE = 6, 12  # EM steps after a merge, and of the best of them
LAST, LAST_OF_FEW = 6, 40  # EM steps on the samples that judge: of many, and of up to `SUBSET`


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One number of components that could be chosen.

    Parameters
    ----------
    mixture
        In scaled units.
    log_likelihood
        Nats per pixel of the samples that judge: all of them, or `MOST` that stand for all.
    bic, icl
        2 log L - df log N, for N effective pixels (Schwarz 1978), and with 2 sum log max r added
        (Biernacki, Celeux and Govaert 2000); the larger, the better.
    """

    mixture: Mixture
    log_likelihood: float
    bic: float
    icl: float

    def score(self, criterion: Criterion) -> float:
        """Return what the criterion makes of it."""
        return self.bic if criterion is Criterion.BIC else self.icl


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The number of components that was chosen, and all that were tried.

    Parameters
    ----------
    fit
        Where EM on all samples goes on: the chosen one, settled on those that judge.
    chosen
        Which of `judged` it was.
    judged
        From few components to many; without those of which one stands for hardly a sample.
    effective
        The number of independent pixels that the image is worth.
    """

    fit: Fit
    chosen: Judged
    judged: tuple[Judged, ...]
    effective: float


def select(
    samples: Samples, form: Form, settings: Settings, *, shape: tuple[int, int] | None = None
) -> Generator[Search, None, Choice]:
    """Choose the number of components by the criterion of the settings.

    Parameters
    ----------
    shape
        (rows, columns) of the image that the samples stand for; None where they are independent
        draws, as the rows of a table are.
    """
    views = views_of(samples)
    tries = settings.at_most
    yield Search(0, tries)
    limit = LAST_OF_FEW if views.most.values.shape[1] <= SUBSET else LAST
    found: list[Fit] = []
    for best in _path(views, form, settings):
        found.append(_settled(views.most, best.following, form, limit, settings.tolerance))
        yield Search(tries - len(best.following), tries, found[-1])
    effective = samples.total
    if shape is not None:
        effective = effective_pixels(samples, shape, found[0].mixture, form)
    sound = [fit for fit in found if is_sound(fit.mixture, views.most.total)] or found[-1:]
    judged = tuple(_judged(views.most, fit, form, effective) for fit in reversed(sound))
    # The first of equals: fewer components.
    best_one = max(judged, key=lambda one: one.score(settings.criterion))
    limit, tolerance = settings.max_iterations, settings.tolerance
    begun = _settled(views.most, best_one.mixture, form, limit, tolerance)
    return Choice(Fit(begun.mixture, ()), best_one, judged, effective)


def degrees_of_freedom(components: int, features: int, covariance: Covariance) -> int:
    """Return how many free numbers a mixture has."""
    triangle = features * (features + 1) // 2
    spreads = {
        Covariance.FULL: components * triangle,
        Covariance.TIED: triangle,
        Covariance.DIAG: components * features,
        Covariance.SPHERICAL: components,
    }
    return components - 1 + components * features + spreads[covariance]


def _path(views: Views, form: Form, settings: Settings) -> Iterator[Tried]:
    """Yield the best mixture of every number of components, from many to one."""
    random = np.random.default_rng(0)
    searched = settings.model_copy(update={"restarts": RESTARTS})
    total = views.more.total
    abreast = _ahead(short_runs(views, form, searched), total)
    rounds = ROUNDS
    while True:
        count = len(abreast[0].following)
        for _ in range(rounds if count > 1 else 0):
            higher, stayed = swapped(views.few, views.more, abreast, form, random)
            abreast = _ahead([*higher, *stayed, *abreast], total)
        yield abreast[0]
        if count == 1:
            return
        merged = [pair for one in abreast for pair in _merged(one.following, form)]
        tried = _ahead(stepped(views.more, merged, form, TRIAL), total)
        going_on = (one.following for one in tried)
        abreast = _ahead(stepped(views.more, going_on, form, SETTLE), total)
        rounds = 1


def _ahead(tried: Iterable[Tried], total: float) -> list[Tried]:
    """Return the best, those without a component of too few samples if there are any."""
    every = list(tried)
    sound = [one for one in every if is_sound(one.following, total)]
    return different(sound or every, ABREAST)


def is_sound(mixture: Mixture, total: float) -> bool:
    """Whether every component stands for more samples than its covariance needs to be proper.

    Fewer can be fitted as closely as one likes, which says nothing of the rest.
    """
    return bool(mixture.weights.min() * total > mixture.means.shape[1] + 1)


def _merged(mixture: Mixture, form: Form) -> Iterator[Mixture]:
    """Yield the mixture with two components merged, the cheapest pairs first."""
    if len(mixture) == 1:
        return
    costs = merge_costs(mixture)
    order = np.argsort(costs, axis=None, kind="stable")[:MERGES]
    for first, second in (divmod(int(place), len(mixture)) for place in order):
        if np.isfinite(costs[first, second]):
            yield merge(mixture, first, second, form)


def _settled(samples: Samples, mixture: Mixture, form: Form, limit: int, tolerance: float) -> Fit:
    return last_of(iterate(samples, mixture, form, limit=limit, tolerance=tolerance))


def _judged(samples: Samples, fit: Fit, form: Form, effective: float) -> Judged:
    """Return what BIC and ICL say of a mixture, as if there were so many pixels."""
    responsibilities = posterior_of(samples, fit.mixture, form).responsibilities
    certainty = np.average(np.log(responsibilities.max(axis=0)), weights=samples.weights)
    components, features = fit.mixture.means.shape
    freedom = degrees_of_freedom(components, features, form.covariance)
    value = fit.log_likelihoods[-1]
    bic = 2 * effective * value - freedom * float(np.log(effective))
    return Judged(fit.mixture, value, bic, bic + 2 * effective * float(certainty))
