"""Features are what their names say, centred, scaled, and blind to what is no data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import reference

from segmenter.engine.centring import SMALLEST_RELATIVE_NOISE
from segmenter.engine.features import extract
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import SegmenterError

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
