"""What is drawn for missing values is as the known ones lead one to expect."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine import filled as module
from segmenter.engine.filled import filled
from segmenter.engine.patterns import by_pattern
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.thinning import MOST, views_of


def incomplete(count, *, seed=0):
    """Samples whose second feature is the first and a little noise, a third of it missing."""
    random = np.random.default_rng(seed)
    first = random.normal(size=count)
    values = np.stack([first, 0.8 * first + 0.1 * random.normal(size=count)])
    missing = np.zeros(values.shape, np.bool_)
    missing[1, ::3] = True
    seen = np.where(missing, 0, values).astype(np.float32)
    index = np.arange(count, dtype=np.int32)[None]
    return by_pattern(seen, missing, np.ones(count, np.float32), index)


def test_complete_samples_are_left_alone(random_samples):
    samples = random_samples(2, 50)
    assert filled(samples) is samples


def test_missing_values_are_drawn_given_the_known_ones():
    samples = incomplete(3000)
    found = filled(samples)
    _, hole = samples.patterns
    np.testing.assert_array_equal(found.values[0], samples.values[0])
    np.testing.assert_array_equal(found.values[1, : hole.first], samples.values[1, : hole.first])
    x, y = found.values[:, hole.first :].astype(float)
    assert np.std(y - 0.8 * x) == pytest.approx(0.1, rel=0.1)
    assert np.polyfit(x, y, 1) == pytest.approx([0.8, 0], abs=0.02)
    assert found.patterns == samples.patterns


def test_the_same_is_drawn_every_time():
    samples = incomplete(300)
    np.testing.assert_array_equal(filled(samples).values, filled(samples).values)


def test_many_patterns_are_given_up(monkeypatch):
    monkeypatch.setattr(module, "FEW_PATTERNS", 1)
    assert filled(incomplete(300)).patterns == ()


def test_views_of_incomplete_samples_keep_each_value_in_its_pattern():
    samples = incomplete(MOST + 9000)
    for view in views_of(samples):
        (_, _, middle), (observed, first, last) = view.patterns
        assert (middle, last) == (first, len(view.weights))
        assert observed.tolist() == [True, False]
        assert (last - first) / last == pytest.approx(1 / 3, abs=0.01)
        known = samples.values[:, : samples.patterns[0].last].T
        rows = {tuple(row) for row in known.tolist()}
        assert all(tuple(row) in rows for row in view.values[:, :first].T.tolist())


@pytest.mark.parametrize("patterns", [64, 1], ids=["kept", "given up"])
def test_the_search_finds_classes_that_no_complete_pixel_shows(monkeypatch, patterns):
    monkeypatch.setattr(module, "FEW_PATTERNS", patterns)
    random = np.random.default_rng(1)
    kinds = random.integers(0, 3, (60, 60))
    values = np.array([[0, 0], [8, 8], [16, 0]])[kinds] + random.normal(size=(60, 60, 2))
    values[kinds == 2, 1] = np.nan
    settings = Settings(components=3, features=(FeatureKind.CHANNELS,))
    result = segment(image_of(values), settings)
    labels = result.labels
    agreed = sum(np.bincount(kinds[labels == k], minlength=3).max() for k in (1, 2, 3))
    assert agreed / kinds.size > 0.99
    assert np.diff(result.log_likelihoods).min(initial=0) >= 0
