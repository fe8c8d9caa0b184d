"""Where EM begins: short runs on a few thousand samples, then swaps on the best of them.

Short runs (em-EM, Biernacki, Celeux and Govaert 2003) begin with a cut along the first principal
axis or with k-means++ and Lloyd. A swap splits one component and merges two others (Ueda, Nakano,
Ghahramani and Hinton 2000), which leads out of an optimum where more short runs would hardly help.
Swaps are tried on the few samples of one view and kept for what they are on the more of another;
in the end the most samples choose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.iterate import Fit
from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.maximise import m_step, moments_of_labels
from segmenter.engine.mixture import em_steps, posterior_of
from segmenter.engine.patterns import taken
from segmenter.engine.split_merge import merge, merge_costs, split_by_samples, split_in_width
from segmenter.engine.thinning import Views, views_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture, Samples

TRIES = 3  # short runs of which one is kept
SHORT, LONGER = 8, 6  # EM steps of a short run on the first and on the second view
LLOYD = 3
ROUNDS = 6  # of swaps
SPLITS, MERGES, SWAPS = 6, 4, 4  # best splits; cheapest merges for each; best swaps to go on
TRIAL, KEPT = 5, 12  # EM steps after a split or a merge, and of the swaps that go on
FINALISTS, LAST = 4, 6  # mixtures that see `MOST` samples, and their EM steps there
SUMMED = 1e-9  # nats, relative: how far the same samples in another order may differ
AT_ONCE = 16_384  # squared components times squared features of the climbers that swap at once
SAME = 3e-4  # nats per sample: closer runs are on the way to one optimum


@dataclass(frozen=True, slots=True, eq=False)
class Search:
    """How far the search for a start has come.

    ``done`` and ``tries`` count the short runs, the rounds of swaps and the choice in the end;
    ``best`` is None before the short runs are done.
    """

    done: int
    tries: int
    best: Fit | None = None


class Tried(NamedTuple):
    """A mixture, its log-likelihood per sample, and the mixture that EM makes of it.

    ``history`` has the log-likelihoods of the EM steps that led to it, its own last; they began
    with ``begun``.
    """

    mixture: Mixture
    log_likelihood: float
    following: Mixture
    history: tuple[float, ...] = ()
    begun: Mixture | None = None


def starts(samples: Samples, form: Form, settings: Settings) -> Generator[Search, None, Fit]:
    """Look for a good start and return it.

    Where every sample was seen in the end, its log-likelihoods are those of the last EM steps that
    led to it, and EM goes on from them. Else there are none, because they are of fewer samples.

    The mixture has fewer components than the settings ask for when there are fewer distinct
    samples. The last of `settings.restarts` draws by `settings.seed`, those before always draw the
    same: so seeds agree on what is not too hard to find, and each looks somewhere else besides.
    """
    views, random = views_of(samples), np.random.default_rng(0)
    yield Search(0, ROUNDS + 2)
    moving = short_runs(views, form, settings)
    at_once = len(moving)
    settled: list[Tried] = []
    for number in range(ROUNDS):
        higher: list[Tried] = []
        for climbers in _in_groups(moving):
            yield Search(1 + number, ROUNDS + 2, _best_fit(settled + moving + higher))
            better, stayed = swapped(views.few, views.more, climbers, form, random)
            higher, settled = higher + better, settled + stayed
        moving = different(higher, at_once)
        if not moving:
            break
    yield Search(ROUNDS + 1, ROUNDS + 2, _best_fit(settled + moving))
    last = different(settled + moving, FINALISTS)
    if views.most is not views.more:
        last = stepped(views.most, (one.following for one in last), form, LAST)
        moving, stayed = swapped(views.more, views.most, different(last, 1), form, random)
        last = moving + stayed
    best = different(last, 1)[0]
    saw_all = len(views.most.weights) == len(samples.weights)
    saw_all &= bool(views.most.patterns) == bool(samples.patterns)
    return _fit(best, settings.max_iterations) if saw_all else Fit(best.following, ())


def _in_groups(climbers: list[Tried]) -> Iterator[list[Tried]]:
    """Yield so many at a time that the work in between, and its memory, stay small."""
    if climbers:
        components, features = climbers[0].following.means.shape
        size = max(1, AT_ONCE // (components * features) ** 2)
        for start in range(0, len(climbers), size):
            yield climbers[start : start + size]


def _fit(best: Tried, limit: int) -> Fit:
    """Return the way up to a mixture, without what rounding makes of its last steps."""
    way = [best.log_likelihood]
    for value in reversed(best.history):
        if value < way[-1] - SUMMED * max(1.0, abs(way[-1])):
            way.append(value)
    # Who is to be shown the way must come out at its end.
    is_whole = len(way) == len(best.history) <= limit + 1
    begun = best.begun if is_whole else None
    return Fit(best.mixture, tuple(reversed(way[: limit + 1])), begun=begun)


# ---- Runs and swaps -----------------------------------------------------------------------------


def stepped(samples: Samples, mixtures: Iterable[Mixture], form: Form, count: int) -> list[Tried]:
    """Do `count` >= 1 plain EM steps from each of the mixtures; the last is not evaluated yet."""
    tried = [Tried(mixture, -np.inf, mixture, begun=mixture) for mixture in mixtures]
    for _ in range(count):
        standing = [one.following for one in tried]
        tried = [
            Tried(mixture, value, following, (*one.history, value), one.begun)
            for one, mixture, (following, value) in zip(
                tried, standing, em_steps(samples, standing, form), strict=True
            )
        ]
    return tried


def different(tried: Iterable[Tried], count: int) -> list[Tried]:
    """Return the `count` best, best first, without those on the way to the same optimum."""
    found: list[Tried] = []
    # Sorting keeps the earlier of equals, so the choice does not depend on chance.
    for one in sorted(tried, key=_badness):
        if not any(_are_same(one, other) for other in found):
            found.append(one)
    return found[:count]


def _are_same(one: Tried, other: Tried) -> bool:
    gap = abs(one.log_likelihood - other.log_likelihood)
    return gap <= SAME and len(one.following) == len(other.following)


def _badness(tried: Tried) -> tuple[int, float]:
    """More components first, as asked for, then the likelihood."""
    return -len(tried.following), -tried.log_likelihood


def _best_fit(tried: list[Tried]) -> Fit | None:
    if not tried:
        return None
    best = min(tried, key=_badness)
    return Fit(best.mixture, (best.log_likelihood,))


def short_runs(views: Views, form: Form, settings: Settings) -> list[Tried]:
    """Return the best of the short runs, for each restart one, or two among several features."""
    each = min(2, len(views.few.values))
    shared = (settings.restarts - 1) * each
    tries = range(settings.restarts * each * TRIES)
    # With a seed of its own for every try, those that are shared are the same for any seed.
    seeds = [[n] if n < shared * TRIES else [settings.seed, n] for n in tries]
    cut = _cut_along_principal_axis(views.few, settings.at_most)
    labelled = [cut, *(_clustered(views.few, settings.at_most, seed) for seed in seeds[1:])]
    total = views.few.total
    begun = (m_step(moments_of_labels(views.few, labels), form, total) for labels in labelled)
    short = stepped(views.few, begun, form, SHORT)
    longer = stepped(views.more, (one.following for one in short), form, LONGER)
    # Apart from the shared ones, so that no seed takes anything away from them.
    return different(longer[: shared * TRIES], shared) + different(longer[shared * TRIES :], each)


def _clustered(samples: Samples, components: int, seed: list[int]) -> NDArray[np.uint8]:
    centres = seed_centres(samples, components, np.random.default_rng(seed))
    return lloyd(samples, centres, LLOYD)[0]


def swapped(
    rough: Samples, fine: Samples, climbers: list[Tried], form: Form, random: np.random.Generator
) -> tuple[list[Tried], list[Tried]]:
    """Return the swaps that led higher, and those that no swap did.

    Swaps are tried on the rough view; on the fine one the best are held against none.
    """
    standing = [climber.following for climber in climbers]
    split = [list(_splits(rough, mixture, form, random)) for mixture in standing]
    merged = [
        list(_merges(mixture, splits, form))
        for mixture, splits in zip(standing, _side_by_side(rough, split, form, TRIAL), strict=True)
    ]
    swaps = [different(tried, SWAPS) for tried in _side_by_side(rough, merged, form, TRIAL)]
    going_on = [
        [mixture, *(swap.following for swap in tried)]
        for mixture, tried in zip(standing, swaps, strict=True)
    ]
    higher: list[Tried] = []
    settled: list[Tried] = []
    for stayed, *others in _side_by_side(fine, going_on, form, KEPT):
        best = different([stayed, *others], 1)[0]
        (settled if best is stayed else higher).append(best)
    return higher, settled


def _merges(mixture: Mixture, splits: list[Tried], form: Form) -> Iterator[Mixture]:
    """Yield the best of the splits with two components merged, the cheapest first."""
    whole = (split for split in splits if len(split.following) == len(mixture) + 1)
    for split in different(whole, SPLITS):
        for pair in _cheapest_pairs(split.following):
            yield merge(split.following, *pair, form)


def _side_by_side(
    samples: Samples, groups: list[list[Mixture]], form: Form, count: int
) -> Iterator[list[Tried]]:
    """Do EM steps from the mixtures of all groups at once; yield them group by group."""
    tried = iter(stepped(samples, (one for group in groups for one in group), form, count))
    for group in groups:
        yield list(islice(tried, len(group)))


def _splits(
    samples: Samples, mixture: Mixture, form: Form, random: np.random.Generator
) -> Iterator[Mixture]:
    """Yield the mixture with each of its components split, in two ways."""
    labels = posterior_of(samples, mixture, form).labels
    for which in range(len(mixture)):
        yield split_in_width(mixture, which)
        own = np.flatnonzero(labels == which)
        part = replace(taken(samples, own), patterns=())
        split = split_by_samples(part, mixture, which, form, random)
        if split is not None:
            yield split


def _cheapest_pairs(mixture: Mixture) -> list[tuple[int, int]]:
    """Return the pairs that cost least to merge, without the last two: they were just split."""
    costs = merge_costs(mixture)
    costs[-2, -1] = np.inf
    order = np.argsort(costs, axis=None, kind="stable")[:MERGES]
    pairs = [divmod(int(place), len(mixture)) for place in order]
    return [pair for pair in pairs if np.isfinite(costs[pair])]


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
