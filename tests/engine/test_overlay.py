"""What is drawn over the image: the classes' colours, strength as alpha, nothing without data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.engine.outcome import Result, Stop
from segmenter.engine.overlay import (
    SCALE_COLOURS,
    View,
    blended,
    colour_table,
    labels_rgba,
    plane,
    plane_colours,
)
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.types import Mixture

CLASSES = (ClassStyle("dark", (10, 20, 30)), ClassStyle("bright", (200, 100, 0)))
ROWS, COLUMNS = 6, 8
ALL = (slice(None), slice(None))


def result_of(table, index, labels):
    mixture = Mixture(np.full(2, 0.5), np.zeros((2, 1)), np.ones((2, 1, 1)))
    return Result(labels, table, index, mixture, Settings(), (-1.0,), Stop.CONVERGED)


@pytest.fixture(params=["few samples", "many samples", "every pixel"])
def result(request):
    """Two classes; the upper left pixel has no data, unless every pixel is its own sample."""
    samples = {"few samples": 5, "many samples": 500, "every pixel": ROWS * COLUMNS}[request.param]
    random = np.random.default_rng(0)
    first = random.random(samples).astype(np.float32)
    table = np.stack([first, 1 - first])
    if request.param == "every pixel":
        labels = (table.argmax(axis=0) + 1).astype(np.uint8).reshape(ROWS, COLUMNS)
        return result_of(table, None, labels)
    index = random.integers(0, samples, (ROWS, COLUMNS)).astype(np.int32)
    index[0, 0] = -1
    labels = np.append(table.argmax(axis=0) + 1, 0)[index].astype(np.uint8)
    return result_of(table, index, labels)


def test_no_data_and_hidden_classes_are_clear():
    hidden = (CLASSES[0], ClassStyle("bright", (200, 100, 0), visible=False))
    table = colour_table(hidden, 0.5)
    assert table.tolist() == [[0, 0, 0, 0], [10, 20, 30, 128], [0, 0, 0, 0]]


def test_labels_take_the_colours_of_their_classes(result):
    rgba = labels_rgba(result.labels, CLASSES, 1.0)
    for number, style in enumerate(CLASSES, start=1):
        assert (rgba[result.labels == number] == (*style.colour, 255)).all()
    assert not rgba[result.labels == 0].any()


PARTS = [
    (slice(0, 2), slice(0, 3)),
    (slice(3, 6), slice(5, 8)),
    (slice(None, None, 2), slice(None, None, 3)),
    ALL,
]


@pytest.mark.parametrize("part", PARTS, ids=["corner", "other corner", "thinned", "all"])
def test_planes_are_labels_and_strengths(result, part):
    rows, columns = part
    expected = {
        View.LABELS: result.labels,
        View.SOFT_MASK: np.where(result.labels > 0, 1 + result.membership(2) * 254, 0),
        View.UNCERTAINTY: np.where(result.labels > 0, 1 + result.uncertainty() * 254, 0),
    }
    for view, whole in expected.items():
        found = plane(result, view, 2, rows=rows, columns=columns)
        assert found.dtype == np.uint8
        np.testing.assert_allclose(found.astype(int), whole[part], atol=1)


def coloured(result, view, opacity):
    """(ROWS, COLUMNS, 4) int: what is drawn of the whole result."""
    values = plane(result, view, 2, rows=ALL[0], columns=ALL[1])
    return plane_colours(view, CLASSES, 2, opacity)[values].astype(int)


def test_a_plane_of_labels_has_their_colours(result):
    expected = labels_rgba(result.labels, CLASSES, 0.7)
    np.testing.assert_array_equal(coloured(result, View.LABELS, 0.7), expected)


def test_a_soft_mask_is_its_colour_with_its_strength_as_alpha(result):
    rgba = coloured(result, View.SOFT_MASK, 0.5)
    assert (rgba[result.labels > 0, :3] == CLASSES[1].colour).all()
    assert not rgba[result.labels == 0, 3].any()
    np.testing.assert_allclose(rgba[..., 3], result.membership(2) * 127.5, atol=1)


def test_a_soft_mask_as_heat_map_goes_from_dark_to_bright_and_is_clear_without_data(result):
    values = plane(result, View.SOFT_MASK, 2, rows=ALL[0], columns=ALL[1])
    rgba = plane_colours(View.SOFT_MASK, CLASSES, 2, 0.7, heat=True)[values].astype(int)
    has_data = result.labels > 0
    assert (rgba[has_data, 3] == 178).all()
    assert not rgba[~has_data].any()
    lightness = rgba[..., :3] @ (0.2126, 0.7152, 0.0722)
    order = np.argsort(result.membership(2)[has_data])
    assert (np.diff(lightness[has_data][order]) > -2).all()
    assert np.ptp(lightness[has_data]) > 100


def test_uncertainty_goes_from_dark_to_bright_and_is_clear_without_data(result):
    rgba = coloured(result, View.UNCERTAINTY, 0.7)
    has_data = result.labels > 0
    assert (rgba[has_data, 3] == 178).all()
    assert not rgba[~has_data].any()
    lightness = rgba[..., :3] @ (0.2126, 0.7152, 0.0722)
    order = np.argsort(result.uncertainty()[has_data])
    assert (np.diff(lightness[has_data][order]) > -2).all()


def test_certain_and_undecided_have_the_outer_colours():
    table = plane_colours(View.UNCERTAINTY, CLASSES, 1, 1.0)
    assert table[[1, 255], :3].tolist() == [list(SCALE_COLOURS[k]) for k in (0, -1)]


def test_the_plain_image_has_nothing_over_it():
    assert not plane_colours(View.IMAGE, CLASSES, 2, 0.7).any()


def test_blending_is_a_weighted_mean():
    random = np.random.default_rng(0)
    shown = random.integers(0, 256, (9, 9, 3), dtype=np.uint8)
    rgba = random.integers(0, 256, (9, 9, 4), dtype=np.uint8)
    share = rgba[..., 3:] / 255
    expected = shown * (1 - share) + rgba[..., :3] * share
    np.testing.assert_allclose(blended(shown, rgba), expected, atol=0.51)


@pytest.mark.parametrize("alpha", [0, 255])
def test_blending_is_exact_when_clear_or_opaque(alpha):
    shown = np.full((2, 2, 3), 77, np.uint8)
    rgba = np.full((2, 2, 4), 200, np.uint8)
    rgba[..., 3] = alpha
    assert (blended(shown, rgba) == (200 if alpha else 77)).all()


def in_light(result, light):
    labels = result.labels.copy()
    labels[0, 0] = 0
    return replace(result, labels=labels, shading=light.astype(np.float32))


def test_light_is_shown_from_its_least_to_its_most_where_there_is_data(result):
    light = np.linspace(0.8, 1.2, ROWS * COLUMNS).reshape(ROWS, COLUMNS)
    light[0, 0] = 9
    found = in_light(result, light)
    shown = plane(found, View.SHADING, 1, rows=slice(None), columns=slice(None))
    assert shown[0, 0] == 0
    assert (shown[0, 1], shown[-1, -1]) == (1, 255)
    low, high = found.light_range
    expected = 1 + (light - low) / (high - low) * 254
    np.testing.assert_allclose(shown.ravel()[1:], expected.ravel()[1:], atol=0.51)
    colours = plane_colours(View.SHADING, CLASSES, 1, 0.5)
    assert colours[[0, 1, 255], 3].tolist() == [0, 128, 128]
    assert colours[[1, 255], :3].tolist() == [list(SCALE_COLOURS[k]) for k in (0, -1)]


def test_even_light_has_one_colour_and_no_light_none(result):
    even = in_light(result, np.ones((ROWS, COLUMNS)))
    assert even.light_range == (1, 1)
    shown = plane(even, View.SHADING, 1, rows=slice(0, 2), columns=slice(1, 4))
    np.testing.assert_array_equal(shown, np.ones((2, 3)))
    assert not plane(result, View.SHADING, 1, rows=slice(0, 2), columns=slice(1, 4)).any()
