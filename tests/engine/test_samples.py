"""Equal pixels become one sample with a weight, and every pixel finds its own again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import reference
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine import samples as module
from segmenter.engine.pipeline import image_of
from segmenter.engine.samples import gather, merge_equal_pixels
from segmenter.engine.settings import Settings
from segmenter.engine.threads import set_thread_count
from segmenter.engine.types import SegmenterError

DTYPES = ["u1", "u2", "u4", "u8", "i1", "i2", "i8", "f2", "f4", "f8", ">u2", ">f4"]


def image_from(dtype, channels, *, values=4, shape=(9, 13), seed=0):
    random = np.random.default_rng(seed)
    image = image_of(random.integers(0, values, (*shape, channels)).astype(dtype))
    return replace(image, valid=random.random(shape) < 0.8)


def assert_is_merger_of(merged, image):
    """Every pixel finds itself, each value occurs once, and counts are the twin's."""
    assert (merged.index >= 0).tolist() == image.valid.tolist()
    places = merged.index[image.valid]
    np.testing.assert_array_equal(merged.image.pixels[0, places], image.pixels[image.valid])
    found = [tuple(pixel.tolist()) for pixel in merged.image.pixels[0]]
    assert dict(zip(found, merged.counts.tolist(), strict=True)) == reference.merged(image)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_merging_equals_its_twin(dtype, channels):
    image = image_from(dtype, channels, values=2)
    merged = merge_equal_pixels(image)
    if np.dtype(dtype).itemsize * channels > 8:
        assert merged is None
    else:
        assert merged.image.pixels.dtype == image.pixels.dtype
        assert_is_merger_of(merged, image)


@given(
    pixels=some.arrays(
        st.sampled_from([np.uint8, np.int16, np.float32]),
        st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 2)),
        elements={"allow_nan": False, "allow_infinity": False},
    )
)
def test_merging_any_small_image_equals_its_twin(pixels):
    image = image_of(pixels)
    merged = merge_equal_pixels(image)
    if merged is not None:
        assert_is_merger_of(merged, image)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_looking_up_in_a_table_finds_what_sorting_finds(monkeypatch, channels):
    image = image_from("u1", channels, values=256, shape=(60, 70))
    looked_up = merge_equal_pixels(image)
    monkeypatch.setattr(module, "TABLE_BITS", 1)
    monkeypatch.setattr(module, "WORTH_MERGING", 1)
    assert_is_merger_of(looked_up, image)
    assert_is_merger_of(merge_equal_pixels(image), image)


def test_colours_follow_each_other_along_a_z_order_curve():
    corners = np.stack(np.meshgrid([3, 4], [3, 4], [3, 4], indexing="ij"), axis=-1)
    image = image_of(corners.reshape(1, 8, 3).astype(np.uint8)[:, ::-1])
    found = merge_equal_pixels(image).image.pixels[0].tolist()
    assert found == [[r, g, b] for r in (3, 4) for g in (3, 4) for b in (3, 4)]
    nearer = image_of(np.array([[[0, 0, 2], [1, 1, 1], [2, 0, 0]]], np.uint8))
    assert merge_equal_pixels(nearer).image.pixels[0, 0].tolist() == [1, 1, 1]


@pytest.mark.parametrize("threads", [1, 2, 3, 9])
def test_any_number_of_threads_merges_alike(threads):
    image = image_from("u1", 3, values=200, shape=(90, 70))
    set_thread_count(threads)
    try:
        assert_is_merger_of(merge_equal_pixels(image), image)
    finally:
        set_thread_count(0)


def test_zero_and_minus_zero_are_one_value():
    merged = merge_equal_pixels(image_of(np.array([[0.0, -0.0, 1.0, 1.0, 1.0, 1.0]])))
    assert merged.counts.tolist() == [2, 4]


def test_pixels_that_hardly_repeat_are_not_merged():
    random = np.random.default_rng(0)
    assert merge_equal_pixels(image_of(random.random((50, 50)))) is None
    assert merge_equal_pixels(image_of(random.random((300, 300)))) is None


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(np.arange(100_000), True), (np.arange(100_000) // 2, False), (np.arange(100), False)],
    ids=["all different", "pairs", "few"],
)
def test_a_long_sort_is_tried_on_a_part_first(keys, answer):
    assert module._hardly_repeats(keys.astype(np.uint32)) is answer


@pytest.mark.parametrize("channels", [3, 4])
def test_a_pixel_of_more_than_64_bits_is_not_merged(channels):
    assert merge_equal_pixels(image_of(np.zeros((5, 5, channels), np.float32))) is None


@pytest.mark.parametrize("values", [{}, {"smoothing": 1.0}], ids=["merged", "all"])
def test_samples_stand_for_all_valid_pixels(values):
    image = image_from("u1", 1)
    features, samples = gather(image, Settings(**values))
    assert samples.total == image.valid.sum()
    assert samples.values.shape[1] == len(samples.weights)
    assert samples.values.flags.c_contiguous
    assert (samples.index >= 0).tolist() == image.valid.tolist()
    assert len(features.names) == len(samples.values)


@pytest.mark.parametrize("kind", ["grey", "rgb", "lab", "hsv", "channels"])
@pytest.mark.parametrize("hole", [False, True], ids=["whole", "hole"])
def test_merged_and_single_pixels_have_the_same_features(monkeypatch, kind, hole):
    image = image_from("u1", 3, values=6)
    image = image if hole else replace(image, valid=np.ones(image.shape, bool))
    settings = Settings(features=(kind,))
    features, merged = gather(image, settings)
    monkeypatch.setattr(module, "merge_equal_pixels", lambda image: None)
    same, single = gather(image, settings)
    assert merged.index is not None
    places = single.index[image.valid] if hole else np.arange(image.valid.size)
    np.testing.assert_allclose(
        merged.values[:, merged.index[image.valid]], single.values[:, places], atol=2e-6
    )
    np.testing.assert_allclose(features.scale, same.scale, rtol=1e-6)
    np.testing.assert_allclose(features.offset, same.offset, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(features.noise, same.noise, rtol=1e-5)


def test_every_pixel_its_own_sample_needs_no_index():
    image = image_of(np.random.default_rng(0).random((6, 7)))
    _, samples = gather(image, Settings())
    assert samples.index is None
    assert samples.weights.tolist() == [1] * 42


def test_an_image_without_data_is_refused():
    with pytest.raises(SegmenterError, match=r"Every pixel .* is 'no data'"):
        gather(image_of(np.full((3, 3), np.nan)), Settings())
