"""Beginnings for spatial models where noise hides the classes from single pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.beginnings import alike, calmed, likelier
from segmenter.engine.maximise import Form
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.samples import gather
from segmenter.engine.scaling import to_scaled_units
from segmenter.engine.settings import Settings
from segmenter.engine.types import Mixture

LEVELS = np.array([0.0, 1 / 3, 2 / 3, 1.0])
DEVIATION = 0.18  # neighbouring levels overlap by a third


@pytest.fixture(scope="module")
def noisy():
    """An image of four levels in squares, and what the calm beginning needs of it."""
    random = np.random.default_rng(0)
    kinds = np.kron(random.integers(0, 4, (8, 8)), np.ones((16, 16), int))
    pixels = random.normal(LEVELS[kinds], DEVIATION).astype(np.float32)
    pixels[:5, :40] = np.nan
    settings = Settings(components=4)
    features, samples = gather(image_of(pixels), settings)
    form = Form(settings.covariance, features.noise, features.weight)

    def scaled(levels, deviation):
        variances = np.full((4, 1, 1), deviation**2)
        mixture = Mixture(np.full(4, 0.25), np.array(levels)[:, None], variances, features.names)
        return to_scaled_units(mixture, features)

    return samples, form, settings, features, scaled, kinds.shape


def test_block_means_tell_apart_what_overlaps_pixel_by_pixel(noisy):
    samples, form, settings, features, scaled, shape = noisy
    wrong = scaled([-0.1, 0.2, 0.7, 1.1], 0.25)
    found = calmed(samples, wrong, form, settings, shape)
    levels = np.sort(found.means[:, 0] * features.scale + features.offset)
    np.testing.assert_allclose(levels, LEVELS, atol=0.02)
    deviations = np.sqrt(found.covariances[:, 0, 0]) * features.scale
    np.testing.assert_allclose(deviations, DEVIATION, atol=0.02)


def test_the_chain_likes_the_true_mixture_better(noisy):
    samples, form, settings, _, scaled, shape = noisy
    true, wrong = scaled(LEVELS, DEVIATION), scaled([-0.1, 0.1, 0.3, 0.8], 0.2)
    for pair in ((true, wrong), (wrong, true)):
        assert likelier(samples, pair, form, settings, shape) is true


def test_an_image_of_few_blocks_keeps_the_plain_mixture(noisy):
    samples, form, settings, _, scaled, _ = noisy
    index = samples.index[60:70, 60:90].copy()
    small = replace(samples, index=index)
    assert calmed(small, scaled(LEVELS, DEVIATION), form, settings, index.shape) is None


def test_one_covariance_for_all_is_close_to_the_truth_where_all_are_alike(noisy):
    samples, form, settings, features, _, _ = noisy
    found = alike(samples, form, settings)
    assert np.ptp(found.covariances, axis=0).max() == 0
    levels = np.sort(found.means[:, 0] * features.scale + features.offset)
    np.testing.assert_allclose(levels, LEVELS, atol=0.15)


@pytest.mark.parametrize("spatial", ["chain"])
def test_space_finds_what_the_plain_mixture_cannot(spatial):
    random = np.random.default_rng(1)
    kinds = np.kron(random.integers(0, 4, (8, 8)), np.ones((16, 16), int))
    pixels = random.normal(LEVELS[kinds], DEVIATION).astype(np.float32)
    plain = segment(pixels, Settings(components=4))
    found = segment(pixels, Settings(components=4, spatial=spatial))
    assert np.mean(plain.labels - 1 != kinds) > 0.2
    assert np.mean(found.labels - 1 != kinds) < 0.03


@pytest.mark.parametrize("spatial", ["field", "chain"])
def test_an_image_without_data_in_its_middle_is_segmented(spatial):
    random = np.random.default_rng(0)
    pixels = random.normal(np.where(random.random((460, 460)) < 0.5, 0, 1), 1).astype(np.float32)
    pixels[30:430, 30:430] = np.nan
    found = segment(pixels, Settings(components=2, spatial=spatial))
    assert found.class_count == 2
