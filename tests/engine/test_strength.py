"""The strength of a field: the likeliest one, without echoes, trusted as far as it may be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import uniform_filter
from scipy.optimize import minimize

from segmenter.engine import strength as module
from segmenter.engine.strength import (
    Around,
    Spread,
    correlation_given_classes,
    firmness,
    likeliest,
    trusted,
    without_echo,
)


def normalised(array):
    return (array / array.sum(axis=0)).astype(np.float32)


def test_without_its_echo_a_neighbour_is_what_the_pull_had_changed():
    random = np.random.default_rng(0)
    own, bare = (normalised(random.random((3, 50))) for _ in range(2))
    pulled = normalised(bare * np.exp(1.3 * own))
    np.testing.assert_allclose(without_echo(own, pulled, np.float32(1.3)), bare, rtol=1e-5)
    assert (without_echo(own, np.zeros_like(own), np.float32(1.3)) == 0).all()


def around_of(classes, count, *, strength, favour):
    """Pixels whose classes are drawn by what their neighbours add up to."""
    random = np.random.default_rng(classes)
    pull = random.multinomial(4, np.full(classes, 1 / classes), count).T.astype(float)
    joint = np.exp(np.asarray(favour)[:, None] + strength * pull)
    drawn = (random.random(count) < np.cumsum(joint / joint.sum(axis=0), axis=0)).argmax(axis=0)
    return Around(np.eye(classes)[drawn].T, pull)


@pytest.mark.parametrize("fits_strength", [True, False])
def test_steps_lead_to_the_largest_pseudo_likelihood(fits_strength):
    around = around_of(3, 4000, strength=0.8, favour=[0, -0.5, -1])
    found = Spread(0.3, np.zeros(3))
    for _ in range(40):
        found = likeliest(around, found, np.inf, fits_strength=fits_strength)

    def loss(at):
        strength = at[2] if fits_strength else 0.3
        logs = np.append(0, at[:2])[:, None] + strength * around.pull
        return np.log(np.exp(logs).sum(axis=0)).mean() - (around.own * logs).sum(axis=0).mean()

    best = minimize(loss, np.zeros(3)).x
    favour = np.append(0, best[:2])
    # The ridge pulls a little.
    np.testing.assert_allclose(found.favour, favour - favour.max(), atol=0.02)
    assert found.strength == pytest.approx(best[2] if fits_strength else 0.3, abs=0.02)


def test_the_strength_stays_in_its_limits():
    certain = Around(np.eye(2)[:, [0, 1] * 50], 4 * np.eye(2)[:, [0, 1] * 50])
    opposed = Around(certain.own, certain.pull[::-1])
    for around, limit in ((certain, module.LARGEST_STRENGTH), (opposed, 0)):
        found = Spread(1.0, np.zeros(2))
        for _ in range(60):
            found = likeliest(around, found, np.inf, fits_strength=True)
        assert found.strength == limit


def test_favours_are_held_firmly_where_pixels_hold_together_by_themselves():
    held = [firmness(strength) for strength in (0, 0.3, 0.9, 1.0, 30.0)]
    assert held[0] == module.RIDGE
    assert held[1] < 3 * held[0]
    assert held[2] == pytest.approx(100 * held[0])
    assert held[2] < held[3] == held[4]


def test_an_estimate_above_the_usual_is_trusted_where_neighbours_are_independent():
    assert trusted(0.5, 0.9, 1.0) == 0.5
    assert trusted(2.0, 0.9, -0.1) == 2.0
    assert 0.9 < trusted(2.0, 0.9, 0.02) < 2.0
    assert trusted(2.0, 0.9, 0.3) == pytest.approx(0.9)


def correlation_of(noise):
    """Correlation of neighbours of two known classes whose values are 0 or 3, and noise."""
    columns = noise.shape[1]
    labels = np.repeat([0, 1], [columns // 2, columns - columns // 2])
    values = 3 * labels + noise
    logs = -((values[..., None] - np.array([0, 3])) ** 2) / 2 / np.log(2)
    logs -= logs.max(axis=2, keepdims=True)
    q = np.eye(2)[np.broadcast_to(labels, noise.shape)].transpose(2, 0, 1)
    cut = [
        (slice(0, -1), slice(0, -1)),
        (slice(0, -1), slice(1, None)),
        (slice(1, None), slice(0, -1)),
    ]
    q3 = np.stack([q[(slice(None), *part)] for part in cut], axis=1)
    logs3 = np.stack([logs[part] for part in cut])
    known = np.ones(logs3.shape[:3], np.bool_)
    return correlation_given_classes(q3.astype(np.float32), logs3.astype(np.float32), known)


def test_independent_noise_is_uncorrelated_and_blurred_noise_is_not():
    noise = np.random.default_rng(0).normal(size=(128, 128))
    blurred = uniform_filter(noise, 3)
    assert abs(correlation_of(noise)) < 0.02
    # Windows of nine pixels side by side share six.
    assert correlation_of(blurred / blurred.std()) == pytest.approx(2 / 3, abs=0.08)


def test_where_nothing_is_known_nothing_is_correlated():
    q = np.full((2, 3, 4, 4), 0.5, np.float32)
    logs = np.zeros((3, 4, 4, 2), np.float32)
    assert correlation_given_classes(q, logs, np.zeros((3, 4, 4), np.bool_)) == 0
    assert correlation_given_classes(q, logs, np.ones((3, 4, 4), np.bool_)) == 0
