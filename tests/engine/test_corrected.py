"""The image in even light, in the type of the file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.corrected import corrected
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.settings import Settings
from segmenter.engine.types import SegmenterError


def in_light(pixels, light, **settings):
    image = image_of(pixels)
    result = segment(image, Settings(components=2, **settings))
    return image, replace(result, shading=np.asarray(light, np.float32))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
def test_whole_numbers_stay_what_they_are_and_do_not_overflow(dtype):
    pixels = np.array([[100, 50], [250, 7]], dtype)
    if dtype is not np.uint8:
        pixels[1, 0] = np.iinfo(dtype).max
    light = [[1.25, 0.8], [0.7, 1.0]]
    found = corrected(*in_light(pixels, light))
    assert found.dtype == dtype
    np.testing.assert_array_equal(found[:, :, 0], [[80, 62], [np.iinfo(dtype).max, 7]])


def test_what_is_no_data_is_not_divided():
    pixels = np.array([[100, 200], [9, 150]], np.uint8)
    found = corrected(*in_light(pixels, np.full((2, 2), 0.5), no_data=9))
    np.testing.assert_array_equal(found[:, :, 0], [[200, 255], [9, 255]])
    floats = pixels.astype(np.float64)
    floats[0, 0] = np.nan
    found = corrected(*in_light(floats, np.full((2, 2), 0.5)))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[:, :, 0], [[np.nan, 400], [18, 300]])


def test_without_an_estimate_the_image_is_as_it_was():
    pixels = np.random.default_rng(0).integers(0, 255, (5, 6, 3)).astype(np.uint8)
    image = image_of(pixels)
    np.testing.assert_array_equal(corrected(image, segment(image, Settings())), pixels)


def test_an_image_of_another_size_is_refused():
    _, result = in_light(np.arange(4.0).reshape(2, 2), np.ones((2, 2)))
    with pytest.raises(SegmenterError, match="not of this image"):
        corrected(image_of(np.ones((3, 2))), result)
