"""Which kinds of feature an image is seen by."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.chosen_features import chosen_kinds, looks_at_single_pixels
from segmenter.engine.features import extract
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import SegmenterError


@pytest.fixture(scope="module")
def colours():
    random = np.random.default_rng(0)
    return image_of(random.integers(0, 256, (20, 30, 3), dtype=np.uint8))


def test_a_position_weight_of_zero_leaves_position_out(colours):
    settings = Settings(features=("lab", "position"), position_weight=0)
    assert chosen_kinds(colours, settings) == (FeatureKind.LAB,)
    assert looks_at_single_pixels(colours, settings)


def test_nothing_but_position_of_no_weight_is_refused(colours):
    with pytest.raises(SegmenterError, match="only feature"):
        extract(colours, Settings(features=("position",), position_weight=0))


@pytest.mark.parametrize("kind", ["rgb", "lab", "hsv"])
def test_colour_features_need_colour(kind):
    with pytest.raises(SegmenterError, match=rf"'{kind}' needs a colour image.* 1 channel"):
        extract(image_of(np.zeros((3, 3))), Settings(features=(kind,)))


def test_automatic_features_follow_the_image(colours):
    assert chosen_kinds(colours, Settings()) == (FeatureKind.LAB,)
    assert chosen_kinds(image_of(np.zeros((3, 3))), Settings()) == (FeatureKind.CHANNELS,)


@pytest.mark.parametrize(
    ("values", "alone"),
    [
        ({}, True),
        ({"features": ("hsv", "rgb")}, True),
        ({"smoothing": 0.5}, False),
        ({"features": ("texture",)}, False),
        ({"features": ("lab", "position")}, False),
    ],
    ids=str,
)
def test_features_of_single_pixels_are_known(colours, values, alone):
    assert looks_at_single_pixels(colours, Settings(**values)) is alone
