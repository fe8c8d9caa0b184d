"""How many independent pixels an image is worth: all under noise, few where it is smooth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from segmenter.engine.effective import effective_pixels
from segmenter.engine.types import Mixture, Pattern, Samples

ONE = Mixture(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))


def noise(shape=(192, 160), *, blur=0.0, seed=0):
    drawn = np.random.default_rng(seed).normal(size=shape)
    smooth = gaussian_filter(drawn, blur, mode="wrap") if blur else drawn
    return (smooth / smooth.std()).astype(np.float32)


def worth(values, mixture=ONE, form=None, index=None):
    samples = Samples(values.reshape(1, -1), np.ones(values.size, np.float32), index)
    return effective_pixels(samples, values.shape if index is None else index.shape, mixture, form)


def test_independent_pixels_all_count(form_of):
    assert worth(noise(), form=form_of("full", 1)) == 192 * 160


@pytest.mark.parametrize("blur", [1.5, 3.0])
def test_blurred_noise_is_worth_as_much_as_its_correlation_says(form_of, blur):
    # The correlation of blurred noise is exp(-h^2 / 4 s^2), its sum over all lags 4 pi s^2.
    expected = 192 * 160 / (4 * np.pi * blur**2)
    assert worth(noise(blur=blur), form=form_of("full", 1)) == pytest.approx(expected, rel=0.35)


def test_what_the_components_explain_is_not_counted(form_of):
    levels = np.zeros((160, 160), np.float32)
    levels[:, 80:] = 20
    values = levels + noise((160, 160))
    two = Mixture(np.full(2, 0.5), np.array([[0.0], [20.0]]), np.ones((2, 1, 1)))
    assert worth(values, two, form_of("full", 1)) == values.size
    assert worth(values, ONE, form_of("full", 1)) < values.size / 1000


@pytest.mark.parametrize("small", [0.5, 0.05])
def test_components_that_overlap_are_told_apart_by_their_neighbours(form_of, small):
    # By its own value alone, a pixel would often be taken for the other component, and the
    # residuals would lean to one side wherever the component is.
    edge = round(160 * (1 - small))
    levels = np.zeros((160, 160), np.float32)
    levels[:, edge:] = 2
    two = Mixture(np.array([1 - small, small]), np.array([[0.0], [2.0]]), np.ones((2, 1, 1)))
    assert worth(levels + noise((160, 160)), two, form_of("full", 1)) == levels.size


def test_each_feature_counts_for_itself(form_of):
    both = np.stack([noise().ravel(), noise(blur=4).ravel()])
    samples = Samples(both, np.ones(both.shape[1], np.float32))
    mixture = Mixture(np.ones(1), np.zeros((1, 2)), np.eye(2)[None])
    found = effective_pixels(samples, (192, 160), mixture, form_of("full", 2))
    assert found == pytest.approx(192 * 160 / 2, rel=0.02)


def test_pixels_without_data_are_left_out(form_of):
    values = noise((120, 120))
    index = np.arange(values.size, dtype=np.int32).reshape(values.shape)
    index[30:60] = -1
    known = values[index >= 0]
    index[index >= 0] = np.arange(known.size)
    assert worth(known, form=form_of("full", 1), index=index) == known.size


def test_pixels_of_which_something_is_missing_are_not_looked_at(form_of):
    values = np.stack([noise((120, 120)).ravel(), noise((120, 120), seed=1).ravel()])
    values[1] += 5
    values[1, 7200:] = 0
    patterns = (
        Pattern(np.array([True, True]), 0, 7200),
        Pattern(np.array([True, False]), 7200, 14400),
    )
    index = np.arange(14400, dtype=np.int32).reshape(120, 120)
    samples = Samples(values, np.ones(14400, np.float32), index, patterns)
    mixture = Mixture(np.ones(1), np.array([[0.0, 5.0]]), np.eye(2)[None])
    assert effective_pixels(samples, (120, 120), mixture, form_of("full", 2)) == 14400


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (1, 500), (500, 1), (2, 3)])
def test_images_of_a_few_pixels_or_one_row_are_no_trouble(form_of, shape):
    found = worth(
        noise(shape) if np.prod(shape) > 1 else np.zeros(shape, np.float32), form=form_of("full", 1)
    )
    assert 1 <= found <= np.prod(shape)


def test_a_row_that_repeats_every_value_is_worth_half(form_of):
    row = np.repeat(noise((1, 4000)), 2, axis=1)
    assert worth(row, form=form_of("full", 1)) == pytest.approx(4000, rel=0.1)
