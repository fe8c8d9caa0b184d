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
    displayed,
    labels_rgba,
    plane,
    plane_colours,
)
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle
from segmenter.engine.types import Image, Mixture

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


def test_bytes_are_shown_as_they_are(image):
    np.testing.assert_array_equal(displayed(image), image.pixels)


@pytest.mark.parametrize("dtype", [np.uint16, np.int32, np.float32, np.float64])
def test_other_types_are_stretched_over_all_greys(dtype):
    values = np.arange(100 * 100).reshape(100, 100).astype(dtype)
    shown = displayed(image_of(values))
    assert shown.shape == (100, 100, 3)
    assert (shown.min(), shown.max()) == (0, 255)
    assert (np.diff(shown[:, 50, 0].astype(int)) >= 0).all()


def test_a_few_outliers_do_not_darken_the_image():
    values = np.random.default_rng(0).random((100, 100))
    values[0, 0] = 1e6
    assert np.median(displayed(image_of(values))) == pytest.approx(127, abs=10)


def test_two_values_are_shown_apart_even_when_one_is_rare():
    values = np.zeros((100, 100), np.float32)
    values[0, 0] = 5
    shown = displayed(image_of(values))
    assert (shown[0, 0, 0], shown[1, 1, 0]) == (255, 0)


@pytest.mark.parametrize("value", [0, 7.5])
def test_one_value_is_shown_as_one_grey(value):
    assert len(np.unique(displayed(image_of(np.full((4, 5), value))))) == 1


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_no_data_is_mid_grey(dtype):
    valid = np.ones((3, 4), bool)
    valid[0, 0] = False
    pixels = np.arange(12).reshape(3, 4, 1).astype(dtype)
    shown = displayed(Image(pixels, valid, ("grey",), 8))
    assert shown[0, 0].tolist() == [128] * 3
    assert not (displayed(Image(pixels, np.ones((3, 4), bool), ("grey",), 8))[0, 0] == 128).any()


def test_missing_values_do_not_stretch_the_others():
    values = np.random.default_rng(0).uniform(1000, 1100, (20, 30, 2))
    holed = values.copy()
    holed[::3, ::2, 1] = np.nan
    shown, there = displayed(image_of(holed)), ~np.isnan(holed)
    gaps = shown[:, :, :2].astype(int) - displayed(image_of(values))[:, :, :2]
    assert np.abs(gaps[there]).max() <= 2


def test_an_image_without_data_is_grey():
    assert (displayed(image_of(np.full((3, 3), np.nan))) == 128).all()


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 7])
def test_any_number_of_channels_is_shown_in_three(channels):
    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, channels), dtype=np.uint8)
    shown = displayed(image_of(pixels))
    assert shown.shape == (5, 6, 3)
    for place in range(3):
        if channels == 1:
            np.testing.assert_array_equal(shown[:, :, place], pixels[:, :, 0])
        elif place < channels:
            np.testing.assert_array_equal(shown[:, :, place], pixels[:, :, place])
        else:
            assert not shown[:, :, place].any()


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
        View.SOFT_MASK: np.rint(result.membership(2) * 255),
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
    assert (rgba[..., :3] == CLASSES[1].colour).all()
    np.testing.assert_allclose(rgba[..., 3], result.membership(2) * 127.5, atol=1)


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
