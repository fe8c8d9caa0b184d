"""Why a pixel has its class, against obvious computations with plain numpy."""

from __future__ import annotations

from ast import literal_eval
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from segmenter.engine.explain import explain
from segmenter.engine.explanation import UNLIKE
from segmenter.engine.kept import Kept
from segmenter.engine.pipeline import finish, segment, steps
from segmenter.engine.settings import Settings, Spatial
from segmenter.engine.types import Image, SegmenterError

PLACES = [(0, 0), (5, 30), (20, 50), (47, 63), (24, 23)]


def settings_of(**changes):
    return Settings(**{"components": 3, "restarts": 1, "max_iterations": 30, **changes})


@pytest.fixture(scope="module")
def found(image):
    return image, segment(image, settings_of())


@pytest.fixture(scope="module")
def result_of(image):
    """Return the result of changed settings, made once."""
    return cache(lambda text: segment(image, settings_of(**literal_eval(text))))


def log_gauss(x, mean, covariance):
    away = x - mean
    square = away @ np.linalg.inv(covariance) @ away
    return -0.5 * (square + np.linalg.slogdet(2 * np.pi * covariance)[1])


def raw_features(image, settings, place):
    """Return the pixel's features in the file's units, and the variance of their rounding."""
    _, features, samples = Kept().gathered(image, settings)
    values = samples.values[:, samples.index[place]] * features.scale + features.offset
    return values, features.noise * features.scale**2


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"covariance": "diag"},
        {"components": 4, "join": "1+2"},
        {"noise_class": True},
        {"features": ("lab", "position"), "position_weight": 0.5},
        {"features": ("rgb",), "shading": True},
        {"smoothing": 2.0},
    ],
    ids=lambda changes: " ".join(changes) or "plain",
)
def test_by_values_alone_it_says_what_the_run_says(image, place, result_of, changes):
    made = explain(image, result_of(repr(changes)), place)
    np.testing.assert_allclose(made.plain, made.probabilities, atol=2e-4)
    assert made.plain.sum() == pytest.approx(1)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_distances_are_those_of_mahalanobis(found, place):
    image, result = found
    values, _ = raw_features(image, result.settings, place)
    mixture, made = result.mixture, explain(image, result, place)
    for mean, covariance, distance in zip(
        mixture.means, mixture.covariances, made.distances, strict=True
    ):
        away = values - mean
        assert distance == pytest.approx(np.sqrt(away @ np.linalg.inv(covariance) @ away), rel=1e-4)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_deciding_feature_is_the_one_whose_loss_moves_the_odds_most(found, place):
    image, result = found
    values, noise = raw_features(image, result.settings, place)
    mixture = result.mixture

    def odds(kept, winner, loser):
        each = []
        for k in (winner, loser):
            covariance = mixture.covariances[k][np.ix_(kept, kept)]
            rounding = np.trace(np.diag(noise[kept]) @ np.linalg.inv(covariance)) / 2
            density = log_gauss(values[kept], mixture.means[k][kept], covariance) - rounding
            each.append(np.log(mixture.weights[k]) + density)
        return each[0] - each[1]

    made = explain(image, result, place)
    loser, winner = np.argsort(made.plain)[-2:]
    assert (made.decided.winner, made.decided.loser) == (winner + 1, loser + 1)
    everything = list(range(len(values)))
    gains = [
        odds(everything, winner, loser) - odds([b for b in everything if b != a], winner, loser)
        for a in everything
    ]
    best = int(np.argmax(gains))
    assert made.decided.feature == mixture.features[best]
    assert made.decided.gain == pytest.approx(gains[best], rel=1e-3)
    for k, off in zip((winner, loser), made.decided.by, strict=True):
        precision = np.linalg.inv(mixture.covariances[k])
        conditional = (precision @ (values - mixture.means[k]))[best] / np.sqrt(
            precision[best, best]
        )
        assert off == pytest.approx(abs(conditional), rel=1e-3)
    spreads = [1 / np.linalg.inv(mixture.covariances[k])[best, best] for k in (winner, loser)]
    assert made.decided.is_narrower == (spreads[0] < spreads[1])
    prior = np.log(mixture.weights[winner] / mixture.weights[loser])
    assert made.decided.prior == pytest.approx(prior, rel=1e-4)


def test_of_several_components_the_nearest_counts(image):
    result = segment(image, settings_of(components=4, join="1+2"))
    plain = segment(image, settings_of(components=4))
    for place in PLACES:
        joined, apart = explain(image, result, place), explain(image, plain, place)
        assert joined.distances[0] == pytest.approx(apart.distances[:2].min(), rel=1e-6)
        np.testing.assert_allclose(joined.distances[1:], apart.distances[2:], rtol=1e-6)


