"""Starts find the components that are there, whatever the seed."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.mixture import em_step
from segmenter.engine.settings import Covariance
from segmenter.engine.starts import SUBSET, _badness, _Try, starts, subset
from segmenter.engine.types import Samples


def start_of(run, samples, form, *, components=3, restarts=2, seed=0):
    return run(starts(samples, form, components=components, restarts=restarts, seed=seed))


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


def test_em_begins_before_the_tries_where_they_saw_every_sample(run, random_samples, form_of):
    form = form_of("full", 2)
    few, many = random_samples(2, SUBSET), random_samples(2, SUBSET + 1)
    gains = []
    for samples in (few, many):
        _, first = start_of(run, samples, form, components=4)
        _, fit = run(iterate(samples, first, form, limit=500, tolerance=1e-6))
        gains.append(fit.log_likelihoods[-1] - fit.log_likelihoods[0])
    assert gains[0] > 5 * gains[1]


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
        _, first = start_of(run, samples, form, components=6, restarts=restarts)
        _, fit = run(iterate(samples, first, form, limit=68, tolerance=1e-6))
        reached.append(fit.log_likelihoods[-1])
    assert reached == sorted(reached)
    assert reached[-1] > reached[0]


def test_a_start_with_all_components_is_better_than_a_likelier_one_without(random_mixture):
    all_of_them, likelier = (
        _Try(mixture, Fit(mixture, (log_likelihood,)))
        for mixture, log_likelihood in ((random_mixture(3, 2), -2.0), (random_mixture(2, 2), -1.0))
    )
    assert min(likelier, all_of_them, key=_badness) is all_of_them


def test_it_says_how_far_it_is(run, blobs, form_of):
    progress, _ = start_of(run, blobs, form_of("full", 2), restarts=3)
    done, totals = zip(*progress, strict=True)
    assert list(done) == list(range(totals[0]))
    assert len(set(totals)) == 1


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
