"""Frozen components: EM leaves their means and covariances as they are, and still never falls."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.mixture import em_step
from segmenter.engine.pipeline import finish, segment, steps
from segmenter.engine.settings import Covariance, Settings, Spatial


@pytest.fixture(scope="module")
def start(image):
    """Of three components, the first one frozen where it is not likeliest."""
    mixture = segment(image, Settings(components=3)).mixture
    return replace(mixture, means=mixture.means + 4, frozen=np.array([True, False, False]))


@pytest.mark.parametrize("spatial", list(Spatial))
@pytest.mark.parametrize("covariance", list(Covariance))
def test_a_frozen_component_stays(image, start, covariance, spatial):
    settings = Settings(components=3, covariance=covariance, spatial=spatial)
    found = finish(steps(image, settings, start=start)).mixture
    np.testing.assert_array_equal(found.frozen, start.frozen)
    np.testing.assert_allclose(found.means[0], start.means[0], rtol=1e-9)
    assert np.abs(found.means[1:] - start.means[1:]).max() > 0.5
    if covariance is Covariance.FULL:
        np.testing.assert_allclose(found.covariances[0], start.covariances[0], rtol=1e-9)


def test_a_frozen_component_stays_in_uneven_light(image, start):
    settings = Settings(components=3, shading=True)
    found = finish(steps(image, settings, start=start)).mixture
    np.testing.assert_allclose(found.means[0], start.means[0], rtol=1e-9)
    np.testing.assert_allclose(found.covariances[0], start.covariances[0], rtol=1e-9)
    assert np.abs(found.means[1:] - start.means[1:]).max() > 0.5


@pytest.mark.parametrize("covariance", list(Covariance))
def test_the_likelihood_never_falls(random_samples, random_mixture, form_of, covariance):
    samples, form = random_samples(2, 500), form_of(covariance, 2)
    mixture = replace(random_mixture(3, 2, covariance), frozen=np.array([False, True, False]))
    values = []
    for _ in range(30):
        mixture, value = em_step(samples, mixture, form)
        values.append(value)
    assert values[-1] > values[0]
    assert np.diff(values).min() >= -1e-9


def test_when_all_are_frozen_only_the_weights_change(image, start):
    everything = replace(start, frozen=np.ones(3, bool), weights=np.array([0.8, 0.1, 0.1]))
    found = finish(steps(image, Settings(components=3), start=everything)).mixture
    np.testing.assert_allclose(found.means, start.means, rtol=1e-9)
    assert found.weights[0] < 0.7


def with_one_of_nothing(mixture, **changes):
    """The mixture with one more component, the first, where no pixel is."""
    first = np.append(0, np.arange(len(mixture)))
    more = mixture.taken(first)
    means = more.means.copy()
    means[0] = -900
    return replace(more, weights=more.weights / more.weights.sum(), means=means, **changes)


@pytest.mark.parametrize("shading", [False, True])
@pytest.mark.parametrize("noise_class", [False, True])
def test_a_component_that_empties_goes_and_the_others_stay_what_they_are(
    image, noise_class, shading
):
    settings = Settings(components=3, noise_class=noise_class, shading=shading)
    begun = segment(image, settings).mixture
    frozen = np.array([True, False, False, True])
    start = with_one_of_nothing(begun, classes=np.array([1, 2, 0, 2]), frozen=frozen)
    result = finish(steps(image, settings, start=start))
    found = result.mixture
    assert found.classes.tolist() == [1, 0, 1]
    assert found.frozen.tolist() == [False, False, True]
    assert (found.noise is not None) is noise_class
    assert len(result.responsibilities) == 2 + noise_class
    np.testing.assert_allclose(found.means[2], begun.means[2], rtol=1e-9)