def test_only_what_no_class_is_like_is_unlike_all(image):
    pixels = image.pixels.copy()
    pixels[10, 10] = (255, 0, 255)
    odd = replace(image, pixels=pixels)
    result = segment(odd, settings_of(features=("rgb",)))
    made = explain(odd, result, (10, 10))
    assert made.is_unlike_all
    assert made.rarity < UNLIKE
    assert np.nanmin(made.distances) > 4
    assert not explain(odd, result, (30, 10)).is_unlike_all


def test_the_noise_class_is_at_no_distance(image):
    result = segment(image, settings_of(noise_class=True))
    made = explain(image, result, (5, 5))
    assert np.isnan(made.distances[-1])
    assert np.isfinite(made.distances[:-1]).all()


def test_neighbours_make_the_difference_to_the_values_alone():
    means = np.repeat([90, 150], 20)
    noisy = np.random.default_rng(0).normal(means, 25, (40, 40))
    pixels = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    grey = Image(pixels[:, :, None], np.ones(pixels.shape, bool), ("grey",), 8)
    result = segment(grey, settings_of(components=2, spatial=Spatial.FIELD))
    bright = tuple(np.argwhere((pixels > 130) & (pixels < 150) & (np.arange(40) < 15))[0].tolist())
    made = explain(grey, result, bright)
    assert made.by_values == 2
    assert np.argmax(made.probabilities) + 1 == 1
    assert made.plain[1] > made.probabilities[1]


def test_a_scribble_makes_the_difference_to_the_values_alone(image):
    said = np.zeros(image.shape, np.uint8)
    said[0, 0], said[40, 50], said[20, 50] = 1, 2, 3
    said[2, 2] = 3
    result = finish(steps(image, settings_of(), scribbles=said))
    made = explain(image, result, (2, 2))
    assert made.probabilities[2] == 1
    assert made.by_values == 1


def test_a_pixel_without_a_channel_is_judged_by_the_others(image):
    missing = np.zeros(image.pixels.shape, bool)
    missing[:, 30, 0] = True
    pixels = np.where(missing, 0, image.pixels).astype(np.uint8)
    lacking = replace(image, pixels=pixels, missing=missing)
    result = segment(lacking, settings_of())
    for place in ((10, 30), (10, 31)):
        made = explain(lacking, result, place)
        np.testing.assert_allclose(made.plain, made.probabilities, atol=2e-4)
        assert made.lacking == (("red",) if place[1] == 30 else ())
        assert made.decided.feature not in made.lacking
    mixture, (green, blue) = result.mixture, lacking.pixels[10, 30, 1:]
    away = np.array([green, blue]) - mixture.means[1, 1:]
    square = away @ np.linalg.inv(mixture.covariances[1, 1:, 1:]) @ away
    made = explain(lacking, result, (10, 30))
    assert made.distances[1] == pytest.approx(np.sqrt(square), rel=1e-4)


def test_where_there_is_no_data_there_is_nothing_to_explain(image):
    valid = image.valid.copy()
    valid[3, 3] = False
    holed = replace(image, valid=valid)
    assert explain(holed, segment(holed, settings_of()), (3, 3)) is None


def test_one_feature_alone_decides():
    values = np.repeat(np.array([[20, 22], [200, 203]], np.uint8), 8, axis=0)
    grey = Image(values[:, :, None], np.ones(values.shape, bool), ("grey",), 8)
    made = explain(grey, segment(grey, settings_of(components=2)), (0, 0))
    assert made.decided.feature == "grey"
    assert made.decided.by[0] == pytest.approx(made.distances[0])
    assert made.decided.by[1] == pytest.approx(made.distances[1])


def test_one_class_needs_no_decision(image):
    made = explain(image, segment(image, settings_of(components=1)), (0, 0))
    assert made.decided is None
    assert made.plain.tolist() == [1]


def test_a_result_of_another_image_is_refused(found, image):
    _, result = found
    grey = Image(image.pixels[:, :, :1], image.valid, ("grey",), 8)
    with pytest.raises(SegmenterError):
        explain(grey, result, (0, 0))
    smaller = Image(image.pixels[:20], image.valid[:20], image.channel_names, 8)
    with pytest.raises(SegmenterError, match="not of this image"):
        explain(smaller, result, (0, 0))


def test_what_is_kept_from_the_run_changes_nothing(image):
    kept = Kept()
    result = finish(steps(image, settings_of(), kept=kept))
    one, other = explain(image, result, (5, 5), kept=kept), explain(image, result, (5, 5))
    np.testing.assert_array_equal(one.plain, other.plain)
