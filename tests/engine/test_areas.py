"""Expected areas and their spread, against sums over all pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine import areas
from segmenter.engine.areas import areas_of, square_micrometres
from segmenter.engine.pipeline import segment
from segmenter.engine.settings import Settings, Spatial


@pytest.fixture(params=[Spatial.NONE, Spatial.FIELD], ids=str)
def found(request, image):
    return segment(image, Settings(components=3, spatial=request.param, restarts=1))


def test_they_are_the_sums_over_the_soft_masks(found):
    masks = found.memberships.astype(float)
    np.testing.assert_allclose(found.areas.expected, masks.sum(axis=(1, 2)), rtol=1e-9)
    squared = (masks * (1 - masks)).sum(axis=(1, 2))
    np.testing.assert_allclose(found.areas.spread, np.sqrt(squared), rtol=1e-9)
    assert found.areas.expected.sum() == pytest.approx(found.labels.size, rel=1e-5)


def test_pieces_change_nothing(found, monkeypatch):
    whole = areas_of(found.responsibilities, found.index)
    monkeypatch.setattr(areas, "PIECE", 100)
    for one, other in zip(areas_of(found.responsibilities, found.index), whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_pixels_without_data_have_no_area():
    index = np.array([[0, -1, 1], [1, 1, -1]], np.int32)
    likely = np.array([[0.5, 1.0], [0.5, 0.0]], np.float32)
    expected, spread = areas_of(likely, index)
    assert expected.tolist() == [3.5, 0.5]
    assert spread.tolist() == [0.5, 0.5]


def test_the_spread_is_that_of_tossed_pixels():
    random = np.random.default_rng(0)
    likely = random.uniform(size=(1, 300)).astype(np.float32)
    tossed = (random.uniform(size=(20_000, 300)) < likely).sum(axis=1)
    expected, spread = areas_of(likely)
    assert expected[0] == pytest.approx(tossed.mean(), abs=0.3)
    assert spread[0] == pytest.approx(tossed.std(), rel=0.05)


def test_a_pixel_is_as_large_as_the_file_says(image):
    assert square_micrometres(image) is None
    assert square_micrometres(replace(image, pixel_size=(2.0, 3.0))) == 6
