import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.chosen_features import feature_count
from segmenter.engine.features import extract
from segmenter.engine.kept import Kept
from segmenter.engine.memory import _share_of_samples, needed_bytes
from segmenter.engine.pipeline import finish, image_of, steps
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Image


def noise(dtype, channels=3, side=1000):
    names = ("red", "green", "blue") if channels == 3 else tuple(map(str, range(channels)))
    pixels = np.random.default_rng(0).integers(0, 250, (side, side, channels)).astype(dtype)
    bits = 32 if np.issubdtype(dtype, np.floating) else np.dtype(dtype).itemsize * 8
    return Image(pixels, np.ones((side, side), bool), names, bits)


def grey_of(image):
    return replace(image, pixels=image.pixels[:, :, :1].copy(), channel_names=("grey",))


def fractions():
    """An image with hardly two equal pixels."""
    image = noise(np.float32)
    more = np.random.default_rng(1).random(image.pixels.shape, dtype=np.float32)
    return replace(image, pixels=image.pixels + more)


@pytest.mark.parametrize("kind", FeatureKind)
def test_every_kind_of_feature_is_counted_as_it_is(kind):
    image = noise(np.uint8)
    chosen = Settings(features=(kind,))
    assert len(extract(image, chosen).names) == feature_count(image, chosen)


@pytest.mark.parametrize(
    ("image", "settings", "least"),
    [
        (noise(np.uint16), Settings(components=8), 72),
        (noise(np.uint16), Settings(components=32), 168),
        (noise(np.uint8), Settings(components=4), 78),
        (noise(np.uint8), Settings(components=4, smoothing=2), 81),
        (noise(np.uint8, 8), Settings(components=8), 104),
        (noise(np.uint8), Settings(features=tuple(FeatureKind)), 222),
    ],
    ids=["16 bit", "many components", "8 bit", "smoothed", "8 channels", "all features"],
)
def test_it_tells_at_least_what_was_measured(image, settings, least):
    per_pixel = needed_bytes(image, settings) / image.valid.size
    assert least <= per_pixel < 1.5 * least


def test_clean_up_of_noise_needs_room_for_its_regions():
    rng = np.random.default_rng(0)
    image = image_of(rng.integers(0, 250, (1000, 1000)).astype(np.uint8))
    settings, kept = Settings(components=4), Kept()
    finish(steps(image, settings, kept=kept))
    wanted = settings.model_copy(update={"smallest_region": 9, "fill_holes": 9})
    # The first time brings libraries that stay.
    for _ in range(2):
        tracemalloc.start()
        finish(steps(image, wanted, kept=kept))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    labelled = 5 * image.valid.size  # index and labels, there before
    assert peak + labelled < needed_bytes(image, wanted)


def test_missing_values_need_room_for_their_patterns():
    image, settings = noise(np.float32), Settings(components=8, features=(FeatureKind.CHANNELS,))
    missing = np.zeros(image.pixels.shape, np.bool_)
    missing[::5] = True
    least = 107  # measured, with a fifth of the values missing
    assert needed_bytes(image, settings) < least * image.valid.size
    assert needed_bytes(replace(image, missing=missing), settings) > least * image.valid.size


def test_equal_pixels_need_little():
    image = noise(np.uint8)
    grey = grey_of(image)
    assert needed_bytes(grey, Settings(components=32)) < needed_bytes(image, Settings()) / 2


@pytest.mark.parametrize("components", [4, "auto"])
def test_counted_pixels_need_no_more_than_is_told_and_hardly_less(components):
    image = grey_of(noise(np.uint8, side=2000))
    settings = Settings(components=components)
    finish(steps(grey_of(noise(np.uint8, side=100)), settings))
    tracemalloc.start()
    finish(steps(image, settings))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < needed_bytes(image, settings) < 2 * peak


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_many_channels_are_counted_too(dtype):
    assert needed_bytes(noise(dtype, 200, side=20), Settings()) > 400 * 4 * 200


def test_there_are_no_more_samples_than_values():
    few, many = (noise(np.uint8, 1, side=side) for side in (300, 3000))
    assert needed_bytes(many, Settings()) / many.valid.size < 10
    assert needed_bytes(few, Settings()) / few.valid.size < 11


def test_without_uneven_light_equal_pixels_differ():
    image = noise(np.uint8)
    grey = grey_of(image)
    least = 38  # measured
    shading = Settings(shading=True)
    assert least <= needed_bytes(grey, shading) / image.valid.size < 2 * least
    assert needed_bytes(image, shading) / image.valid.size > 57


def test_a_given_mixture_counts_by_its_own_components():
    image, two = noise(np.uint16), Settings(components=2)
    assert needed_bytes(image, two, components=32) > 1.5 * needed_bytes(image, two, components=2)
    other = Settings(components=9)
    assert needed_bytes(image, other, components=32) == needed_bytes(image, two, components=32)


def test_the_search_counts_where_there_is_much_to_try():
    image = noise(np.float32, 16, side=100)
    least = 40e6  # measured
    assert needed_bytes(image, Settings(components=32)) > least
    assert needed_bytes(image, Settings(components=32), components=32) < least


@pytest.mark.parametrize(
    ("image", "settings", "least"),
    [
        (grey_of(noise(np.uint8)), Settings(spatial="field"), 58),
        (grey_of(noise(np.uint8)), Settings(spatial="field", components=8), 91),
        (grey_of(noise(np.uint8)), Settings(spatial="field", contrast=True), 112),
        (grey_of(fractions()), Settings(spatial="field"), 121),
        (grey_of(fractions()), Settings(spatial="field", components=8), 201),
        (noise(np.uint8), Settings(spatial="field"), 129),
        (grey_of(noise(np.uint8)), Settings(spatial="chain"), 98),
        (grey_of(noise(np.uint8)), Settings(spatial="chain", components=8), 146),
        (grey_of(fractions()), Settings(spatial="chain", components=8), 209),
        (noise(np.uint8), Settings(spatial="chain", components=8), 223),
        (grey_of(fractions()), Settings(noise_class=True), 105),
        (grey_of(fractions()), Settings(noise_class=True, components=8), 174),
    ],
)
def test_it_tells_at_least_what_was_measured_of_em_over_classes(image, settings, least):
    per_pixel = needed_bytes(image, settings) / image.valid.size
    assert least <= per_pixel < 1.3 * least


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_share_of_samples_is_that_of_distinct_pixels(dtype, channels):
    pixels = np.random.default_rng(0).integers(0, 9, (40, 50, channels)).astype(dtype)
    distinct = len({tuple(row) for row in pixels.reshape(-1, channels).tolist()})
    assert _share_of_samples(image_of(pixels), Settings()) == distinct / 2000
