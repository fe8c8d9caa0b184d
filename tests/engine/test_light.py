"""The field of light, and what images would be without it."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.features import extract
from segmenter.engine.light import TERMS, darkness, evened, light_of
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import Settings


def test_light_has_mean_one_over_the_pixels_with_data():
    random = np.random.default_rng(0)
    valid = random.random((30, 50)) > 0.4
    light = light_of(random.normal(size=len(TERMS)) * 0.05, valid)
    assert light.shape == (30, 50)
    assert light.dtype == np.float32
    assert light[valid].mean() == pytest.approx(1, abs=1e-6)


def test_light_is_a_sum_of_legendre_polynomials():
    light = light_of(np.eye(len(TERMS))[TERMS.index((2, 1))] * 0.3, np.ones((5, 4), np.bool_))
    for row, column in np.ndindex(5, 4):
        y, x = (2 * row + 1) / 5 - 1, (2 * column + 1) / 4 - 1
        assert light[row, column] - 1 == pytest.approx(0.3 * (3 * y * y - 1) / 2 * x, abs=1e-6)


@pytest.mark.parametrize("kind", ["grey", "rgb", "channels", "lab", "hsv"])
def test_evened_features_are_those_of_the_image_without_its_light(kind):
    random = np.random.default_rng(1)
    pixels = random.uniform(0.3, 0.7, (20, 20, 3)).astype(np.float32)
    pixels[0, 0] = 1  # so that full brightness is the same
    light = np.full((20, 20), 1.1, np.float32)
    light[0, 0] = 1
    settings = Settings(features=(kind,))
    lit = extract(image_of(pixels * light[:, :, None]), settings)
    even = evened(lit.values, light.ravel(), darkness(lit))
    plain = extract(image_of(pixels), settings)
    # On one scale, that of the image in the light.
    raw = plain.values * plain.scale[:, None] + plain.offset[:, None] - lit.offset[:, None]
    expected = raw / lit.scale[:, None]
    tolerance = 0.05 if kind == "lab" else 1e-4
    np.testing.assert_allclose(even, expected, atol=tolerance)


def test_place_and_texture_do_not_go_with_the_light():
    image = image_of(np.random.default_rng(2).random((12, 12)).astype(np.float32))
    features = extract(image, Settings(features=("grey", "texture", "position")))
    even = evened(features.values, np.full(144, 1.3, np.float32), darkness(features))
    np.testing.assert_array_equal(even[1:], features.values[1:])
    assert (even[0] != features.values[0]).all()
