"""Where EM over classes begins: classes of components, and what scribbles teach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.begin import class_count, joined, taught
from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.scribbles import sites_of
from segmenter.engine.settings import Covariance, Settings
from segmenter.engine.types import Mixture, Samples, SegmenterError


@pytest.fixture
def four(form_of):
    """Samples of four kinds at -3, -1, 1 and 3, and the mixture that knows them."""
    random = np.random.default_rng(0)
    means = np.array([-3.0, -1.0, 1.0, 3.0])
    kinds = np.repeat(np.arange(4), 250)
    values = random.normal(means[kinds], 0.2).astype(np.float32)[None]
    samples = Samples(values, np.ones(1000, np.float32))
    mixture = Mixture(np.full(4, 0.25), means[:, None], np.full((4, 1, 1), 0.04))
    return samples, mixture, form_of(Covariance.FULL, 1), kinds


def sites(samples, said):
    scribbles = np.zeros((1, 1000), np.uint8)
    for number, places in said.items():
        scribbles[0, places] = number
    return sites_of(samples, scribbles, max(said))


def test_components_named_together_make_one_class(four):
    samples, mixture, form, _ = four
    found = joined(samples, mixture, form, Settings(join="2+3"))
    np.testing.assert_array_equal(found.classes, [0, 1, 1, 2])


def test_a_component_that_does_not_exist_is_refused_in_one_line(four):
    samples, mixture, form, _ = four
    with pytest.raises(SegmenterError, match=r"no component 5.*from 1 to 4"):
        joined(samples, mixture, form, Settings(join="2+5"))


@pytest.mark.parametrize(
    ("settings", "said", "expected"),
    [
        (Settings(), 2, 4),
        (Settings(), 6, 6),
        (Settings(classes=2), 2, 2),
        (Settings(classes=2), 3, 3),
    ],
)
def test_there_are_as_many_classes_as_asked_for_or_said(four, settings, said, expected):
    assert class_count(settings, four[1], said) == expected


def test_joined_components_keep_their_classes(four):
    mixture = replace(four[1], classes=np.array([0, 1, 1, 2]))
    assert class_count(Settings(), mixture, 2) == 3


def test_a_scribbled_class_begins_at_its_scribbles_whatever_its_number(four):
    samples, mixture, form, kinds = four
    bright, dark = np.flatnonzero(kinds == 3)[:40], np.flatnonzero(kinds == 0)[:40]
    found = taught(samples, mixture, form, sites(samples, {1: bright, 2: dark}), 4)
    np.testing.assert_array_equal(found.classes, [0, 1, 2, 3])
    np.testing.assert_allclose(found.means[:2, 0], [3, -3], atol=0.15)


def test_classes_of_which_nothing_is_said_keep_what_no_scribble_speaks_of(four):
    samples, mixture, form, kinds = four
    bright, dark = np.flatnonzero(kinds == 3)[:40], np.flatnonzero(kinds == 0)[:40]
    found = taught(samples, mixture, form, sites(samples, {1: bright, 2: dark}), 4)
    np.testing.assert_allclose(found.means[2:, 0], [-1, 1], atol=1e-6)


def test_a_component_within_a_scribbled_class_is_no_free_one(four):
    samples, mixture, form, kinds = four
    # The plain mixture has two components for the brightest kind, and none for the darkest but one.
    doubled = replace(mixture, means=np.array([[-2.0], [1.0], [3.0], [3.05]]))
    bright = np.flatnonzero(kinds == 3)[:60]
    found = taught(samples, doubled, form, sites(samples, {1: bright}), 4)
    assert found.means[0, 0] == pytest.approx(3, abs=0.1)
    assert found.means[1:, 0].max() < 1.5


def test_a_free_class_does_not_take_a_scribbled_one_over(image, truth):
    scribbles = np.zeros(truth.shape, np.uint8)
    scribbles[4:7, 2:25] = 1  # one column into the next kind
    found = segment(image, Settings(components=4), scribbles=scribbles)
    assert found.conflicts.sum() <= 3
    assert np.mean(found.labels[truth == 1] == 1) > 0.95


def test_scribbles_where_there_is_no_data_teach_nothing(image, truth):
    pixels = image.pixels.astype(np.float32)
    pixels[:5, :5] = np.nan
    scribbles = np.zeros(truth.shape, np.uint8)
    scribbles[1:3, 1:3] = 1
    found = segment(image_of(pixels), Settings(components=3), scribbles=scribbles)
    assert found.class_count == 3
    assert not found.labels[:5, :5].any()


def test_components_are_handed_out_evenly(four):
    samples, mixture, form, kinds = four
    low, high = np.flatnonzero(kinds < 2)[::5], np.flatnonzero(kinds > 1)[::5]
    found = taught(samples, mixture, form, sites(samples, {1: low, 2: high}), 2)
    np.testing.assert_array_equal(found.classes, [0, 0, 1, 1])
    np.testing.assert_allclose(np.sort(found.means[:, 0]), [-3, -1, 1, 3], atol=0.15)
    assert found.weights.sum() == pytest.approx(1)


def test_more_classes_than_components_are_made_by_splitting(four):
    samples, mixture, form, kinds = four
    found = taught(samples, mixture, form, sites(samples, {1: np.flatnonzero(kinds == 0)}), 6)
    assert sorted(set(found.classes.tolist())) == [0, 1, 2, 3, 4, 5]


def test_one_scribbled_pixel_borrows_the_spread_of_the_plain_mixture(four):
    samples, mixture, form, _ = four
    found = taught(samples, mixture, form, sites(samples, {1: [0], 2: [999]}), 2)
    assert len(found) == 2
    assert found.covariances.min() > 0.01
