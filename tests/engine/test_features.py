"""Features are what their names say, centred, scaled, and blind to what is no data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import reference

from segmenter.engine.centring import SMALLEST_RELATIVE_NOISE
from segmenter.engine.features import (
    GREY_WEIGHTS,
    _white,
    chosen_kinds,
    extract,
    grey_values,
    looks_at_single_pixels,
)
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Image, SegmenterError

EACH = pytest.mark.parametrize("kind", list(FeatureKind))


@pytest.fixture(scope="module")
def colours():
    random = np.random.default_rng(0)
    return image_of(random.integers(0, 256, (20, 30, 3), dtype=np.uint8))


def with_hole(image):
    """The same image, without data in one corner."""
    valid = np.ones(image.shape, bool)
    valid[:5, :7] = False
    return replace(image, valid=valid)


def raw(image, kind, **settings):
    """(features, rows * columns) in the file's units."""
    found = extract(image, Settings(features=(kind,), **settings))
    return found.values * found.scale[:, None] + found.offset[:, None]


@EACH
def test_values_are_centred_scaled_float32_and_described(colours, kind):
    found = extract(colours, Settings(features=(kind,)))
    assert found.values.dtype == np.float32
    assert found.values.flags.c_contiguous
    assert found.values.shape == (len(found.names), 600)
    for part in (found.offset, found.scale, found.noise, found.weight, found.brightness):
        assert part.shape == (len(found.names),)
    np.testing.assert_allclose(found.values.mean(axis=1), 0, atol=1e-5)
    assert found.values.var(axis=1).mean() == pytest.approx(1, rel=1e-4)
    assert (found.noise >= SMALLEST_RELATIVE_NOISE).all()


@pytest.mark.parametrize(("kind", "shares"), [("rgb", True), ("channels", False)])
def test_centring_equals_its_twin(colours, kind, shares):
    columns = [colours.pixels[:, :, c].ravel() for c in range(3)]
    found = extract(colours, Settings(features=(kind,)))
    expected = reference.centred(columns, shares_scale=shares)
    np.testing.assert_allclose(found.values, expected, atol=1e-5)


def test_one_scale_keeps_the_distances_within_a_kind(colours):
    assert len(set(extract(colours, Settings(features=("lab",))).scale)) == 1
    assert len(set(extract(colours, Settings(features=("channels",))).scale)) == 3


def test_a_constant_feature_is_zero():
    for dtype, value in ((np.uint8, 7), (np.float32, 0.1), (np.float64, 1e8)):
        found = extract(image_of(np.full((4, 5), value, dtype)), Settings())
        assert not found.values.any()
        assert found.scale.tolist() == [1]


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


def test_a_position_weight_of_zero_leaves_position_out(colours):
    settings = Settings(features=("lab", "position"), position_weight=0)
    assert chosen_kinds(colours, settings) == (FeatureKind.LAB,)
    assert looks_at_single_pixels(colours, settings)


def test_nothing_but_position_of_no_weight_is_refused(colours):
    with pytest.raises(SegmenterError, match="only feature"):
        extract(colours, Settings(features=("position",), position_weight=0))


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


@pytest.mark.parametrize("hole", [False, True], ids=["whole", "hole"])
@pytest.mark.parametrize("sigma", [0.7, 2.0])
def test_smoothing_equals_its_twin(hole, sigma):
    random = np.random.default_rng(0)
    image = image_of(random.integers(0, 256, (12, 15), dtype=np.uint8))
    image = with_hole(image) if hole else image
    expected = reference.blurred(image.pixels[:, :, 0], image.valid, sigma)
    found = raw(image, "channels", smoothing=sigma).reshape(image.shape)
    np.testing.assert_allclose(found[image.valid], expected[image.valid], rtol=1e-4)


@EACH
@pytest.mark.parametrize("smoothing", [0, 1.5])
def test_what_is_no_data_changes_nothing_elsewhere(colours, kind, smoothing):
    image = with_hole(colours)
    pixels = image.pixels.copy()
    pixels[~image.valid] = 255
    settings = Settings(features=(kind,), smoothing=smoothing)
    a, b = extract(image, settings), extract(replace(image, pixels=pixels), settings)
    known = image.valid.ravel()
    np.testing.assert_allclose(a.values[:, known], b.values[:, known], atol=1e-6)
    np.testing.assert_allclose(a.offset, b.offset)
    np.testing.assert_allclose(a.values[:, known].mean(axis=1), 0, atol=1e-5)


