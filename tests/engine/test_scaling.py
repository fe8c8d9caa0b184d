"""Mixtures go from the file's units to scaled ones and back, and are ordered by brightness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.scaling import (
    by_brightness,
    kept_order_of_classes,
    numbered_like,
    to_file_units,
    to_scaled_units,
)
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


def grey_mixture(means, *, deviations=1.0, classes=None):
    count = len(means)
    variances = np.broadcast_to(np.square(deviations), count).astype(float)
    return Mixture(
        np.full(count, 1 / count), np.reshape(means, (count, 1)).astype(float),
        variances.reshape(count, 1, 1), classes=None if classes is None else np.array(classes),
    )  # fmt: skip


GREY = features_of(("grey",), offset=[0], scale=[1], brightness=[1])


@pytest.mark.parametrize(
    ("means", "deviations", "order"),
    [
        ([1, 0.95, 4], 1, [0, 1, 2]),
        ([1, 0.95, 4], 0.1, [1, 0, 2]),
        ([1, 0.95, 4], [1, 0.1, 1], [1, 0, 2]),
        ([3, 2.95, 0], 1, [2, 0, 1]),
        ([0.09, 0.01, 0], [1, 0.01, 1], [2, 1, 0]),
        ([2, 2, 2], 0, [0, 1, 2]),
    ],
    ids=["nearly equal", "narrow", "one narrow", "one clearly darker", "between", "all equal"],
)
def test_classes_change_their_order_only_if_one_is_clearly_darker(means, deviations, order):
    mixture = grey_mixture(means, deviations=deviations)
    assert kept_order_of_classes(mixture, GREY).tolist() == order


def test_a_class_of_several_components_is_as_wide_as_they_lie_apart():
    narrow = grey_mixture([1, 0.95], deviations=0.1)
    wide = grey_mixture([0, 2, -0.05, 1.95], deviations=0.1, classes=[0, 0, 1, 1])
    assert kept_order_of_classes(narrow, GREY).tolist() == [1, 0]
    assert kept_order_of_classes(wide, GREY).tolist() == [0, 1]


def test_components_are_numbered_like_the_nearest_ones_of_another_mixture(random_mixture):
    features = features_of(("a", "b"), offset=[0, 0], scale=[1, 1], brightness=[1, 0])
    means = np.array([[1.0, 5.0], [1.01, -5.0], [9.0, 0.0]])
    plain = Mixture(np.full(3, 1 / 3), means, np.array([np.eye(2)] * 3))
    moved = replace(plain, means=np.array([[9.0, 0.0], [1.01, -5.0], [1.03, 5.1]]))
    assert by_brightness(moved, features).means[:, 1].tolist() == [-5, 5.1, 0]
    assert numbered_like(moved, plain, features).means[:, 1].tolist() == [5.1, -5, 0]
    fewer = random_mixture(2, 2)
    assert numbered_like(fewer, plain, features) is fewer


def test_log_likelihoods_are_per_unit_of_what_each_pixel_has():
    values = np.random.default_rng(0).normal(size=(20, 30, 2))
    values[::2, ::3, 0] = np.nan
    share = np.mean(~np.isnan(values[:, :, 0]))
    one, ten = (
        segment(image_of(values * (stretch, 1)), Settings(components=1)).log_likelihoods[-1]
        for stretch in (1, 10)
    )
    assert one - ten == pytest.approx(share * np.log(10), abs=1e-4)
