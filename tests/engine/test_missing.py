"""Values that an image lacks are told apart, by what they are and by the user's word."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.missing import complete, known, masked
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import Settings
from segmenter.engine.types import SegmenterError


@pytest.fixture
def holed():
    """An image of 3 x 4 pixels; one lacks its second channel, one both."""
    pixels = np.arange(24, dtype=np.float32).reshape(3, 4, 2)
    pixels[0, 1, 1] = np.nan
    pixels[2, 3] = np.inf, np.nan
    return image_of(pixels)


def test_a_pixel_is_no_data_only_where_all_channels_are_missing(holed):
    assert np.argwhere(~holed.valid).tolist() == [[2, 3]]
    assert np.argwhere(holed.missing).tolist() == [[0, 1, 1]]
    assert not holed.pixels[0, 1, 1]
    assert not holed.pixels[2, 3].any()


def test_known_and_complete_say_what_is_there(holed):
    assert np.argwhere(~known(holed)).tolist() == [[0, 1, 1], [2, 3, 0], [2, 3, 1]]
    assert np.argwhere(~complete(holed)).tolist() == [[0, 1], [2, 3]]


def test_without_holes_nothing_is_missing():
    assert image_of(np.ones((3, 4, 2))).missing is None
    whole = image_of(np.full((3, 4), np.nan))
    assert whole.missing is None
    assert not whole.valid.any()


def test_settings_that_call_nothing_missing_leave_the_image_as_it_is(holed):
    assert masked(holed, Settings()) is holed
    assert masked(holed, Settings(saturated=True)) is holed  # no whole numbers


def test_the_no_data_value_is_missing_where_a_channel_has_it(holed):
    found = masked(holed, Settings(no_data=4))
    assert np.argwhere(found.missing).tolist() == [[0, 1, 1], [0, 2, 0]]
    assert found.notes == ("1 value equal to the no-data value 4 taken as missing.",)
    assert holed.pixels[0, 2, 0] == 4


def test_what_is_no_data_already_is_not_counted(holed):
    assert masked(holed, Settings(no_data=0)).notes[0].startswith("1 value ")


@pytest.mark.parametrize(
    ("dtype", "low", "high"), [(np.uint8, 0, 255), (np.uint16, 0, 65535), (np.int16, -32768, 32767)]
)
def test_the_smallest_and_the_largest_value_are_saturated(dtype, low, high):
    found = masked(
        image_of(np.array([[[low, 9], [7, high], [5, 6]]], dtype)), Settings(saturated=True)
    )
    assert np.argwhere(found.missing).tolist() == [[0, 0, 0], [0, 1, 1]]
    assert found.notes == ("2 saturated values taken as missing.",)


def test_saturation_is_that_of_the_bit_depth():
    deep = replace(image_of(np.array([[[4095, 1], [65535, 2]]], np.uint16)), bit_depth=12)
    assert np.argwhere(masked(deep, Settings(saturated=True)).missing).tolist() == [[0, 0, 0]]


def test_pixels_of_missing_values_only_are_no_data():
    found = masked(image_of(np.array([[0, 8, 255]], np.uint8)), Settings(saturated=True, no_data=9))
    assert found.valid.tolist() == [[False, True, False]]
    assert found.missing is None


def test_an_image_of_missing_values_only_is_refused_in_one_sentence():
    image = image_of(np.full((3, 4), 7, np.uint8))
    with pytest.raises(SegmenterError, match=r"No value .* is left.* Change"):
        masked(image, Settings(no_data=7))


def test_a_no_data_value_beyond_the_type_is_nowhere():
    image = image_of(np.ones((2, 2), np.float16))
    assert masked(image, Settings(no_data=1e12)).valid.all()
    assert masked(image_of(np.ones((2, 2), np.uint8)), Settings(no_data=-9999)).valid.all()
