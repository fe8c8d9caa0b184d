"""Weights of edges: what is alike holds together, and both ends agree how much."""

from __future__ import annotations

import numpy as np

from segmenter.engine.contrast import NEIGHBOURS, STEPS, contrast_weights, in_planes
from segmenter.engine.pipeline import image_of
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings
from segmenter.engine.types import Samples


def weights_on_grid(values, index=None):
    """(8, rows, columns) weights of (rows, columns) values."""
    rows, columns = values.shape
    flat = values.reshape(1, -1).astype(np.float32)
    samples = Samples(flat, np.ones(flat.shape[1], np.float32), index)
    planes = in_planes(contrast_weights(samples, values.shape))
    grid = np.zeros((8, 2 * planes.shape[2], 2 * planes.shape[3]), np.uint8)
    for plane in range(4):
        grid[:, plane >> 1 :: 2, plane & 1 :: 2] = planes[plane]
    assert not grid[:, rows:].any()
    assert not grid[:, :, columns:].any()
    return grid[:, :rows, :columns]


def test_a_flat_image_has_full_weights_up_to_its_border():
    grid = weights_on_grid(np.zeros((4, 5)))
    for direction, (down, right) in enumerate(NEIGHBOURS):
        for row, column in np.ndindex(4, 5):
            inside = 0 <= row + down < 4 and 0 <= column + right < 5
            assert grid[direction, row, column] == (STEPS if inside else 0)


def test_both_ends_of_an_edge_have_one_weight():
    grid = weights_on_grid(np.random.default_rng(0).normal(size=(5, 7)))
    for direction, (down, right) in enumerate(NEIGHBOURS):
        back = NEIGHBOURS.index((-down, -right))
        for row, column in np.ndindex(5, 7):
            if grid[direction, row, column]:
                assert grid[direction, row, column] == grid[back, row + down, column + right]


def test_a_step_in_the_image_separates():
    values = np.zeros((6, 6))
    values[:, 3:] = 10
    grid = weights_on_grid(values)
    assert (grid[1, :, 2] < 30).all()
    assert (grid[1, :, [0, 1, 3, 4]] == STEPS).all()
    assert (grid[3, :-1] == STEPS).all()


def test_towards_a_pixel_without_data_the_weight_is_that_of_the_mean():
    index = np.arange(9, dtype=np.int32).reshape(3, 3)
    index[1, 1] = -1
    grid = weights_on_grid(np.arange(9.0).reshape(3, 3), index)
    assert grid[1, 1, 0] == grid[3, 0, 1] == round(STEPS * np.exp(-0.5))


def test_a_pixel_that_lacks_values_is_no_edge():
    pixels = np.full((3, 3, 2), 5.0) + np.random.default_rng(0).normal(size=(3, 3, 2))
    pixels[1, 1, 0] = np.nan
    samples = gather(image_of(pixels), Settings())[1]
    planes = in_planes(contrast_weights(samples, (3, 3)))
    # The plane of odd rows and columns holds the middle pixel alone.
    assert (planes[3, :4, 0, 0] == round(STEPS * np.exp(-0.5))).all()
