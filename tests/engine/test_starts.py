"""Starts find the components that are there, and get out of what only looks like the best."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine import starts as searching
from segmenter.engine.mixture import em_step
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.starts import (
    SAME,
    Tried,
    _splits,
    different,
    short_runs,
    starts,
    stepped,
    swapped,
)
from segmenter.engine.thinning import MOST, SUBSET, views_of
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import Mixture, Samples


def start_of(run, samples, form, *, components=3, restarts=2, seed=0):
    settings = Settings(components=components, restarts=restarts, seed=seed)
    searches, fit = run(starts(samples, form, settings))
    return searches, fit.mixture


CENTRES = np.array([[-3, 0], [2, 2], [4, -5]])


def make_blobs(seed=5, count=20_000):
    """Three blobs, of which one is small."""
    random = np.random.default_rng(seed)
    kinds = random.choice(3, count, p=[0.6, 0.38, 0.02])
    values = (CENTRES[kinds] + random.normal(size=(count, 2)) * 0.5).T
    return Samples(np.ascontiguousarray(values, np.float32), np.ones(count, np.float32))


@pytest.fixture(scope="module")
def blobs():
    return make_blobs()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("covariance", list(Covariance))
def test_the_blobs_are_found(run, form_of, covariance, seed):
    _, mixture = start_of(run, make_blobs(seed), form_of(covariance, 2))
    found = mixture.means[np.argsort(mixture.means[:, 0])]
    np.testing.assert_allclose(found, CENTRES, atol=0.25)


@pytest.mark.parametrize(
    ("count", "is_known"), [(900, True), (SUBSET + 1, True), (MOST + 1, False)]
)
def test_the_way_is_known_where_every_sample_was_seen(
    run, random_samples, form_of, count, is_known
):
    samples, form = random_samples(2, count), form_of("full", 2)
    _, fit = run(starts(samples, form, Settings(components=4, restarts=1)))
    if not is_known:
        assert fit.log_likelihoods == ()
        return
    assert (np.diff(fit.log_likelihoods) > 0).all()
    assert em_step(samples, fit.mixture, form)[1] == pytest.approx(fit.log_likelihoods[-1])


@pytest.mark.parametrize("limit", [1, 3])
def test_the_way_is_no_longer_than_allowed(run, random_samples, form_of, limit):
    settings = Settings(components=4, restarts=1, max_iterations=limit)
    _, fit = run(starts(random_samples(2, 900), form_of("full", 2), settings))
    assert fit.iteration == limit


def test_the_best_so_far_gets_better_and_better(run, random_samples, form_of):
    searches, _ = run(starts(random_samples(3, 900), form_of("full", 3), Settings(components=6)))
    assert searches[0].best is None
    values = [search.best.log_likelihoods[-1] for search in searches[1:]]
    assert values == sorted(values)
    assert values[-1] > values[0]


def test_the_same_seed_gives_the_same_bits(run, blobs, form_of):
    a, b = (start_of(run, blobs, form_of("full", 2), seed=3)[1] for _ in range(2))
    assert a.means.tobytes() == b.means.tobytes()


@pytest.mark.parametrize("restarts", [1, 2, 4])
def test_only_the_last_restart_draws_by_the_seed(blobs, form_of, restarts):
    form, views = form_of("full", 2), views_of(blobs)
    chosen = [Settings(components=5, restarts=restarts, seed=seed) for seed in (1, 2)]
    one, other = (
        [run.log_likelihood for run in short_runs(views, form, settings)] for settings in chosen
    )
    assert one != other
    assert bool(set(one) & set(other)) == (restarts > 1)


def test_threads_agree_to_the_bit(run, random_samples, form_of):
    samples, form, found = random_samples(3, 10_000), form_of("full", 3), []
    try:
        for count in (1, 3):
            set_thread_count(count)
            found.append(start_of(run, samples, form, restarts=1)[1])
    finally:
        set_thread_count(0)
    assert found[0].covariances.tobytes() == found[1].covariances.tobytes()


def test_more_restarts_find_more(run, form_of):
    random = np.random.default_rng(1)
    kinds = random.choice(20, 6000, p=random.dirichlet(np.full(20, 2.0)))
    values = (random.uniform(-9, 9, (20, 2))[kinds] + random.normal(size=(6000, 2)) * 0.5).T
    samples = Samples(np.ascontiguousarray(values, np.float32), np.ones(6000, np.float32))
    reached = []
    for restarts in (1, 6):
        _, found = start_of(run, samples, form_of("full", 2), components=16, restarts=restarts)
        reached.append(em_step(samples, found, form_of("full", 2))[1])
    assert reached[1] > reached[0]


def test_swaps_find_what_short_runs_do_not(run, form_of, monkeypatch):
    """Twelve kinds in a row, of different sizes."""
    random = np.random.default_rng(0)
    sizes = random.integers(50, 500, 12)
    middles = np.repeat(np.arange(12) * 5, sizes)
    values = (middles + random.normal(size=len(middles)) * 0.5).astype(np.float32)[None]
    samples, form = Samples(values, np.ones(len(middles), np.float32)), form_of("full", 1)
    reached = []
    for rounds in (0, 6):
        monkeypatch.setattr(searching, "ROUNDS", rounds)
        _, mixture = start_of(run, samples, form, components=12, restarts=1)
        reached.append(em_step(samples, mixture, form)[1])
    assert reached[1] > reached[0] + 0.01
    np.testing.assert_allclose(np.sort(mixture.means[:, 0]), np.arange(12) * 5, atol=0.2)


@pytest.mark.parametrize("covariance", list(Covariance))
def test_a_swap_moves_a_component_to_where_it_is_missing(blobs, form_of, covariance):
    form = form_of(covariance, 2)
    stuck = np.array([[-3.3, 0], [-2.7, 0], [2.1, 1.7]])
    mixture = Mixture(np.full(3, 1 / 3), stuck, np.tile(np.eye(2) * 0.3, (3, 1, 1)))
    views, random = views_of(blobs), np.random.default_rng(0)
    begun = stepped(views.more, [mixture], form, 1)
    (stayed,) = stepped(views.more, [mixture], form, 13)
    (better,), settled = swapped(views.few, views.more, begun, form, random)
    assert not settled
    assert better.log_likelihood > stayed.log_likelihood + 0.01
    found = better.following.means[np.argsort(better.following.means[:, 0])]
    np.testing.assert_allclose(found, CENTRES, atol=0.25)


def test_every_component_is_split_in_both_ways(blobs, form_of, random_mixture):
    few, mixture = views_of(blobs).few, random_mixture(3, 2)
    splits = list(_splits(few, mixture, form_of("full", 2), np.random.default_rng(0)))
    assert [len(split) for split in splits] == [4] * 6
    about_one_mean = [(split.means[-1] == split.means[-2]).all() for split in splits]
    assert about_one_mean == [True, False] * 3


def test_one_component_has_nothing_to_swap(blobs, form_of, random_mixture):
    form, views = form_of("full", 2), views_of(blobs)
    begun = stepped(views.more, [random_mixture(1, 2)], form, 1)
    higher, settled = swapped(views.few, views.more, begun, form, np.random.default_rng(0))
    assert not higher
    assert len(settled) == 1


def test_climbers_swap_side_by_side_as_they_would_alone(blobs, form_of, random_mixture):
    form, views = form_of("full", 2), views_of(blobs)
    begun = stepped(views.more, [random_mixture(3, 2, seed=seed) for seed in (1, 2)], form, 1)

    def best(climbers):
        found = swapped(views.few, views.more, climbers, form, np.random.default_rng(0))
        return sorted(one.log_likelihood for part in found for one in part)

    together, (first,) = best(begun), best(begun[:1])
    assert len(together) == 2
    # The second draws other numbers than it would alone.
    assert any(value == pytest.approx(first, rel=1e-12) for value in together)


def test_plain_steps_are_those_of_em(random_samples, random_mixture, form_of):
    samples, form, mixture = random_samples(2, 500), form_of("full", 2), random_mixture(3, 2)
    (one,) = stepped(samples, [mixture], form, 2)
    second, _ = em_step(samples, mixture, form)
    third, log_likelihood = em_step(samples, second, form)
    assert one.log_likelihood == log_likelihood
    assert one.mixture.means.tobytes() == second.means.tobytes()
    assert one.following.means.tobytes() == third.means.tobytes()


def test_runs_to_one_optimum_count_once_and_the_best_come_first(random_mixture):
    mixture = random_mixture(3, 2)
    tried = [Tried(mixture, -1 - gap, mixture) for gap in (0.5, SAME / 2, 0, 0.2)]
    assert [one.log_likelihood for one in different(tried, 2)] == [-1, -1.2]


def test_all_components_are_better_than_a_likelier_mixture_without(random_mixture):
    three, two = random_mixture(3, 2), random_mixture(2, 2)
    all_of_them, likelier = Tried(three, -2.0, three), Tried(two, -1.0, two)
    assert different([likelier, all_of_them], 1) == [all_of_them]


def test_it_says_how_far_it_is(run, blobs, form_of):
    searches, _ = start_of(run, blobs, form_of("full", 2), restarts=3)
    assert len({search.tries for search in searches}) == 1
    done = [search.done for search in searches]
    # Rounds that are not needed are skipped.
    assert done[:2] == [0, 1]
    assert done[-1] == searches[0].tries - 1
    assert done == sorted(set(done))


@pytest.mark.parametrize("distinct", [1, 2, 5])
def test_there_are_no_more_components_than_distinct_samples(run, form_of, distinct):
    samples = Samples(np.arange(distinct, dtype=np.float32)[None], np.full(distinct, 9, np.float32))
    _, mixture = start_of(run, samples, form_of("full", 1), components=8)
    assert len(mixture) <= distinct
    assert np.isfinite(mixture.covariances).all()


@pytest.mark.parametrize("components", [1, 2, 32])
def test_there_are_as_many_components_as_asked_for(run, random_samples, form_of, components):
    _, mixture = start_of(run, random_samples(3, 4000), form_of("full", 3), components=components)
    assert len(mixture) == components
    assert mixture.weights.sum() == pytest.approx(1)
