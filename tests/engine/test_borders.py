"""Borders between centres lie where two are equally near and no other is nearer."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.borders import borders

UNITS = np.array([2.0, 0.5])


def distances(places, centres):
    return np.hypot(*((places[:, None] - centres) / UNITS).transpose(2, 0, 1))


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_along_a_border_two_centres_are_nearest_and_equally_near(count):
    centres = np.random.default_rng(count).normal(size=(count, 2)) * UNITS
    found = borders(centres, UNITS, np.arange(len(centres)), reach=5)
    assert len(found) >= count - 1
    for begin, end in found:
        places = begin + np.linspace(0, 1, 11)[:, None] * (end - begin)
        near = np.sort(distances(places, centres), axis=1)
        np.testing.assert_allclose(near[:, 0], near[:, 1], atol=1e-9)


def test_wherever_the_nearest_centre_changes_there_is_a_border():
    centres = np.random.default_rng(3).normal(size=(5, 2)) * UNITS
    found = borders(centres, UNITS, np.arange(len(centres)), reach=20)
    across = np.linspace(-3, 3, 4001) * UNITS[0]
    line = np.stack([across, np.zeros_like(across)], axis=1)
    nearest = distances(line, centres).argmin(axis=1)
    changes = across[1:][nearest[1:] != nearest[:-1]]
    crossed = []
    for (x0, y0), (x1, y1) in found:
        if y0 * y1 < 0:
            crossed.append(x0 - y0 * (x1 - x0) / (y1 - y0))
    inside = sorted(x for x in crossed if across[0] < x < across[-1])
    np.testing.assert_allclose(inside, changes, atol=0.01)


def test_equal_centres_and_one_alone_have_no_border():
    assert borders(np.zeros((2, 2)), UNITS, np.arange(2), reach=1).shape == (0, 2, 2)
    assert borders(np.zeros((1, 2)), UNITS, np.arange(1), reach=1).shape == (0, 2, 2)


def test_of_three_in_a_row_the_outer_two_have_none():
    centres = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    found = borders(centres, np.ones(2), np.arange(3), reach=4)
    assert sorted(found[:, 0, 0]) == [0.5, 1.5]
    assert sorted(found[0, :, 1]) == [-4, 4]


def test_between_centres_of_one_class_there_is_no_border():
    centres = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    found = borders(centres, np.ones(2), np.array([0, 1, 1]), reach=4)
    assert found[:, 0, 0].tolist() == [0.5]
