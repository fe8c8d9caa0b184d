"""Samples that lack the same features lie side by side, and every pixel finds its own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine import patterns as module
from segmenter.engine.missing import masked
from segmenter.engine.patterns import by_pattern, pattern_numbers, taken
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.samples import gather
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import SegmenterError


@given(
    missing=some.arrays(np.bool_, st.tuples(st.integers(1, 5), st.integers(1, 9))),
    limit=st.integers(1, 4),
)
def test_numbers_are_equal_where_patterns_are(missing, limit):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BITS", limit)
        numbers = pattern_numbers(missing)
    equal = (missing[:, :, None] == missing[:, None, :]).all(axis=0)
    np.testing.assert_array_equal(numbers[:, None] == numbers, equal)
    np.testing.assert_array_equal(numbers == 0, ~missing.any(axis=0))


def test_so_many_features_that_numbers_would_overflow():
    missing = np.eye(200, dtype=np.bool_)
    assert len(np.unique(pattern_numbers(missing))) == 200


def shown(samples, features):
    """(features, rows, columns) the values that every pixel shows; NaN where it has none."""
    values = samples.values.copy()
    for observed, first, last in samples.patterns:
        values[~observed, first:last] = np.nan
    values = values * features.scale[:, None] + features.offset[:, None]
    return np.append(values, np.full((len(values), 1), np.nan), axis=1)[:, samples.index]


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.float32, np.float64], ids=str)
@pytest.mark.parametrize("distinct", [3, 100_000])
def test_every_pixel_finds_its_own_values(kind, distinct):
    random = np.random.default_rng(0)
    values = random.integers(0, min(distinct, 250), (20, 30, 2)).astype(float)
    values += random.random(values.shape) * (distinct > 9) * (kind in {np.float32, np.float64})
    missing = random.random(values.shape) < 0.3
    settings = Settings(no_data=0 if kind in {np.uint8, np.int32} else None)
    raw = (values + 1).astype(kind)
    raw[missing] = 0 if settings.no_data == 0 else np.nan
    features, samples = gather(masked(image_of(raw), settings), settings)
    expected = np.moveaxis(np.where(missing, np.nan, raw.astype(float)), -1, 0)
    np.testing.assert_allclose(shown(samples, features), expected, rtol=1e-5)
    counts = np.bincount(samples.index[samples.index >= 0], minlength=len(samples.weights))
    np.testing.assert_array_equal(counts, samples.weights)
    assert len(samples.patterns) == 3
    if distinct == 3 and kind is not np.float64:  # whose two channels are too long to merge
        assert len(samples.weights) == 9 + 3 + 3


def test_features_are_centred_by_what_is_known():
    values = np.random.default_rng(1).normal(50, 9, (40, 50, 2))
    values[:20, :, 0] = np.nan
    features, samples = gather(image_of(values), Settings())
    known = np.where(np.isnan(values), np.nan, values)
    np.testing.assert_allclose(features.offset, np.nanmean(known, axis=(0, 1)))
    np.testing.assert_allclose(features.scale, np.nanstd(known, axis=(0, 1)))
    assert not samples.values[~samples.patterns[1].observed, samples.patterns[1].first :].any()


@pytest.mark.parametrize("kind", ["grey", "lab", "hsv", "texture"])
def test_what_combines_channels_needs_them_all(kind):
    values = np.random.default_rng(2).random((9, 8, 3))
    values[2, 3, 1] = np.nan
    samples = gather(image_of(values), Settings(features=(FeatureKind(kind),)))[1]
    assert np.argwhere(samples.index < 0).tolist() == [[2, 3]]
    assert samples.patterns == ()
    both = gather(image_of(values), Settings(features=(FeatureKind(kind), FeatureKind.POSITION)))[1]
    assert (both.index >= 0).all()
    assert [pattern.observed.sum() for pattern in both.patterns][1] == 2


def test_automatic_features_of_colours_that_lack_some_are_the_colours():
    values = np.random.default_rng(2).random((9, 8, 3))
    values[2, 3, 1] = np.nan
    assert gather(image_of(values), Settings())[0].names == ("red", "green", "blue")


def test_a_channel_that_no_pixel_has_is_left_out():
    values = np.random.default_rng(2).random((9, 8, 3))
    values[:, :, 1] = np.nan
    features, samples = gather(image_of(values), Settings())
    assert features.names == ("red", "blue")
    assert samples.patterns == ()
    assert samples.values.shape == (2, 72)


def test_no_pixel_with_all_channels_is_refused_in_one_sentence():
    values = np.random.default_rng(2).random((9, 8, 3))
    values[:, :, 1] = np.nan
    with pytest.raises(SegmenterError, match=r"No pixel has all the channels.* Choose"):
        gather(image_of(values), Settings(features=(FeatureKind.LAB,)))


def test_smoothing_leaves_out_what_is_missing():
    values = np.full((9, 8, 2), 5.0)
    values[:, 4:, 0] = 7
    values[2, 3, 1] = np.nan
    features, samples = gather(image_of(values), Settings(smoothing=1.5))
    seen = shown(samples, features)
    assert np.argwhere(np.isnan(seen)).tolist() == [[1, 2, 3]]
    np.testing.assert_allclose(seen[1][~np.isnan(seen[1])], 5, rtol=1e-6)


def test_too_many_patterns_are_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(module, "MOST_PATTERNS", 2)
    values = np.random.default_rng(3).random((9, 8, 2))
    values[0, 0, 0] = values[0, 1, 1] = np.nan
    with pytest.raises(SegmenterError, match=r"more than 2 different combinations.* Use fewer"):
        gather(image_of(values), Settings())


def test_chosen_samples_keep_their_patterns():
    missing = np.zeros((2, 9), np.bool_)
    missing[0, 3:5] = missing[1, 5:] = True
    ones = np.ones(9, np.float32)
    samples = by_pattern(
        np.zeros((2, 9), np.float32), missing, ones, np.arange(9, dtype=np.int32)[None]
    )
    chosen = np.array([1, 2, 6, 7, 8])
    found = taken(samples, chosen)
    for observed, first, last in found.patterns:
        for place in chosen[first:last]:
            own = int(np.flatnonzero(samples.index[0] == place)[0])
            np.testing.assert_array_equal(observed, ~missing[:, own])
    assert found.patterns[-1].last == 5
    assert len(taken(samples, chosen[:0]).patterns) == 0


def test_where_values_are_missing_the_position_counts_no_more_than_fully():
    values = np.random.default_rng(2).random((9, 8, 2))
    kinds = (FeatureKind.CHANNELS, FeatureKind.POSITION)
    whole = Settings(components=2, features=kinds, position_weight=3)
    assert gather(image_of(values), whole)[0].weight.tolist() == [1, 1, 3, 3]
    values[2, 3, 1] = np.nan
    assert gather(image_of(values), whole)[0].weight.tolist() == [1, 1, 1, 1]
    assert "position counts no more than fully" in segment(image_of(values), whole).notes[-1]
