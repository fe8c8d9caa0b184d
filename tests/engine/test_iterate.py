"""EM as an iterator: when it ends, and that it never goes down."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.iterate import has_converged, iterate
from segmenter.engine.mixture import em_step
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples, Stop

EVERY = pytest.mark.parametrize("covariance", list(Covariance))


@pytest.fixture
def fitting(random_samples, random_mixture, form_of):
    def start(covariance=Covariance.FULL, *, limit=200, tolerance=1e-5, features=2):
        return iterate(
            random_samples(features, 3000), random_mixture(3, features, covariance),
            form_of(covariance, features), limit=limit, tolerance=tolerance,
        )  # fmt: skip

    return start


@EVERY
def test_log_likelihood_never_falls(run, fitting, covariance):
    _, fit = run(fitting(covariance))
    assert len(fit.log_likelihoods) > 3
    assert (np.diff(fit.log_likelihoods) >= 0).all()


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


def test_the_last_log_likelihood_is_that_of_the_mixture(run, fitting, random_samples, form_of):
    _, fit = run(fitting(limit=5))
    _, log_likelihood = em_step(random_samples(2, 3000), fit.mixture, form_of("full", 2))
    assert log_likelihood == fit.log_likelihoods[-1]


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
