"""Every kind of feature has the values that its definition gives."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.feature_values import GREY_WEIGHTS, _white, grey_values
from segmenter.engine.features import extract
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Image


@pytest.fixture(scope="module")
def colours():
    random = np.random.default_rng(0)
    return image_of(random.integers(0, 256, (20, 30, 3), dtype=np.uint8))


def raw(image, kind, **settings):
    """(features, rows * columns) in the file's units."""
    found = extract(image, Settings(features=(kind,), **settings))
    return found.values * found.scale[:, None] + found.offset[:, None]


def test_lab_is_that_of_scikit_image(colours):
    from skimage.color import rgb2lab

    expected = rgb2lab(colours.pixels).reshape(-1, 3).T
    np.testing.assert_allclose(raw(colours, "lab"), expected, atol=2e-3)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
def test_lab_does_not_depend_on_the_type_of_the_channels(colours, dtype):
    scale = {np.uint16: 257.0, np.float32: 1 / 255, np.float64: 1 / 255}[dtype]
    same = image_of((colours.pixels * scale).astype(dtype))
    np.testing.assert_allclose(raw(same, "lab"), raw(colours, "lab"), atol=5e-3)


def test_hardly_any_smoothing_hardly_changes_lab():
    dark = image_of(np.random.default_rng(0).integers(0, 60, (20, 30, 3), dtype=np.uint8))
    np.testing.assert_allclose(raw(dark, "lab", smoothing=0.05), raw(dark, "lab"), atol=5e-3)


def test_hue_goes_round_in_a_circle():
    from skimage.color import hsv2rgb

    hsv = np.array([[[1 / 360, 1, 1], [359 / 360, 1, 1], [180 / 360, 1, 1]]])
    red, also_red, cyan = raw(image_of(hsv2rgb(hsv)), "hsv").T
    assert np.linalg.norm(red - also_red) < 0.04
    assert np.linalg.norm(red - cyan) > 1.9


def test_grey_has_no_hue():
    pixels = np.repeat(np.array([[0, 60, 255]], np.uint8)[:, :, None], 3, axis=2)
    cosine, sine, value = raw(image_of(pixels), "hsv")
    np.testing.assert_allclose([cosine, sine], 0, atol=1e-6)
    np.testing.assert_allclose(value, [0, 60 / 255, 1], atol=1e-6)


def test_grey_is_the_luma_of_colours_and_the_mean_of_channels(colours):
    luma = colours.pixels @ np.array(GREY_WEIGHTS)
    np.testing.assert_allclose(grey_values(colours), luma, rtol=1e-5)
    five = np.random.default_rng(0).integers(0, 9, (4, 4, 5), dtype=np.uint8)
    np.testing.assert_allclose(grey_values(image_of(five)), five.mean(axis=2), rtol=1e-5)


def test_channels_and_rgb_are_the_file_s_values(colours):
    expected = colours.pixels.reshape(-1, 3).T
    np.testing.assert_allclose(raw(colours, "channels"), expected, atol=1e-4)
    np.testing.assert_allclose(raw(colours, "rgb"), expected, atol=1e-4)


def test_position_is_row_and_column(colours):
    rows, columns = np.indices(colours.shape)
    found = raw(colours, "position")
    np.testing.assert_allclose(found, [rows.ravel(), columns.ravel()], atol=1e-4)


def test_the_position_weight_is_the_power_of_position(colours):
    settings = Settings(features=("lab", "position"), position_weight=0.3)
    found = extract(colours, settings)
    assert found.weight.tolist() == [1, 1, 1, 0.3, 0.3]


def test_texture_is_large_where_neighbours_differ():
    pixels = np.full((40, 80), 100, np.uint8)
    pixels[:, 40:] += np.random.default_rng(0).integers(0, 100, (40, 40), dtype=np.uint8)
    texture = raw(image_of(pixels), "texture").reshape(40, 80)
    assert texture[:, :30].max() < texture[:, 50:].min() - 2


def test_texture_is_the_logarithm_of_the_deviation():
    noise = np.random.default_rng(0).normal(0, 20, (80, 80))
    texture = raw(image_of(noise), "texture", texture_scale=10)
    assert texture.mean() == pytest.approx(np.log(20), abs=0.05)


@pytest.mark.filterwarnings("error")
def test_where_no_pixel_has_all_channels_there_is_no_texture():
    pixels = np.random.default_rng(0).normal(size=(8, 9, 2)).astype(np.float32)
    pixels[::2, :, 0] = pixels[1::2, :, 1] = np.nan
    kinds = (FeatureKind.CHANNELS, FeatureKind.TEXTURE)
    found = extract(image_of(pixels), Settings(features=kinds))
    assert found.names == ("channel 1", "channel 2")
    assert np.isfinite(found.values).all()


def test_texture_does_not_change_with_brightness():
    noise = np.random.default_rng(0).normal(0, 20, (40, 40))
    plain, bright = (raw(image_of(noise + shift), "texture") for shift in (0, 1e8))
    np.testing.assert_allclose(bright, plain, atol=1e-5)


@pytest.mark.parametrize(
    ("dtype", "bit_depth", "largest", "white"),
    [
        (np.uint8, 8, 9, 255), (np.uint16, 12, 9, 4095), (np.uint16, 16, 9, 65535),
        (np.float32, 32, 0.5, 1), (np.float32, 32, 9, 9),
    ],
    ids=["8", "12 of 16", "16", "small float", "large float"],
)  # fmt: skip
def test_white_is_full_brightness(dtype, bit_depth, largest, white):
    pixels = np.full((2, 2, 1), largest, dtype)
    assert _white(Image(pixels, np.ones((2, 2), bool), ("grey",), bit_depth)) == white


def test_white_leaves_out_what_is_no_data():
    pixels = np.array([[[2.0], [9.0]]])
    assert _white(Image(pixels, np.array([[True, False]]), ("grey",), 64)) == 2
