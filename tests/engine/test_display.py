"""What the eye gets to see of an image: any kind of values, any number of channels."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.display import (
    Display,
    displayed,
    greyed,
    part_of,
    percentiles,
    shades_of,
    whole_range,
)
from segmenter.engine.pipeline import image_of
from segmenter.engine.types import Image


def test_bytes_are_shown_as_they_are(image):
    np.testing.assert_array_equal(displayed(image), image.pixels)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, np.float64])
def test_other_types_are_stretched_over_all_greys(dtype):
    values = np.arange(100 * 100).reshape(100, 100).astype(dtype)
    shown = displayed(image_of(values))
    assert shown.shape == (100, 100, 3)
    assert (shown.min(), shown.max()) == (0, 255)
    assert (np.diff(shown[:, 50, 0].astype(int)) >= 0).all()


def test_a_few_outliers_do_not_darken_the_image():
    values = np.random.default_rng(0).random((100, 100))
    values[0, 0] = 1e6
    assert np.median(displayed(image_of(values))) == pytest.approx(127, abs=10)


def test_two_values_are_shown_apart_even_when_one_is_rare():
    values = np.zeros((100, 100), np.float32)
    values[0, 0] = 5
    shown = displayed(image_of(values))
    assert (shown[0, 0, 0], shown[1, 1, 0]) == (255, 0)


@pytest.mark.parametrize("value", [0, 7.5])
def test_one_value_is_shown_as_one_grey(value):
    assert len(np.unique(displayed(image_of(np.full((4, 5), value))))) == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_no_data_is_mid_grey(dtype):
    valid = np.ones((3, 4), bool)
    valid[0, 0] = False
    pixels = np.arange(12).reshape(3, 4, 1).astype(dtype)
    shown = displayed(Image(pixels, valid, ("grey",), 8))
    assert shown[0, 0].tolist() == [128] * 3
    assert not (displayed(Image(pixels, np.ones((3, 4), bool), ("grey",), 8))[0, 0] == 128).any()


def test_missing_values_do_not_stretch_the_others():
    values = np.random.default_rng(0).uniform(1000, 1100, (20, 30, 2))
    holed = values.copy()
    holed[::3, ::2, 1] = np.nan
    shown, there = displayed(image_of(holed)), ~np.isnan(holed)
    gaps = shown[:, :, :2].astype(int) - displayed(image_of(values))[:, :, :2]
    assert np.abs(gaps[there]).max() <= 2


def test_an_image_without_data_is_grey():
    assert (displayed(image_of(np.full((3, 3), np.nan))) == 128).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7])
def test_any_number_of_channels_is_shown_in_three(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, channels), dtype=np.uint8)
    shown = displayed(image_of(pixels))
    assert shown.shape == (5, 6, 3)
    for place in range(3):
        if channels == 1:
            np.testing.assert_array_equal(shown[:, :, place], pixels[:, :, 0])
        elif place < channels:
            np.testing.assert_array_equal(shown[:, :, place], pixels[:, :, place])
        else:
            assert not shown[:, :, place].any()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16, np.float32])
def test_a_part_is_shown_as_it_is_in_the_whole(dtype):
    values = np.random.default_rng(1).integers(0, 200, (60, 40, 3)).astype(dtype)
    image = image_of(values)
    rows, columns = slice(10, 30), slice(5, 25)
    part = shades_of(image).of(part_of(image, rows, columns))
    np.testing.assert_array_equal(part, displayed(image)[rows, columns])


@pytest.mark.parametrize("kept", [True, False], ids=["seen by all", "seen by few"])
def test_values_that_are_left_out_of_the_look_are_shown_apart(kept):
    values = np.zeros((1200, 1200), np.uint16)
    values[1, 1] = 500
    valid = np.ones(values.shape, bool)
    if not kept:
        valid[::2] = valid[:, ::2] = False
    shown = displayed(Image(values[:, :, None], valid, ("grey",), 16))
    assert (shown[1, 1, 0], shown[3, 3, 0]) == (255, 0)


def test_grey_is_as_bright_as_colours_are():
    colours = np.random.default_rng(0).integers(0, 256, (9, 8, 3), dtype=np.uint8)
    colours[0, :3] = (0, 0, 0), (128, 128, 128), (255, 255, 255)
    grey = greyed(colours)
    np.testing.assert_allclose(grey[:, :, 0], colours @ np.array([0.299, 0.587, 0.114]), atol=1.5)
    assert grey[0, :3, 0].tolist() == [0, 128, 255]
    assert greyed(grey) is grey


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int32, np.float32])
@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
def test_a_display_says_what_is_black_white_and_between(kind, gamma):
    values = np.array([[0, 20, 45, 70, 95, 120, 200]]).astype(kind)
    shown = displayed(image_of(values), Display(20.0, 120.0, gamma))[0, :, 0]
    expected = 255 * np.array([0, 0, 0.25, 0.5, 0.75, 1, 1]) ** gamma
    np.testing.assert_allclose(shown, expected, atol=1)


def test_shades_are_the_nearest():
    values = np.array([[0.4, 0.6, 99.4, 99.6]], np.float32)
    assert displayed(image_of(values), Display(0.0, 255.0))[0, :, 0].tolist() == [0, 1, 99, 100]


@pytest.mark.parametrize("gamma", [0.5, 1.0, 2.0])
def test_shades_made_the_same_way_stay_as_they_are(gamma):
    shades = shades_of(image_of(np.zeros((2, 2))), Display(20.0, 120.0, gamma))
    # By a curve very dark values lie too close together to be told apart.
    tolerance = 0 if gamma == 1 else 4
    np.testing.assert_allclose(shades.from_shown(shades), np.arange(256), atol=tolerance)


def test_a_display_without_a_range_is_black():
    assert not displayed(image_of(np.array([[1.0, 5.0]])), Display(5.0, 5.0)).any()


def test_bytes_have_their_whole_range_and_others_that_of_their_values():
    assert whole_range(image_of(np.array([[7, 9]], np.uint8))) == (0, 255)
    assert whole_range(image_of(np.array([[7, 9, np.nan]], np.float32))) == (7, 9)
    assert whole_range(image_of(np.full((2, 2), np.nan))) == (0, 0)


def test_percentiles_leave_out_the_rare():
    values = np.full((100, 100), 50, np.uint16)
    values[:50] = 60
    values[0, 0], values[-1, -1] = 0, 65535
    assert percentiles(image_of(values)) == (50, 60)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("made_in", [None, Display(10.0, 240.0, 0.5), Display(0.0, 250.0, 2.0)])
@pytest.mark.parametrize("wanted", [Display(30.0, 180.0, 0.8), Display(10.0, 240.0), None], ids=str)
def test_what_was_shown_can_be_shown_otherwise(kind, made_in, wanted):
    values = np.random.default_rng(0).integers(0, 250, (40, 50)).astype(kind)
    image = image_of(values)
    before, other = shades_of(image, made_in), shades_of(image, wanted)
    by_way_of = other.from_shown(before)[before.of(image)]
    within = (before.of(image) > 0) & (before.of(image) < 255)
    gaps = np.abs(by_way_of.astype(int) - other.of(image))[within]
    assert gaps.max() <= (0 if kind is np.uint8 and made_in is None else 6)
