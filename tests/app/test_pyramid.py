"""The copies of an image: all made at once, each half the size of the one before."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from segmenter.app.pyramid import pyramid_of
from segmenter.engine.pipeline import image_of
from segmenter.engine.types import Image


def sizes(pyramid):
    return [level.size().toTuple() for level in pyramid.levels]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((5, 9), [(9, 5), (5, 3), (3, 2), (2, 1)]),
        ((1, 1), [(1, 1)]),
        ((1, 3000), [(3000, 1)]),
    ],
    ids=["odd", "one pixel", "one row"],
)
def test_every_copy_is_half_as_large_down_to_one_pixel(shape, expected):
    pyramid = pyramid_of(image_of(np.zeros(shape, np.uint8)))
    assert sizes(pyramid) == expected
    assert pyramid.size.toTuple() == expected[0]


@pytest.mark.parametrize(
    ("scale", "depth"),
    [(64, 0), (1, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.001, 5)],
)
def test_the_smallest_copy_is_taken_that_need_not_be_enlarged(scale, depth):
    pyramid = pyramid_of(image_of(np.zeros((32, 64), np.uint8)))
    assert pyramid.level(scale) is pyramid.levels[depth]


def test_the_full_size_has_every_pixel_and_copies_are_averages():
    pixels = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    full, half = pyramid_of(image_of(pixels)).levels[:2]
    drawn = [[full.pixelColor(x, y).getRgb()[:3] for x in range(6)] for y in range(4)]
    assert np.array_equal(drawn, pixels)
    mean = pixels[:2, :2].reshape(-1, 3).mean(axis=0)
    assert half.pixelColor(0, 0).getRgb()[:3] == pytest.approx(mean, abs=2)


def test_no_data_is_clear_in_every_copy():
    valid = np.ones((4, 4), bool)
    valid[:, :2] = False
    image = Image(np.full((4, 4, 1), 90, np.uint8), valid, ("grey",), 8)
    for level in pyramid_of(image).levels[:2]:
        assert level.pixelColor(0, 0).alpha() == 0
        assert level.pixelColor(level.width() - 1, 0).alpha() == 255


def test_an_area_is_found_on_a_copy():
    pyramid = pyramid_of(image_of(np.zeros((40, 60), np.uint8)))
    found = pyramid.source(pyramid.levels[1], QRectF(20, 10, 40, 30))
    assert found == QRectF(10, 5, 20, 15)
