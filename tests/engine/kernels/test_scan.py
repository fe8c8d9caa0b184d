"""The curve passes every pixel once and goes from neighbour to neighbour."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.kernels.scan import hilbert_scan

SMALL = [(rows, columns) for rows in range(1, 41) for columns in range(1, 41)]
LARGE = [(481, 321), (127, 128), (512, 300), (3, 2000), (1025, 1023)]


def steps_of(rows, columns, *, down):
    """(2, n) how far each step of the curve goes down and to the right."""
    return np.diff(np.array(divmod(hilbert_scan(rows, columns, down=down), columns)), axis=1)


@pytest.mark.parametrize("down", [False, True])
def test_every_pixel_is_passed_once(down):
    for rows, columns in SMALL + LARGE:
        passed = np.sort(hilbert_scan(rows, columns, down=down))
        assert np.array_equal(passed, np.arange(rows * columns)), (rows, columns)


@pytest.mark.parametrize("down", [False, True])
def test_every_step_leads_to_a_neighbour(down):
    for rows, columns in SMALL + LARGE:
        assert np.abs(steps_of(rows, columns, down=down)).max(initial=0) <= 1, (rows, columns)


@pytest.mark.parametrize("down", [False, True])
def test_one_step_at_most_is_diagonal_and_only_along_an_odd_and_across_an_even_side(down):
    for rows, columns in SMALL + LARGE:
        diagonal = np.count_nonzero(np.abs(steps_of(rows, columns, down=down)).sum(axis=0) == 2)
        along, across = (rows, columns) if down else (columns, rows)
        assert diagonal <= (along % 2 == 1 and across % 2 == 0), (rows, columns)


@pytest.mark.parametrize(("rows", "columns"), [(8, 8), (13, 40), (40, 13), (1, 9)])
def test_the_other_scan_is_that_of_the_transposed_image(rows, columns):
    row, column = divmod(hilbert_scan(rows, columns, down=True), columns)
    across_row, across_column = divmod(hilbert_scan(columns, rows, down=False), rows)
    assert np.array_equal(row, across_column)
    assert np.array_equal(column, across_row)


def test_it_begins_in_the_first_corner_and_ends_in_the_next():
    assert hilbert_scan(16, 16, down=False)[[0, -1]].tolist() == [0, 15]
    assert hilbert_scan(16, 16, down=True)[[0, -1]].tolist() == [0, 240]


@pytest.mark.parametrize("side", [64, 100, 256])
def test_pixels_that_follow_each_other_stay_close(side):
    places = np.array(divmod(hilbert_scan(side, side, down=False), side))
    # As many as a square of 16 has: a curve row by row would spread them over whole rows.
    spread = np.ptp(places[:, : side * side // 256 * 256].reshape(2, -1, 256), axis=2)
    assert spread.max() <= 48


def test_the_two_scans_pass_most_edges_between_pixels():
    edges = set()
    for down in (False, True):
        order = hilbert_scan(60, 90, down=down)
        edges |= {tuple(sorted(edge)) for edge in np.stack([order[:-1], order[1:]], axis=1)}
    assert len(edges) > 0.68 * (2 * 60 * 90 - 60 - 90)
