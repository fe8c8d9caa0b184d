"""Image pixels under those of the screen, and masks of screen pixels that grow."""

import numpy as np
import pytest

from segmenter.ui.screen_pixels import grown, pixels_under, places_under


def test_the_pixel_under_the_middle_of_one_of_the_screen_is_told():
    assert places_under(np.arange(6), 1, 2).tolist() == [-1, 0, 0, 1, 1, 2]
    assert places_under(np.arange(3), 0, 0.25).tolist() == [2, 6, 10]


def test_only_what_the_screen_shows_is_told_with_its_rim():
    under = pixels_under(4, 2, range(1, 3), 100, 1)
    assert (under.first, under.places.tolist()) == (5, [0, 1, 1, 2, 2, 3])
    assert (under.span, under.inside.tolist()) == (range(4), [0, 1, 1, 2, 2, 3])
    cut = pixels_under(-3, 2, range(10), 4, 0)
    assert (cut.first, cut.places.tolist(), cut.inside.tolist()) == (0, [1, 2, 2, 3], [0, 1, 1, 2])


def test_of_what_is_beside_the_screen_nothing_is_told():
    assert pixels_under(500, 2, range(10), 100, 1).span == range(0)


@pytest.mark.parametrize(
    ("corners", "shape"),
    [
        ([], "..... ..... ..#.. ..... ....."),
        ([False], "..... ..#.. .###. ..#.. ....."),
        ([True], "..... .###. .###. .###. ....."),
        ([False, False], "..#.. .###. ##### .###. ..#.."),
        ([False, True], ".###. ##### ##### ##### .###."),
        ([True, True], "##### ##### ##### ##### #####"),
    ],
)
def test_a_mask_grows_over_sides_or_corners_too(corners, shape):
    mask = np.zeros((5, 5), bool)
    mask[2, 2] = True
    expected = np.array([list(line) for line in shape.split()]) == "#"
    np.testing.assert_array_equal(grown(mask, corners), expected)
    assert mask.sum() == 1
