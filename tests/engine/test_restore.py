"""Missing channels come back and noise goes, by what the classes lead one to expect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.restore import denoised, noise_of, restored
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Noise, SegmenterError

MEANS = np.array([[40.0, 40, 90], [150, 110, 150], [95, 190, 220]])
NOISE = 8.0
SETTINGS = Settings(components=3, features=(FeatureKind.CHANNELS,), restarts=1)


@pytest.fixture(scope="module")
def truth():
    """(rows, columns, 3) three flat kinds of pixel, in squares."""
    kinds = np.random.default_rng(0).integers(0, 3, (8, 8))
    return MEANS[np.repeat(np.repeat(kinds, 8, axis=0), 8, axis=1)]


@pytest.fixture(scope="module")
def noisy(truth):
    return truth + np.random.default_rng(1).normal(0, NOISE, truth.shape)


@pytest.fixture(scope="module")
def holed(noisy):
    """The image, and which of its values are missing; its first pixel has none at all."""
    missing = np.random.default_rng(2).random(noisy.shape) < 0.2
    missing[0, 0] = True
    return np.where(missing, np.nan, noisy), missing


def error(found, truth, where):
    return float(np.sqrt(np.mean((found.astype(float) - truth)[where] ** 2)))


def test_missing_channels_are_filled_as_well_as_the_noise_permits(holed, truth):
    values, missing = holed
    image = image_of(values)
    found = restored(image, segment(image, SETTINGS))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[~missing], values[~missing].astype(np.float32))
    assert np.isnan(found[0, 0]).all()
    assert error(found, truth, missing & image.valid[..., None]) < NOISE / 2


def test_what_is_filled_is_the_conditional_mean(holed):
    values, missing = holed
    image = image_of(values)
    result = segment(image, SETTINGS)
    found = restored(image, result)
    mixture = result.mixture
    for row, column in np.argwhere(missing.any(axis=2) & image.valid)[:40]:
        m = missing[row, column]
        o = ~m
        expected = np.zeros(3)
        shares = result.probabilities_at(row, column).astype(float)
        for share, mean, full in zip(shares, mixture.means, mixture.covariances, strict=True):
            slope = full[np.ix_(m, o)] @ np.linalg.inv(full[np.ix_(o, o)])
            expected[m] += share * (mean[m] + slope @ (values[row, column][o] - mean[o]))
        np.testing.assert_allclose(found[row, column][m], expected[m], rtol=1e-5)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16], ids=str)
def test_whole_numbers_stay_whole_and_as_they_were(holed, truth, dtype):
    values, missing = holed
    raw = np.where(missing, 0, np.clip(np.rint(np.nan_to_num(values)), 1, 255)).astype(dtype)
    image = image_of(raw)
    found = restored(image, segment(image, SETTINGS.model_copy(update={"no_data": 0})))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found[~missing], raw[~missing])
    assert error(found, truth, missing & image_of(values).valid[..., None]) < NOISE / 2


def test_filled_values_stay_within_the_bit_depth():
    values = np.random.default_rng(4).integers(4085, 4096, (16, 16, 2)).astype(np.uint16)
    values[:, 8:] -= 4000
    values[::2, ::3, 1] = 7
    image = replace(image_of(values), bit_depth=12)
    result = segment(image, Settings(components=2, no_data=7))
    assert abs(int(restored(image, result)[0, 0, 1]) - 4090) <= 5
    brighter = replace(result, mixture=replace(result.mixture, means=result.mixture.means + 50))
    assert int(restored(image, brighter).max()) == 4095


def test_an_image_with_all_its_values_is_restored_as_it_is(noisy):
    image = image_of(np.rint(noisy).astype(np.uint8))
    np.testing.assert_array_equal(restored(image, segment(image, SETTINGS)), image.pixels)


def test_features_that_are_no_channels_serve_as_well(holed, truth):
    values, missing = holed
    image = image_of(values / 255)
    settings = Settings(components=3, features=(FeatureKind.LAB,), restarts=1)
    result = segment(image, settings)
    assert result.mixture.features == ("L*", "a*", "b*")
    found = restored(image, result) * 255
    assert error(found, truth, missing & image.valid[..., None]) < NOISE / 2


@pytest.mark.parametrize(
    "change", [{}, {"join": "1+3"}, {"noise_class": True}, {"smoothing": 0.5}], ids=str
)
def test_denoising_comes_nearer_to_the_truth(noisy, truth, change):
    image = image_of(noisy)
    result = segment(image, SETTINGS.model_copy(update=change))
    found = denoised(image, result)
    assert found.dtype == np.float32
    assert error(found, truth, np.s_[:]) < NOISE / 2


def test_eight_bits_are_denoised_to_sixteen(noisy, truth):
    image = image_of(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
    found = denoised(image, segment(image, SETTINGS))
    assert found.dtype == np.uint16
    assert error(found / 257, truth, np.s_[:]) < NOISE / 2


def test_denoising_fills_what_is_missing(holed, truth):
    values, missing = holed
    image = image_of(values)
    found = denoised(image, segment(image, SETTINGS))
    assert np.isnan(found[0, 0]).all()
    assert error(found, truth, missing & image.valid[..., None]) < NOISE / 2


def test_without_noise_there_is_nothing_to_take_away(truth):
    ramp = truth + np.linspace(0, 20, truth.shape[1])[:, None]
    image = image_of(ramp)
    np.testing.assert_allclose(denoised(image, segment(image, SETTINGS)), ramp, rtol=1e-4)


def test_what_suits_no_class_is_kept(noisy):
    image = image_of(noisy)
    result = segment(image, SETTINGS)
    outliers = replace(
        result,
        mixture=replace(result.mixture, noise=Noise(0.1, 1e-6)),
        responsibilities=np.concatenate(
            [0 * result.responsibilities, np.ones_like(result.responsibilities[:1])]
        ),
    )
    np.testing.assert_allclose(denoised(image, outliers), noisy, rtol=1e-5)


def test_what_is_filled_stands_in_the_light_of_the_others(holed):
    values = holed[0]
    light = np.linspace(0.8, 1.25, 64)[None, :].repeat(64, axis=0).astype(np.float32)
    result = segment(image_of(values), SETTINGS)
    found = restored(image_of(values * light[..., None]), replace(result, shading=light))
    even = restored(image_of(values), result)
    np.testing.assert_allclose(found, even * light[..., None], rtol=1e-5)


@pytest.mark.parametrize("sigma", [0.5, 2.0, 30.0])
def test_noise_is_told_from_the_image(sigma):
    random = np.random.default_rng(3)
    rows, columns = np.mgrid[:200, :200]
    values = 50 * np.sin(rows / 20) + 0.3 * columns + random.normal(0, sigma, (200, 200))
    values[:40, :50] = np.nan
    assert noise_of(image_of(values), 0) == pytest.approx(sigma, rel=0.05)


def test_an_image_too_small_for_details_has_no_noise():
    assert noise_of(image_of(np.ones((1, 5))), 0) == 0


def test_a_result_of_another_image_is_refused(noisy):
    result = segment(image_of(noisy), SETTINGS)
    for way in (restored, denoised):
        with pytest.raises(SegmenterError, match="not of this image"):
            way(image_of(noisy[:9]), result)
