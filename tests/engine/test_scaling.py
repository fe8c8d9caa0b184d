"""Mixtures go from the file's units to scaled ones and back, and are ordered by brightness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.scaling import by_brightness, to_file_units, to_scaled_units
from segmenter.engine.settings import Settings
from segmenter.engine.types import Features, Mixture, SegmenterError


def features_of(names, *, offset, scale, brightness):
    count = len(names)
    return Features(
        np.zeros((count, 1), np.float32), names, np.asarray(offset, float),
        np.asarray(scale, float), np.zeros(count), np.ones(count), np.asarray(brightness, float),
    )  # fmt: skip


def test_units_there_and_back_change_nothing(random_mixture):
    features = features_of(("a", "b"), offset=[100, -5], scale=[3, 0.01], brightness=[1, 1])
    mixture = replace(random_mixture(3, 2), features=("a", "b"))
    back = to_scaled_units(to_file_units(mixture, features), features)
    np.testing.assert_allclose(back.means, mixture.means, rtol=1e-9)
    np.testing.assert_allclose(back.covariances, mixture.covariances, rtol=1e-12)
    assert back.features == ("a", "b")


def test_a_mixture_of_other_features_is_refused_by_name(random_mixture):
    features = features_of(("L*",), offset=[0], scale=[1], brightness=[1])
    with pytest.raises(SegmenterError, match=r"features grey, .* gives L\*"):
        to_scaled_units(replace(random_mixture(2, 1), features=("grey",)), features)


def test_components_are_ordered_by_brightness_then_area():
    means = np.array([[5.0, 0.0], [1.0, 9.0], [1.0, -9.0]])
    mixture = Mixture(np.array([0.2, 0.3, 0.5]), means, np.array([np.eye(2)] * 3))
    features = features_of(("a", "b"), offset=[0, 0], scale=[1, 1], brightness=[1, 0])
    assert by_brightness(mixture, features).weights.tolist() == [0.5, 0.3, 0.2]


def test_components_without_brightness_are_ordered_by_the_first_feature():
    mixture = Mixture(np.array([0.6, 0.4]), np.array([[2.0], [1.0]]), np.ones((2, 1, 1)))
    features = features_of(("texture",), offset=[0], scale=[1], brightness=[0])
    assert by_brightness(mixture, features).weights.tolist() == [0.4, 0.6]


def test_log_likelihoods_are_per_unit_of_what_each_pixel_has():
    values = np.random.default_rng(0).normal(size=(20, 30, 2))
    values[::2, ::3, 0] = np.nan
    share = np.mean(~np.isnan(values[:, :, 0]))
    one, ten = (
        segment(image_of(values * (stretch, 1)), Settings(components=1)).log_likelihoods[-1]
        for stretch in (1, 10)
    )
    assert one - ten == pytest.approx(share * np.log(10), abs=1e-4)
