"""Numbers of distinct pixels are their ranks among the keys that occur."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.kernels.merging import distinct_pixels, given_back

BYTES = np.arange(256, dtype=np.uint32)
PLAIN = np.stack([BYTES, BYTES << 8, BYTES << 16])  # the key is the pixel's bytes, first one lowest


def keys_of(pixels):
    return (pixels.astype(np.int64) << [0, 8, 16][: pixels.shape[1]]).sum(axis=1)


@pytest.mark.parametrize("count", [1, 2, 3, 1023, 1025, 50_000])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_numbers_and_counts_are_those_of_sorting(width, count):
    random = np.random.default_rng([width, count])
    pixels = random.integers(0, 256, (count, width)).astype(np.uint8)
    valid = random.random(count) < 0.7
    valid[0] = True
    found, counts, numbers = distinct_pixels(pixels, valid, PLAIN[:width], 8 * width)
    keys, places, expected = np.unique(
        keys_of(pixels)[valid], return_inverse=True, return_counts=True
    )
    np.testing.assert_array_equal(found, keys)
    np.testing.assert_array_equal(counts, expected)
    np.testing.assert_array_equal(numbers[valid], places)
    assert (numbers[~valid] == -1).all()


def test_every_key_has_its_place_in_a_full_word():
    pixels = np.arange(256, dtype=np.uint8)[::-1, None].copy()
    _, counts, numbers = distinct_pixels(pixels, np.ones(256, bool), PLAIN[:1], 8)
    assert counts.tolist() == [1] * 256
    assert numbers.tolist() == list(range(255, -1, -1))


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (129, 65)])
def test_what_was_found_comes_back_to_every_pixel(shape):
    random = np.random.default_rng(0)
    numbers = random.integers(-1, 9, shape).astype(np.int32)
    found = random.integers(1, 255, 9).astype(np.uint8)
    np.testing.assert_array_equal(given_back(found, numbers), np.append(found, 0)[numbers])
