"""EM as an iterator: when it ends, and that it never goes down."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine import iterate as iterating
from segmenter.engine.iterate import FIRST_LEAP, Ascent, Climb, has_converged, iterate
from segmenter.engine.kmeans import lloyd
from segmenter.engine.leap import Leap, read_back, written_out
from segmenter.engine.maximise import m_step, moments_of_labels
from segmenter.engine.mixture import em_step
from segmenter.engine.outcome import Stop
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


@pytest.fixture
def fitting(random_samples, random_mixture, form_of):
    def start(covariance=Covariance.FULL, *, limit=200, tolerance=1e-5, features=2, leaps=True):
        return iterate(
            random_samples(features, 3000), random_mixture(3, features, covariance),
            form_of(covariance, features), limit=limit, tolerance=tolerance, leaps=leaps,
        )  # fmt: skip

    return start


@EVERY
def test_log_likelihood_never_falls(run, fitting, random_samples, form_of, covariance):
    steps, _ = run(fitting(covariance))
    samples, form = random_samples(2, 3000), form_of(covariance, 2)
    # Evaluated anew: what the fit itself lists could not fall.
    values = [em_step(samples, step.mixture, form)[1] for step in steps]
    assert len(values) > 3
    assert (np.diff(values) >= -1e-8).all()


@EVERY
def test_plain_em_never_falls(run, fitting, random_samples, form_of, covariance):
    samples, form = random_samples(2, 3000), form_of(covariance, 2)
    steps, _ = run(fitting(covariance, leaps=False, limit=50, tolerance=1e-12))
    values = [em_step(samples, em_step(samples, s.mixture, form)[0], form)[1] for s in steps]
    assert (np.diff(values) >= -1e-8).all()


@pytest.mark.parametrize("limit", [0, 1, 2, 7])
def test_it_ends_at_the_limit(run, fitting, limit):
    steps, fit = run(fitting(limit=limit, tolerance=1e-12))
    assert fit.stopped is Stop.LIMIT_REACHED
    assert fit.iteration == limit == len(steps)


def test_it_says_that_it_converged(run, fitting):
    steps, fit = run(fitting(limit=10_000))
    assert fit.stopped is Stop.CONVERGED
    assert [step.iteration for step in steps] == list(range(len(steps)))
    assert all(step.stopped is None for step in steps)


def test_a_smaller_tolerance_goes_on_longer_and_no_lower(run, fitting):
    _, rough = run(fitting(tolerance=1e-3))
    _, fine = run(fitting(tolerance=1e-7, limit=5000))
    assert fine.iteration > rough.iteration
    assert fine.log_likelihoods[-1] >= rough.log_likelihoods[-1]


def test_little_more_than_the_tolerance_is_left_to_gain(run, form_of):
    random = np.random.default_rng(0)
    values = random.normal(size=(1, 5000)) + np.where(random.random(5000) < 0.5, -1.3, 1.3)
    samples = Samples(values.astype(np.float32), np.ones(5000, np.float32))
    start = Mixture(np.array([0.2, 0.8]), np.array([[-2.0], [0.5]]), np.ones((2, 1, 1)))
    ends = {}
    for tolerance in (1e-4, 1e-12):
        _, fit = run(iterate(samples, start, form_of("full", 1), limit=9999, tolerance=tolerance))
        ends[tolerance] = fit.log_likelihoods[-1]
    assert 0 <= ends[1e-12] - ends[1e-4] < 3e-4


@pytest.mark.parametrize("seed", range(5))
def test_from_the_optimum_of_a_part_it_goes_on_to_that_of_all(run, form_of, seed):
    """There the first steps gain little, and less and less, while the slow way has just begun."""
    random = np.random.default_rng(seed)
    middles = np.array([[-1.6, 0], [1.6, 0], [0, 2.0]])[random.integers(0, 3, 60_000)]
    values = np.ascontiguousarray((middles + random.normal(size=(60_000, 2))).T, np.float32)
    every, part = (
        Samples(v, np.ones(v.shape[1], np.float32)) for v in (values, values[:, :50_000].copy())
    )
    form = form_of("full", 2)
    means = np.array([[-1.0, 0], [1.0, 0], [0, 1.0]])
    start = Mixture(np.full(3, 1 / 3), means, np.array([np.eye(2)] * 3))
    _, coarse = run(iterate(part, start, form, limit=3000, tolerance=1e-9))
    _, fine = run(iterate(every, coarse.mixture, form, limit=3000, tolerance=1e-5))
    _, direct = run(iterate(every, coarse.mixture, form, limit=9000, tolerance=1e-10))
    assert fine.iteration > FIRST_LEAP
    assert direct.log_likelihoods[-1] - fine.log_likelihoods[-1] < 1e-5


def test_the_last_log_likelihood_is_that_of_the_mixture(run, fitting, random_samples, form_of):
    _, fit = run(fitting(limit=5))
    _, log_likelihood = em_step(random_samples(2, 3000), fit.mixture, form_of("full", 2))
    assert log_likelihood == fit.log_likelihoods[-1]


@pytest.fixture(scope="module")
def overlapping():
    """Two components so close that EM crawls."""
    random = np.random.default_rng(0)
    values = random.normal(size=(1, 20_000)) + np.where(random.random(20_000) < 0.4, -1.0, 1.0)
    samples = Samples(values.astype(np.float32), np.ones(20_000, np.float32))
    return samples, Mixture(np.array([0.5, 0.5]), np.array([[-0.3], [0.3]]), np.ones((2, 1, 1)))


def counted(monkeypatch):
    """Count the E+M steps that `iterate` does."""
    calls = []

    def counting(*samples_and_mixture, form):
        calls.append(1)
        return em_step(*samples_and_mixture, form)

    monkeypatch.setattr(iterating, "em_step", counting)
    return calls


def test_leaps_save_steps_and_reach_as_high(run, overlapping, form_of, monkeypatch):
    samples, start = overlapping
    steps = counted(monkeypatch)
    ends, used = [], []
    for leaps in (False, True):
        steps.clear()
        ways = iterate(samples, start, form_of("full", 1), limit=9999, tolerance=1e-7, leaps=leaps)
        ends.append(run(ways)[1].log_likelihoods[-1])
        used.append(len(steps))
    assert used[1] < 0.75 * used[0]
    assert ends[1] >= ends[0] - 1e-7


def passes(samples, start, form, *, leaps):
    """The best log-likelihood after 1, 2, … passes over the samples, until EM converges."""
    done, best = [], []

    def step(mixture):
        done.append(1)
        return em_step(samples, mixture, form)

    climb = Climb(Ascent(step, written_out, read_back), start, leaps=leaps)
    stopped = None
    while stopped is None:
        stopped = climb.go_on(9999, 1e-7)
        # A pass that led nowhere leaves the best as it was.
        best += [climb.history[-2] if best else -np.inf] * (len(done) - len(best) - 1)
        best.append(climb.history[-1])
    return np.array(best)


@EVERY
@pytest.mark.parametrize("features", [1, 2, 3])
def test_on_overlapping_mixtures_leaps_are_never_behind_and_sooner_there(
    form_of, covariance, features
):
    random = np.random.default_rng(features)
    centres = random.normal(size=(4, features)) * 1.5
    values = centres[random.integers(0, 4, 4000)] + random.normal(size=(4000, features))
    samples = Samples(np.ascontiguousarray(values.T, np.float32), np.ones(4000, np.float32))
    form = form_of(covariance, features, noise=1e-4)
    labels, _ = lloyd(samples, samples.values[:, :4].T.copy(), 3)
    start = m_step(moments_of_labels(samples, labels), form, 4000)
    plain, leapt = (passes(samples, start, form, leaps=leaps) for leaps in (False, True))
    assert len(plain) > 50
    assert len(leapt) <= 0.75 * len(plain)
    assert leapt[-1] >= plain[-1] - 1e-5
    shared = len(leapt)
    assert (leapt >= plain[:shared] - 1e-9).all()


@EVERY
@pytest.mark.parametrize("seed", range(5))
def test_leaps_to_anywhere_never_lower_the_likelihood(
    random_samples, random_mixture, form_of, monkeypatch, covariance, seed
):
    samples, start = random_samples(2, 600), random_mixture(3, 2, covariance, seed=seed)
    form, random = form_of(covariance, 2), np.random.default_rng(seed)
    strayed = []

    def astray(first, second, third, *, longest):
        target = third + random.normal(scale=10 ** random.uniform(-4, 4), size=third.shape)
        target[random.integers(len(target))] += random.choice([0, 0, 0, np.nan, np.inf, 1e300])
        strayed.append(target)
        return Leap(target, random.uniform(0, 2) * longest, 10 ** random.uniform(-2, 6))

    monkeypatch.setattr(iterating, "leap", astray)
    steps = list(iterate(samples, start, form, limit=60, tolerance=1e-9))
    assert len(strayed) > 3
    values = [em_step(samples, step.mixture, form)[1] for step in steps]
    assert (np.diff(values) >= 0).all()
    half = len(steps) // 2
    *_, plain = iterate(samples, start, form, limit=half, tolerance=1e-9, leaps=False)
    assert values[-1] >= plain.log_likelihoods[-1]


def test_from_the_end_it_ends_at_once(run, fitting, random_samples, form_of):
    _, fit = run(fitting(limit=5000, tolerance=1e-7))
    samples, form = random_samples(2, 3000), form_of("full", 2)
    _, again = run(iterate(samples, fit.mixture, form, limit=100, tolerance=1e-5))
    assert again.stopped is Stop.CONVERGED
    assert again.iteration <= 3
    assert again.log_likelihoods[-1] >= fit.log_likelihoods[-1]


@pytest.mark.parametrize(
    ("history", "answer"),
    [
        ((-3.0,), False),
        ((-3.0, -2.0), False),
        ((-3.0, -2.0, -2.0), True),
        ((-3.0, -2.0, -2.0 + 1e-9), True),
        ((-3.0, -2.0, -1.5), False),
        ((-3.0, -2.99999, -2.999985), True),
        # each gain 0.999 of the one before: 1000 times the last is still to come
        ((-3.0, -2.999995, -2.999990005), False),
        ((-3.0, -2.999999, -2.999996), False),
    ],
    ids=["one", "two", "no gain", "rounding", "large", "shrinking", "slow", "growing"],
)
def test_convergence_looks_at_all_gains_to_come(history, answer):
    assert has_converged(history, 1e-5) is answer


def test_the_slow_direction_that_a_leap_has_shown_counts():
    history = (-3.0, -2.99999, -2.999985)
    assert has_converged(history, 1e-5, slowest=0.5)
    assert not has_converged(history, 1e-5, slowest=0.99)
