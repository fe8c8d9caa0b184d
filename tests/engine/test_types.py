"""What goes into a run answers simple questions about its arrays, which nobody can change."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from segmenter.engine.types import BLOCK, Image, Samples


def image_of(pixels, names=("grey",), bit_depth=8):
    return Image(pixels, np.ones(pixels.shape[:2], bool), names, bit_depth)


def test_nothing_can_be_written(random_mixture):
    image = image_of(np.zeros((2, 2, 1), np.uint8))
    samples = Samples(np.zeros((1, 2), np.float32), np.ones(2, np.float32))
    means = random_mixture(2, 1).means
    for array in (image.pixels, image.valid, samples.values, samples.weights, means):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(FrozenInstanceError):
        image.page = 2


def test_three_named_channels_make_a_colour_image():
    pixels = np.zeros((2, 2, 3), np.uint8)
    assert image_of(pixels, ("red", "green", "blue")).is_colour
    assert not image_of(pixels, ("a", "b", "c")).is_colour


def test_samples_stand_for_all_pixels():
    weights = np.full(3, 2**24, np.float32)
    assert Samples(np.zeros((1, 3), np.float32), weights).total == 3 * 2**24


@pytest.mark.parametrize("count", [1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_every_sample_lies_in_the_box_of_its_block(count):
    values = np.random.default_rng(0).normal(size=(3, count)).astype(np.float32)
    lows, highs = Samples(values, np.ones(count, np.float32)).boxes
    blocks = [values[:, i : i + BLOCK] for i in range(0, count, BLOCK)]
    np.testing.assert_array_equal(lows, [block.min(axis=1) for block in blocks])
    np.testing.assert_array_equal(highs, [block.max(axis=1) for block in blocks])
