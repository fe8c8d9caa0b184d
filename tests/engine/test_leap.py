"""Leaps: they land on mixtures, and save EM most of its steps where it crawls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.iterate import Ascent, Climb
from segmenter.engine.leap import leap, read_back, written_out
from segmenter.engine.mixture import em_step

# Deaths per day of women over 80, London Times 1910-1912 (Hasselblad 1969): the days with 0, 1, …
DAYS = np.array([162, 267, 271, 185, 111, 61, 27, 8, 3, 1])
DEATHS = np.arange(10)


@pytest.mark.parametrize(("components", "features"), [(1, 1), (3, 2), (8, 5)])
def test_a_mixture_survives_being_written_out(random_mixture, components, features):
    mixture = random_mixture(components, features)
    mixture = replace(mixture, classes=np.arange(components)[::-1].copy())
    again = read_back(written_out(mixture), mixture)
    np.testing.assert_allclose(again.weights, mixture.weights, rtol=1e-12)
    np.testing.assert_allclose(again.means, mixture.means, rtol=1e-12)
    np.testing.assert_allclose(again.covariances, mixture.covariances, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(again.classes, mixture.classes)


def test_any_numbers_within_reason_are_a_mixture(random_mixture):
    like = random_mixture(4, 3)
    random = np.random.default_rng(0)
    for scale in (0.1, 1, 3):
        mixture = read_back(random.normal(scale=scale, size=written_out(like).shape), like)
        assert mixture.weights.sum() == pytest.approx(1)
        assert np.isfinite(mixture.covariances).all()


@pytest.mark.parametrize("scale", [1, 30, 1e3, 1e6, 1e300])
@pytest.mark.parametrize("odd", [0.0, np.nan, np.inf, -1e300], ids=str)
def test_any_numbers_are_a_mixture_that_em_can_go_on_from_or_none(
    random_mixture, random_samples, form_of, scale, odd
):
    like, samples, form = random_mixture(3, 3), random_samples(3, 300), form_of("full", 3)
    random = np.random.default_rng(0)
    for _ in range(20):
        numbers = random.normal(size=written_out(like).shape) * scale
        numbers[random.integers(len(numbers))] += odd
        mixture = read_back(numbers, like)
        if mixture is not None:
            em_step(samples, mixture, form)
        assert mixture is None or odd == 0


def test_steps_that_halve_are_leapt_to_their_end():
    end, gap = np.array([2.0, -1.0]), np.array([1.0, 3.0])
    points = [end + gap * 0.5**n for n in range(3)]
    np.testing.assert_allclose(leap(*points, longest=10).target, end)
    assert leap(*points, longest=10).wanted == pytest.approx(2)


def test_a_leap_is_at_least_a_step_and_at_most_what_is_allowed():
    points = [np.array([x]) for x in (0.0, 1.0, 1.99)]
    assert leap(*points, longest=7).length == 7
    assert leap(*points, longest=1).target == pytest.approx(1.99)
    overshooting = [np.array([x]) for x in (0.0, 1.0, 0.0)]
    assert leap(*overshooting, longest=7).length == 1


def poisson(theta: np.ndarray) -> tuple[np.ndarray, float]:
    """One EM step of a mixture of two Poisson distributions, and its log-likelihood."""
    share, rates = 1 / (1 + np.exp(-theta[0])), np.exp(theta[1:])
    factorials = np.cumprod(np.maximum(DEATHS, 1)).astype(float)
    densities = rates[:, None] ** DEATHS * np.exp(-rates[:, None]) / factorials
    joint = np.array([share, 1 - share])[:, None] * densities
    r = joint / joint.sum(axis=0) * DAYS
    counts = r.sum(axis=1)
    log_likelihood = float(DAYS @ np.log(joint.sum(axis=0)))
    return np.array([np.log(counts[0] / counts[1]), *np.log(r @ DEATHS / counts)]), log_likelihood


@pytest.mark.parametrize("leaps", [True, False], ids=["leaps", "plain"])
def test_hasselblads_mixture_takes_less_than_a_hundred_steps_by_leaps(leaps):
    """Plain EM takes thousands of steps here (Varadhan and Roland 2008, section 5)."""
    steps = []

    def counted(theta):
        steps.append(theta)
        following, value = poisson(theta)
        return following, value / DAYS.sum()

    ascent = Ascent(counted, write=lambda theta: theta, read=lambda numbers, _: numbers)
    climb = Climb(ascent, np.array([-0.8473, 0.0, 0.9163]), leaps=leaps)
    while climb.go_on(5000, 1e-12) is None:
        pass
    assert (len(steps) <= 100) is leaps
    if leaps:
        assert climb.history[-1] * DAYS.sum() == pytest.approx(-1989.946, abs=5e-4)
        share, rates = 1 / (1 + np.exp(-climb.best[0])), np.exp(climb.best[1:])
        assert sorted(rates) == pytest.approx([1.2560951, 2.6634044], abs=1e-5)
        assert max(share, 1 - share) == pytest.approx(0.6401146, abs=1e-5)