@EACH
def test_what_is_no_data_may_be_no_number(colours, kind):
    image = with_hole(replace(colours, pixels=colours.pixels / np.float32(255), bit_depth=32))
    pixels = image.pixels.copy()
    pixels[~image.valid] = np.nan
    settings = Settings(features=(kind,))
    found = extract(replace(image, pixels=pixels), settings)
    known = image.valid.ravel()
    np.testing.assert_allclose(
        found.values[:, known], extract(image, settings).values[:, known], atol=1e-6
    )


@pytest.mark.parametrize("kind", ["grey", "rgb", "lab", "hsv", "channels"])
def test_counts_stand_for_repeated_pixels(kind):
    random = np.random.default_rng(0)
    distinct = random.integers(0, 256, (1, 9, 3), dtype=np.uint8)
    counts = random.integers(1, 8, 9)
    settings = Settings(features=(kind,))
    merged = extract(image_of(distinct), settings, counts=counts)
    repeated = extract(image_of(np.repeat(distinct, counts, axis=1)), settings)
    np.testing.assert_allclose(np.repeat(merged.values, counts, axis=1), repeated.values, atol=1e-5)
    np.testing.assert_allclose(merged.scale, repeated.scale, rtol=1e-6)


@pytest.mark.parametrize("kind", ["rgb", "lab", "hsv"])
def test_colour_features_need_colour(kind):
    with pytest.raises(SegmenterError, match=rf"'{kind}' needs a colour image.* 1 channel"):
        extract(image_of(np.zeros((3, 3))), Settings(features=(kind,)))


def test_automatic_features_follow_the_image(colours):
    assert chosen_kinds(colours, Settings()) == (FeatureKind.LAB,)
    assert chosen_kinds(image_of(np.zeros((3, 3))), Settings()) == (FeatureKind.CHANNELS,)


@pytest.mark.parametrize(
    ("values", "alone"),
    [
        ({}, True),
        ({"features": ("hsv", "rgb")}, True),
        ({"smoothing": 0.5}, False),
        ({"features": ("texture",)}, False),
        ({"features": ("lab", "position")}, False),
    ],
    ids=str,
)
def test_features_of_single_pixels_are_known(colours, values, alone):
    assert looks_at_single_pixels(colours, Settings(**values)) is alone


@pytest.mark.parametrize(
    "stored",
    [
        lambda pixels: pixels.astype(np.float32) / np.float32(255),
        lambda pixels: pixels.astype(np.int32) * 1000 - 7,
        lambda pixels: pixels.astype(np.uint16) << 4,
        lambda pixels: pixels.astype(np.float64) * 0.1,
    ],
    ids=["unit float", "scaled int32", "12 in 16", "tenths"],
)
@pytest.mark.parametrize("smoothing", [0, 1])
def test_the_same_picture_stored_otherwise_gives_the_same_features(stored, smoothing):
    grey = np.random.default_rng(0).integers(0, 60, (30, 40), dtype=np.uint8)
    chosen = Settings(smoothing=smoothing)
    found, expected = (extract(image_of(pixels), chosen) for pixels in (stored(grey), grey))
    np.testing.assert_allclose(found.values, expected.values, atol=1e-4)
    np.testing.assert_allclose(found.noise, expected.noise, rtol=1e-3)


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


@pytest.mark.parametrize("factor", [1e-30, 1e-20, 1e19, 1e37])
def test_float32_of_any_size_gives_the_same_features(factor):
    plain = np.random.default_rng(0).random((20, 30)).astype(np.float32)
    found = extract(image_of(plain * np.float32(factor)), Settings())
    expected = extract(image_of(plain), Settings())
    np.testing.assert_allclose(found.values, expected.values, atol=1e-5)


@pytest.mark.parametrize("kind", ["channels", "grey", "texture"])
def test_values_too_large_to_square_are_refused(kind):
    huge = image_of(np.array([[0, 1e300], [5e299, 2e299]]))
    with pytest.raises(SegmenterError, match="too large"):
        extract(huge, Settings(features=(kind,)))


def test_a_large_common_offset_does_not_eat_small_differences():
    plain = np.random.default_rng(0).random((20, 30))
    found = extract(image_of(plain + 1e8), Settings())
    np.testing.assert_allclose(found.values, extract(image_of(plain), Settings()).values, atol=1e-6)
    assert found.offset[0] == pytest.approx(1e8 + plain.mean(), rel=1e-15)
