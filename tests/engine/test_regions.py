"""Regions are measured as scikit-image does, one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from skimage.measure import label, regionprops

from segmenter.engine.pipeline import image_of, segment
from segmenter.engine.regions import measuring, regions_of
from segmenter.engine.settings import Settings


@pytest.fixture(scope="module")
def blobs():
    """A three-channel image with smooth blobs, and a part without data."""
    from scipy import ndimage

    noise = np.random.default_rng(3).normal(size=(60, 80, 3))
    values = ndimage.gaussian_filter(noise, (3, 3, 0)) * 400 + 100
    values[:6, :9] = np.nan
    values[40, 50, 1] = np.nan
    return replace(image_of(values), pixel_size=(0.5, 2.0))


@pytest.fixture(scope="module")
def result(blobs):
    return segment(blobs, Settings(components=3))


@pytest.fixture(scope="module")
def regions(blobs, result):
    return regions_of(blobs, result)


@pytest.fixture(scope="module")
def twins(blobs, result):
    """scikit-image's regions; a missing value is not a number, which its means pass on."""
    values = np.where(blobs.missing, np.nan, blobs.pixels)
    numbers = label(result.labels, background=0, connectivity=1)
    return regionprops(numbers, intensity_image=values)


def test_numbers_areas_and_boxes(regions, twins, result):
    assert len(regions) == len(twins) > 20
    assert regions.areas.tolist() == [twin.area for twin in twins]
    assert regions.boxes.tolist() == [list(twin.bbox) for twin in twins]
    for number, twin in enumerate(twins, start=1):
        rows, columns = twin.coords.T
        assert set(regions.numbers[rows, columns]) == {number}
        assert set(result.labels[rows, columns]) == {regions.classes[number - 1]}
    np.testing.assert_array_equal(regions.numbers == 0, result.labels == 0)


def test_centroids_axes_and_angles(regions, twins):
    np.testing.assert_allclose(regions.centroids, [twin.centroid for twin in twins])
    axes = [[twin.axis_major_length, twin.axis_minor_length] for twin in twins]
    np.testing.assert_allclose(regions.axes, axes, atol=1e-6)
    # scikit-image counts from the rows' direction.
    expected = np.array([np.degrees(twin.orientation) for twin in twins]) + 90
    is_long = regions.axes[:, 0] > regions.axes[:, 1] + 1e-6
    apart = (regions.angles - expected + 90) % 180 - 90
    np.testing.assert_allclose(apart[is_long], 0, atol=1e-6)


def test_means_are_of_the_pixels_that_have_the_channel(regions, twins, blobs):
    there = ~blobs.missing & blobs.valid[:, :, None]
    for mean, twin in zip(regions.means, twins, strict=True):
        rows, columns = twin.coords.T
        for k in range(3):
            has = there[rows, columns, k]
            values = blobs.pixels[rows, columns, k][has]
            np.testing.assert_allclose(mean[k], values.mean() if len(values) else np.nan)


def test_areas_in_micrometres_are_told_where_the_pixel_is_known(regions):
    np.testing.assert_allclose(regions.physical_areas, regions.areas * 1.0)
    assert replace(regions, pixel_size=None).physical_areas is None


@pytest.mark.parametrize(
    ("shape", "angle"),
    [((1, 9), 0), ((9, 1), 90)],
    ids=["lying", "standing"],
)
def test_angles_are_from_the_right_to_the_longer_axis(shape, angle, result, blobs):
    labels = np.ones(result.labels.shape, np.uint8)
    labels[10 : 10 + shape[0], 10 : 10 + shape[1]] = 2
    assert regions_of(blobs, replace(result, labels=labels)).angles[1] == angle


def test_a_line_up_to_the_right_has_a_positive_angle(result, blobs):
    labels = np.ones(result.labels.shape, np.uint8)
    for k in range(12):
        labels[30 - k, 10 + k : 12 + k] = 2
    angle = regions_of(blobs, replace(result, labels=labels)).angles[1]
    assert 30 < angle < 60


def test_the_largest_of_a_class_come_first(regions, blobs, result):
    of_two = np.flatnonzero(regions.classes == 2)
    expected = sorted(of_two.tolist(), key=lambda k: (-regions.areas[k], k))
    assert regions.largest[1].tolist() == expected
    assert regions.counts.tolist() == [len(places) for places in regions.largest]
    few = regions_of(blobs, result, most=3).largest[1]
    assert regions.areas[few].tolist() == regions.areas[expected[:3]].tolist()


def test_measuring_can_be_stopped_between_strips_of_every_channel(blobs, result):
    under_way = measuring(blobs, result)
    assert sum(1 for _ in under_way) >= 2 + blobs.pixels.shape[2]
