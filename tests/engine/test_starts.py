"""Starts find the components that are there, whatever the seed."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.iterate import Fit
from segmenter.engine.mixture import em_step
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.starts import SUBSET, _badness, starts, subset
from segmenter.engine.types import Samples


def start_of(run, samples, form, *, components=3, restarts=2, seed=0):
    settings = Settings(components=components, restarts=restarts, seed=seed)
    searches, fit = run(starts(samples, form, settings))
    return searches, fit.mixture


@pytest.fixture(scope="module")
def blobs():
    """Three blobs, of which one is small."""
    random = np.random.default_rng(5)
    kinds = random.choice(3, 20_000, p=[0.6, 0.38, 0.02])
    centres = np.array([[-3, 0], [2, 2], [4, -5]])
    values = (centres[kinds] + random.normal(size=(20_000, 2)) * 0.5).T
    return Samples(np.ascontiguousarray(values, np.float32), np.ones(20_000, np.float32))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("covariance", list(Covariance))
def test_every_seed_finds_the_blobs(run, blobs, form_of, covariance, seed):
    _, mixture = start_of(run, blobs, form_of(covariance, 2), seed=seed)
    found = mixture.means[np.argsort(mixture.means[:, 0])]
    np.testing.assert_allclose(found, [[-3, 0], [2, 2], [4, -5]], atol=0.25)


@pytest.mark.parametrize(("count", "is_known"), [(SUBSET, True), (SUBSET + 1, False)])
def test_the_way_so_far_is_known_where_the_tries_saw_every_sample(
    run, random_samples, form_of, count, is_known
):
    samples, form = random_samples(2, count), form_of("full", 2)
    _, fit = run(starts(samples, form, Settings(components=4)))
    if not is_known:
        assert fit.log_likelihoods == ()
        return
    assert fit.iteration > 3
    assert (np.diff(fit.log_likelihoods) >= 0).all()
    assert em_step(samples, fit.mixture, form)[1] == fit.log_likelihoods[-1]


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_tries_take_no_more_iterations_than_allowed(run, random_samples, form_of, limit):
    settings = Settings(components=4, max_iterations=limit, tolerance=1e-9)
    _, fit = run(starts(random_samples(2, 900), form_of("full", 2), settings))
    assert fit.iteration <= limit


def test_the_best_so_far_gets_better_and_better(run, random_samples, form_of):
    searches, _ = run(starts(random_samples(3, 900), form_of("full", 3), Settings(components=6)))
    assert searches[0].best is None
    values = [search.best.log_likelihoods[-1] for search in searches[1:]]
    assert values == sorted(values)
    assert values[-1] > values[0]


def test_seeds_agree_in_likelihood(run, blobs, form_of):
    form = form_of("full", 2)
    reached = [em_step(blobs, start_of(run, blobs, form, seed=s)[1], form)[1] for s in range(6)]
    assert max(reached) - min(reached) < 2e-3


def test_the_same_seed_gives_the_same_bits(run, blobs, form_of):
    a, b = (start_of(run, blobs, form_of("full", 2), seed=3)[1] for _ in range(2))
    assert a.means.tobytes() == b.means.tobytes()


def test_the_most_likely_start_goes_on(run, random_samples, form_of):
    samples, form = random_samples(3, 3000), form_of("full", 3)
    reached = []
    for restarts in (1, 2, 8):
        _, found = start_of(run, samples, form, components=6, restarts=restarts)
        reached.append(em_step(samples, found, form)[1])
    assert reached == sorted(reached)
    assert reached[-1] > reached[0]


def test_a_start_with_all_components_is_better_than_a_likelier_one_without(random_mixture):
    all_of_them, likelier = (
        Fit(mixture, (log_likelihood,))
        for mixture, log_likelihood in ((random_mixture(3, 2), -2.0), (random_mixture(2, 2), -1.0))
    )
    assert min(likelier, all_of_them, key=_badness) is all_of_them


def test_it_says_how_far_it_is(run, blobs, form_of):
    searches, _ = start_of(run, blobs, form_of("full", 2), restarts=3)
    assert [search.done for search in searches] == list(range(searches[0].tries))
    assert len({search.tries for search in searches}) == 1


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


def test_a_subset_stands_for_all(random_samples):
    samples = random_samples(2, 30_000)
    few = subset(samples, np.random.default_rng(0))
    assert few.total == SUBSET
    assert few.values.shape[1] <= SUBSET
    share = samples.weights / samples.total
    np.testing.assert_allclose(
        few.values @ (few.weights / SUBSET), samples.values @ share, atol=0.05
    )


def test_heavy_samples_come_as_often_as_they_weigh():
    weights = np.ones(20_000, np.float32)
    weights[77] = 20_000
    few = subset(
        Samples(np.arange(20_000, dtype=np.float32)[None], weights), np.random.default_rng(0)
    )
    assert few.weights[few.values[0] == 77] == pytest.approx(SUBSET / 2, abs=1)


def test_few_samples_are_all_taken(random_samples):
    samples = random_samples(2, SUBSET)
    few = subset(samples, np.random.default_rng(0))
    assert few.values is samples.values
    assert few.weights is samples.weights
