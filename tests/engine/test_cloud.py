"""Pixels as the mixture sees them, in the file's units."""

import numpy as np
import pytest

from segmenter.engine.cloud import CHUNK, MOST, cloud_of
from segmenter.engine.features import extract
from segmenter.engine.pipeline import image_of
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings

KINDS = [(), ("rgb",), ("lab", "texture"), ("hsv", "position"), ("grey", "texture", "position")]


@pytest.fixture
def cloud():
    def made(image, settings=None):
        return cloud_of(image, *gather(image, settings or Settings()))

    return made


@pytest.mark.parametrize("kinds", KINDS, ids=str)
@pytest.mark.parametrize("smoothing", [0, 1.5])
def test_values_are_those_of_the_features_in_the_file_s_units(image, cloud, kinds, smoothing):
    settings = Settings(features=kinds, smoothing=smoothing)
    made, features = cloud(image, settings), extract(image, settings)
    expected = features.values * features.scale[:, None] + features.offset[:, None]
    assert made.names == features.names
    np.testing.assert_allclose(made.values, expected[:, made.pixels], rtol=1e-4, atol=1e-4)
    for row, column in ((0, 0), (13, 47), (47, 63)):
        place = row * image.shape[1] + column
        np.testing.assert_allclose(made.at(row, column), expected[:, place], rtol=1e-4, atol=1e-4)


def test_the_file_s_own_values_are_kept(image, cloud):
    made = cloud(image, Settings(features=("rgb",)))
    np.testing.assert_allclose(made.at(20, 30), image.pixels[20, 30], atol=1e-4)
    assert made.step("red") == pytest.approx(1)


def test_few_pixels_of_every_part_stand_for_all_and_are_always_the_same(cloud):
    pixels = np.random.default_rng(1).integers(0, 255, (300, 400), np.uint8)
    made, again = (cloud(image_of(pixels)) for _ in range(2))
    assert len(made.pixels) == MOST
    np.testing.assert_array_equal(made.pixels, again.pixels)
    stretches = (made.pixels * (MOST / pixels.size)).astype(int)
    np.testing.assert_array_equal(stretches, np.arange(MOST))
    # No column of the image is preferred.
    assert np.bincount(made.pixels % 400).max() < 2 * MOST / 400


def test_pixels_without_data_are_left_out(cloud):
    pixels = np.arange(48.0).reshape(6, 8)
    pixels[2, 3] = np.nan
    made = cloud(image_of(pixels))
    assert 2 * 8 + 3 not in made.pixels
    assert len(made.pixels) == 47
    assert np.isnan(made.at(2, 3)).all()


def test_channels_that_a_pixel_lacks_have_no_value(cloud):
    pixels = np.random.default_rng(0).normal(size=(12, 10, 2))
    pixels[4, 5, 1] = np.nan
    made = cloud(image_of(pixels))
    first, second = made.at(4, 5)
    assert first == pytest.approx(pixels[4, 5, 0], abs=1e-4)
    assert np.isnan(second)
    assert np.isnan(made.of(made.names[1])).sum() == 1


def test_light_is_taken_out_of_what_goes_with_it(image, cloud):
    dark = cloud(image, Settings(features=("rgb", "position"), position_weight=1))
    light = np.full(image.shape, 0.5, np.float32)
    even = dark.in_light(light)
    np.testing.assert_allclose(even.of("red"), 2 * dark.of("red"), rtol=1e-6)
    np.testing.assert_array_equal(even.of("row"), dark.of("row"))
    assert even.at(3, 4)[0] == pytest.approx(2 * dark.at(3, 4)[0])


@pytest.mark.parametrize("light", [False, True])
def test_every_pixel_in_a_polygon_is_found(cloud, light):
    pixels = np.random.default_rng(2).integers(0, 255, (350, 200, 2), np.uint8)
    assert pixels.shape[0] * pixels.shape[1] > CHUNK
    made = cloud(image_of(pixels))
    values = pixels.astype(float)
    if light:
        field = np.linspace(0.5, 1.5, 350 * 200, dtype=np.float32).reshape(350, 200)
        made, values = made.in_light(field), values / field[:, :, None]
    # A triangle: right of 50.5, above 30.5, below the diagonal.
    corners = np.array([[50.5, 30.5], [150.5, 30.5], [50.5, 130.5]])
    found = np.concatenate(list(made.inside(*made.names, corners))).reshape(350, 200)
    x, y = values[..., 0] - 50.5, values[..., 1] - 30.5
    inside = (x > 0) & (y > 0) & (x + y < 100)
    near = np.minimum(np.minimum(abs(x), abs(y)), abs(x + y - 100)) < 1e-3
    assert (found == inside)[~near].all()
    assert found.any()
