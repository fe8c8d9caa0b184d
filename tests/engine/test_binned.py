"""Values in bins of equal width, as bars and as an image."""

import numpy as np
import pytest

from segmenter.engine.binned import bins, coloured, histogram


@pytest.fixture
def values():
    return np.random.default_rng(0).normal(50, 10, 20_000).astype(np.float32)


def test_bins_hold_nearly_all_values(values):
    edges = bins(values, 0, 96)
    assert 90 <= len(edges) <= 100
    assert np.mean((values > edges[0]) & (values < edges[-1])) > 0.998


def test_an_outlier_does_not_make_the_rest_small(values):
    with_one = np.append(values, np.float32(1e6))
    assert bins(with_one, 0, 96)[-1] < 200


@pytest.mark.parametrize("step", [1, 4])
def test_every_bin_holds_equally_many_values_of_a_file(step):
    every = np.tile(np.arange(0, 256, step), 50).astype(np.float32)
    edges = bins(every, step, 96)
    counts, _ = np.histogram(every, edges)
    assert len(set(counts[:-1].tolist())) == 1
    assert counts.sum() >= 0.99 * len(every)


def test_values_off_the_grid_are_not_bound_to_it(values):
    assert len(bins(values, 10, 96)) > 90


@pytest.mark.parametrize("value", [0.0, 7.0, -1e5])
def test_a_single_value_has_one_bin_around_it(value):
    edges = bins(np.full(9, value, np.float32), 1, 96)
    assert edges[0] < value < edges[-1] or edges[0] <= value < edges[-1]
    assert histogram(np.full(9, value, np.float32), edges).sum() > 0


def test_nothing_has_a_bin_all_the_same():
    nothing = np.full(3, np.nan, np.float32)
    edges = bins(nothing, 1, 96)
    assert histogram(nothing, edges).tolist() == [0]


def test_bars_have_the_share_of_all_values_for_their_area(values):
    gappy = values.copy()
    gappy[::2] = np.nan
    edges = bins(values, 0, 96)
    shares = histogram(gappy, edges) * np.diff(edges)
    assert 0.99 < shares.sum() <= 1


def test_a_bin_has_the_mixed_colour_of_its_values():
    across = np.array([0.5, 0.5, 1.5, 9.0, np.nan], np.float32)
    up = np.array([0.5, 0.5, 1.5, 0.5, 0.5], np.float32)
    colours = np.array([[0, 0, 0], [200, 100, 0], [0, 100, 50]], np.uint8)
    edges = (np.arange(4.0), np.arange(3.0))
    rgba = coloured(across, up, edges, np.array([1, 2, 2, 1, 1]), colours)
    assert rgba.shape == (2, 3, 4)
    assert rgba[0, 0, :3].tolist() == [100, 100, 25]
    assert rgba[1, 1, :3].tolist() == [0, 100, 50]
    assert rgba[0, 0, 3] > rgba[1, 1, 3] > 0
    assert (rgba[..., 3] > 0).sum() == 2
