"""Classes keep their numbers, scribbles theirs, and who stops gets what there is."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.feature_values import GREY_WEIGHTS
from segmenter.engine.kept import Kept
from segmenter.engine.outcome import Enough, Stage, Stop
from segmenter.engine.pipeline import finish, image_of, label, segment, steps
from segmenter.engine.settings import Settings
from segmenter.engine.types import SegmenterError


@pytest.fixture
def strokes(truth):
    """A stroke on each kind of pixel, numbered from bright to dark."""
    scribbles = np.zeros(truth.shape, np.uint8)
    rows = slice(15, 18)
    scribbles[rows] = (4 - truth)[rows]
    return scribbles


@pytest.mark.parametrize(
    "more", [{}, {"components": 6, "classes": 3}], ids=["one each", "two each"]
)
def test_a_mixture_from_scribbles_labels_with_the_same_numbers(image, truth, strokes, more):
    settings = Settings(**({"components": 3} | more))
    found = segment(image, settings, scribbles=strokes)
    np.testing.assert_array_equal(found.labels, 4 - truth)
    again = finish(label(image, settings, found.mixture))
    np.testing.assert_array_equal(again.labels, found.labels)
    gone_on = finish(steps(image, settings, start=found.mixture))
    np.testing.assert_array_equal(gone_on.labels, found.labels)


@pytest.mark.parametrize("join", ["1+2", "entropy"])
def test_a_given_mixture_is_not_joined_once_more(image, strokes, join):
    settings = Settings(components=4, join=join)
    found = segment(image, settings, scribbles=strokes)
    again = finish(label(image, settings, found.mixture))
    np.testing.assert_array_equal(again.mixture.classes, found.mixture.classes)


@pytest.mark.parametrize("spatial", ["none", "field", "chain"])
def test_scribbles_of_a_class_that_a_given_mixture_lacks_are_refused(image, strokes, spatial):
    settings = Settings(components=2, spatial=spatial)
    mixture = segment(image, settings).mixture
    with pytest.raises(SegmenterError, match=r"name class 3, and here .* classes 1 to 2"):
        finish(label(image, settings, mixture, scribbles=strokes))


def test_a_noise_class_cannot_be_scribbled(image, strokes):
    with pytest.raises(SegmenterError, match="noise class cannot be scribbled"):
        segment(image, Settings(components=2, noise_class=True), scribbles=strokes)
    found = segment(image, Settings(components=3, noise_class=True), scribbles=strokes)
    assert found.class_count == 4


@pytest.mark.parametrize("spatial", ["none", "field", "chain"])
def test_soft_masks_are_empty_where_a_scribble_is_on_no_data(image, truth, strokes, spatial):
    pixels = image.pixels.astype(np.float32)
    pixels[14:17, 3:6] = np.nan
    found = segment(image_of(pixels), Settings(components=3, spatial=spatial), scribbles=strokes)
    has_data = np.isfinite(pixels).all(axis=2)
    np.testing.assert_allclose(found.memberships.sum(axis=0), has_data, atol=1e-5)
    np.testing.assert_array_equal(found.labels > 0, has_data)


@pytest.fixture
def equally_bright():
    """Two colours of nearly equal brightness in stripes, with noise, beside a bright one."""
    random = np.random.default_rng(3)
    colours = np.array([[100, 117, 118], [121, 111, 121], [220, 220, 220]])
    kinds = np.repeat(np.arange(60) // 10 % 2, 60).reshape(60, 60)
    kinds[:, 45:] = 2
    pixels = colours[kinds] + random.normal(0, 9, (60, 60, 3))
    return image_of(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


@pytest.mark.parametrize("spatial", ["field", "chain"])
def test_classes_of_nearly_equal_brightness_keep_the_numbers_of_the_plain_mixture(
    equally_bright, spatial
):
    settings = {"components": 3, "features": ("rgb",)}
    plain = segment(equally_bright, Settings(**settings))
    found = segment(equally_bright, Settings(**settings, spatial=spatial))
    assert np.mean(found.labels == plain.labels) > 0.8
    # By the last digit of brightness alone they would have changed places.
    brightness = found.mixture.means @ GREY_WEIGHTS
    assert -0.1 < brightness[1] - brightness[0] < 0
    for seed in (1, 2):
        again = segment(equally_bright, Settings(**settings, spatial=spatial, seed=seed))
        np.testing.assert_array_equal(again.labels, found.labels)


def stopped_at(image, settings, stage, times=1):
    running = steps(image, settings)
    seen = 0
    for progress in running:
        seen += progress.stage is stage and progress.mixture is not None
        if seen == times:
            break
    try:
        running.throw(Enough())
    except StopIteration as end:
        return end.value
    return finish(running)


def test_who_stops_the_second_search_of_a_noise_class_gets_the_first_mixture(image):
    settings = Settings(components=3, noise_class=True)
    stages = [p.stage for p in steps(image, settings) if p.mixture is not None]
    second = len(stages) - 1 - stages[::-1].index(Stage.STARTS)
    starts_before = stages[:second].count(Stage.STARTS)
    found = stopped_at(image, settings, Stage.STARTS, times=starts_before)
    assert found.stopped is Stop.CANCELLED
    assert found.class_count == 4


@pytest.mark.parametrize("stage", [Stage.FITTING, Stage.REFINING])
def test_who_stops_a_spatial_run_gets_labels_of_what_there_is(image, stage):
    found = stopped_at(image, Settings(components=3, spatial="field"), stage)
    assert found.stopped is Stop.CANCELLED
    assert found.labels.min() == 1


def test_what_is_kept_of_a_choice_says_nothing_of_dropped_components(image):
    kept, settings = Kept(), Settings(components="auto", most_components=8)
    for _ in range(2):
        assert not finish(steps(image, settings, kept=kept)).notes
