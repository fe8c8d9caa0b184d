"""Whatever the image, its classes are proper, and what is no image is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as some
from proper import assert_proper

from segmenter.engine.pipeline import finish, image_of, label, segment, steps
from segmenter.engine.settings import Covariance, FeatureKind, Settings
from segmenter.engine.types import SegmenterError

EVERY = pytest.mark.parametrize("covariance", list(Covariance))
GREY_KINDS = [FeatureKind.GREY, FeatureKind.CHANNELS, FeatureKind.TEXTURE, FeatureKind.POSITION]


@settings(deadline=None, max_examples=120)
@given(
    pixels=st.one_of(
        some.arrays(dtype, st.tuples(st.integers(1, 7), st.integers(1, 7), channels))
        for dtype in (np.uint8, np.uint16, np.float32)
        for channels in (st.just(1), st.just(3))
    ),
    components=st.integers(1, 6),
    covariance=st.sampled_from(Covariance),
    features=st.lists(st.sampled_from(GREY_KINDS), max_size=2),
    smoothing=st.sampled_from([0, 0, 0.8]),
)
def test_any_image_has_proper_classes(pixels, components, covariance, features, smoothing):
    chosen = Settings(
        components=components, covariance=covariance, features=tuple(features),
        smoothing=smoothing, restarts=1, max_iterations=30,
    )  # fmt: skip
    image = image_of(pixels)
    if image.valid.any():
        try:
            result = segment(image, chosen)
        except SegmenterError as refusal:
            # float32 alone can hold values whose blurred squares are out of range
            assert "too large" in str(refusal)  # noqa: PT017
            assert pixels.dtype == np.float32
        else:
            assert_proper(result, image.valid)


DEGENERATE = {
    "one pixel": np.full((1, 1), 7, np.uint8),
    "one colour pixel": np.full((1, 1, 3), 7, np.uint8),
    "one colour": np.full((9, 8), 7, np.uint8),
    "one fraction": np.full((9, 8), 0.1),
    "two colours": np.repeat(np.uint8([[0, 255]]), 9, axis=0),
    "one row": np.arange(50, dtype=np.uint8)[None],
    "one column": np.arange(50, dtype=np.uint8)[:, None],
    "constant channel": np.dstack([np.arange(60).reshape(6, 10), np.full((6, 10), 4)]) + 0.0,
    "line in colour": np.repeat(np.arange(64, dtype=np.uint8).reshape(8, 8, 1), 3, axis=2),
    "denormal": np.array([[5e-324, 1e-310], [0, 1e-300]]),
    "large": np.array([[1e150, -1e150], [0, 1e149]]),
    "float32 limits": np.array([[3e38, 0], [1, 2]], np.float32),
    "unsigned 32": np.array([[2**32 - 1, 0], [7, 7]], np.uint32),
    "signed 16": np.array([[-32768, 32767], [-5, 0]], np.int16),
    "signed 64": np.array([[-(2**63), 2**63 - 1], [-5, 0]]),
    "half": np.array([[0.1, 0.2], [0.9, 6e4]], np.float16),
    "logical": np.array([[True, False], [True, True]]),
    "one with data": np.array([[np.nan, np.inf], [3, -np.inf]]),
    "nine channels": np.random.default_rng(0).random((8, 9, 9)),
}


@EVERY
@pytest.mark.parametrize("name", DEGENERATE)
def test_a_degenerate_image_has_proper_classes(name, covariance):
    array = DEGENERATE[name]
    result = segment(array, Settings(covariance=covariance))
    assert_proper(result, np.isfinite(np.atleast_3d(array)).all(axis=2))


@EVERY
def test_thirty_two_components_are_proper(covariance):
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    chosen = Settings(components=32, covariance=covariance, max_iterations=25, restarts=1)
    result = segment(noise, chosen)
    assert_proper(result, np.ones((40, 40), bool))
    assert len(result.mixture) == 32


@EVERY
@pytest.mark.parametrize("distinct", [1, 2, 3, 5])
def test_fewer_colours_than_components_are_told_apart(covariance, distinct):
    pixels = np.linspace(0, 255, distinct).astype(np.uint8)[np.arange(60).reshape(6, 10) % distinct]
    result = segment(pixels, Settings(components=8, covariance=covariance))
    assert_proper(result, np.ones((6, 10), bool))
    for value in np.unique(pixels):
        assert len(set(result.labels[pixels == value])) == 1
    assert len(set(result.labels.ravel())) == distinct
    assert f"{distinct} of 8 components: the image has only {distinct} " in result.notes[0]


def test_no_data_anywhere_is_refused_in_one_sentence():
    with pytest.raises(SegmenterError, match=r"'no data'.* Choose another"):
        segment(np.full((3, 3), np.nan))


@pytest.mark.parametrize(
    "array",
    [np.zeros(3), np.zeros((0, 3)), np.zeros((2, 2, 1, 1)), np.array([["a"]]), 1j * np.eye(2)],
    ids=["line", "empty", "four axes", "words", "complex"],
)  # fmt: skip
def test_what_is_no_image_is_refused(array):
    with pytest.raises(SegmenterError, match="is no image"):
        segment(array)


def test_pixels_without_data_have_label_zero_and_a_note(image):
    valid = image.valid.copy()
    valid[3:9, 5:7] = False
    result = segment(replace(image, valid=valid), Settings(components=3))
    assert_proper(result, valid)
    assert "12 pixels without data: label 0." in result.notes


def test_what_no_data_holds_does_not_matter(image):
    valid = image.valid.copy()
    valid[:, :9] = False
    pixels = image.pixels.copy()
    pixels[~valid] = 255
    chosen = Settings(components=3, smoothing=1)
    a = segment(replace(image, valid=valid), chosen)
    b = segment(replace(image, valid=valid, pixels=pixels), chosen)
    np.testing.assert_array_equal(a.labels, b.labels)


@EVERY
def test_a_large_common_offset_changes_nothing(covariance):
    random = np.random.default_rng(0)
    plain = random.normal(0, 0.1, (40, 50)) + (np.arange(50) > 20)
    chosen = Settings(components=2, covariance=covariance)
    low, high = segment(plain, chosen), segment(plain + 1e8, chosen)
    np.testing.assert_array_equal(low.labels, high.labels)
    np.testing.assert_allclose(high.mixture.means - 1e8, low.mixture.means, atol=1e-6)
    np.testing.assert_allclose(high.mixture.covariances, low.mixture.covariances, rtol=1e-4)


def test_the_unit_of_the_values_does_not_matter():
    plain = np.random.default_rng(0).normal(size=(40, 50, 2)) + (np.arange(50) > 20)[:, None] * 4
    labels = [segment(plain * unit, Settings(components=2)).labels for unit in (1, 1e-12, 1e12)]
    np.testing.assert_array_equal(labels[0], labels[1])
    np.testing.assert_array_equal(labels[0], labels[2])


def test_a_mixture_of_quite_other_values_is_refused():
    random = np.random.default_rng(0)
    small = segment(random.random((20, 30)) * 1e-6, Settings(components=2)).mixture
    image = image_of(random.normal(size=(20, 30)) * 1e25 + 1e30)
    for way in (label(image, Settings(), small), steps(image, Settings(), start=small)):
        with pytest.raises(SegmenterError, match="quite another size"):
            finish(way)


def test_position_alone_counts_fully_whatever_its_weight():
    flat = np.zeros((40, 40), np.uint8)
    chosen = Settings(features=("position",), position_weight=0.5)
    assert len(np.unique(segment(flat, chosen).labels)) == 4
