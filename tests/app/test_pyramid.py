"""The copies of an image, each half the size of the one before, and the tiles in their stead."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from segmenter.app import copies
from segmenter.app import pyramid as pyramids
from segmenter.app.pyramid import TILE, Tile, pyramid_of
from segmenter.engine.display import Display, displayed, percentiles
from segmenter.engine.pipeline import image_of
from segmenter.engine.types import Image


def sizes(pyramid):
    return [copy.size().toTuple() for copy in pyramid.copies]


def drawn(picture):
    """(rows, columns, 3) of a picture."""
    width, height = picture.size().toTuple()
    return np.array(
        [[picture.pixelColor(x, y).getRgb()[:3] for x in range(width)] for y in range(height)]
    )


@pytest.fixture
def few_copies(monkeypatch):
    """Copies are at most 40 pixels large, so that what is larger has to be tiles."""
    monkeypatch.setattr(pyramids, "LARGEST_COPY", 40)
    monkeypatch.setattr(copies, "SMALLEST_COPY", 1)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((100, 301), [(151, 50), (76, 25), (38, 13)]),
        ((1, 1), [(1, 1)]),
        ((1, 300), [(150, 1), (75, 1), (38, 1)]),
    ],
    ids=["odd", "one pixel", "one row"],
)
def test_every_copy_is_half_as_large_until_it_is_small(shape, expected):
    pyramid = pyramid_of(image_of(np.zeros(shape, np.uint8)))
    assert sizes(pyramid) == expected
    assert pyramid.size.toTuple() == shape[::-1]


@pytest.mark.parametrize(
    ("scale", "depth"),
    [(64, 0), (1, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.001, 3)],
)
def test_the_depth_is_the_greatest_at_which_nothing_need_be_enlarged(scale, depth):
    pyramid = pyramid_of(image_of(np.zeros((256, 512), np.uint8)))
    assert pyramid.depth(scale) == depth


def test_what_would_be_too_large_a_copy_is_tiles(few_copies):
    pyramid = pyramid_of(image_of(np.zeros((16, 32), np.uint8)))
    assert pyramid.first == 2
    assert sizes(pyramid) == [(8, 4), (4, 2), (2, 1), (1, 1)]
    assert [pyramid.copy(depth) is None for depth in range(4)] == [True, True, False, False]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_a_tile_at_full_size_has_every_pixel_as_it_is_displayed(dtype, channels):
    values = np.random.default_rng(0).integers(0, 256, (4, 6, channels)).astype(dtype)
    image = image_of(values)
    pyramid = pyramid_of(image)
    expected = np.broadcast_to(pyramid.shades.of(image), (4, 6, channels if channels == 1 else 3))
    assert np.array_equal(drawn(pyramid.picture(Tile(0, 0, 0))), np.zeros((4, 6, 3)) + expected)


@pytest.mark.parametrize("size", [(6, 8), (5, 7)], ids=["even", "odd"])
def test_copies_and_tiles_are_means_of_squares(few_copies, size):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    pyramid = pyramid_of(image_of(pixels))
    for depth in (1, 2):
        side = 2**depth
        rows, columns = size[0] // side, size[1] // side
        whole = pixels[: rows * side, : columns * side]
        means = whole.reshape(rows, side, columns, side, 3).mean(axis=(1, 3))
        shown = drawn(pyramid.copy(depth) or pyramid.picture(Tile(depth, 0, 0)))
        assert shown.shape[:2] == (-(-size[0] // side), -(-size[1] // side))
        np.testing.assert_allclose(shown[:rows, :columns], means, atol=2)
        corner = pixels[(shown.shape[0] - 1) * side :, (shown.shape[1] - 1) * side :]
        assert (shown[-1, -1] <= corner.max(axis=(0, 1)) + 1).all()
        assert (shown[-1, -1] >= corner.min(axis=(0, 1)) - 1).all()


def test_a_copy_made_in_bands_has_no_seams(monkeypatch):
    pixels = np.random.default_rng(0).integers(0, 256, (333, 201), dtype=np.uint8)
    at_once = pyramid_of(image_of(pixels)).copies[0]
    monkeypatch.setattr(copies, "BAND", 3000)
    assert pyramid_of(image_of(pixels)).copies[0] == at_once


def test_tiles_cover_what_is_asked_for_and_no_more():
    pyramid = pyramid_of(image_of(np.zeros((1000, 1000), np.uint8)))
    assert pyramid.tiles(0, QRectF(256, 10, 344, 246)) == [Tile(0, 0, 1), Tile(0, 0, 2)]
    assert pyramid.tiles(1, QRectF(0, 511, 1, 2)) == [Tile(1, 0, 0), Tile(1, 1, 0)]
    assert Tile(1, 0, 1).area == QRectF(2 * TILE, 0, 2 * TILE, 2 * TILE)


def test_a_tile_at_the_edge_is_as_large_as_what_is_left():
    pyramid = pyramid_of(image_of(np.zeros((300, 1000), np.uint8)))
    assert pyramid.picture(Tile(0, 1, 3)).size().toTuple() == (1000 - 3 * TILE, 300 - TILE)


def test_no_data_is_clear_in_copies_and_tiles():
    valid = np.ones((4, 4), bool)
    valid[:, :2] = False
    image = Image(np.full((4, 4, 1), 90, np.uint8), valid, ("grey",), 8)
    pyramid = pyramid_of(image)
    assert pyramid.has_gaps
    for shown in (pyramid.picture(Tile(0, 0, 0)), pyramid.copies[0]):
        assert shown.pixelColor(0, 0).alpha() == 0
        assert shown.pixelColor(shown.width() - 1, 0).getRgb() == (90, 90, 90, 255)


# ---- Other shades -------------------------------------------------------------------------------


def finished(making):
    while True:
        try:
            next(making)
        except StopIteration as end:
            return end.value


@pytest.fixture
def deep():
    """An image of 16 bits whose values lie close together but for a few."""
    values = np.random.default_rng(0).integers(1000, 1400, (300, 280)).astype(np.uint16)
    values[0, 0], values[-1, -1] = 0, 60000
    return pyramid_of(image_of(values))


WANTED = Display(900.0, 1500.0, 0.7)


def test_tiles_have_the_shades_that_are_asked_for(deep):
    other = deep.displayed(WANTED)
    tile = Tile(0, 1, 1)
    expected = displayed(deep.image, WANTED)[tile.slices]
    np.testing.assert_array_equal(drawn(other.picture(tile)), expected)
    assert other.display == WANTED
    assert other.usual_display == deep.display


def test_copies_are_near_at_once_and_exact_when_they_are_made_again(deep):
    other = deep.displayed(WANTED)
    again = finished(other.finishing())
    assert (deep.is_finished, other.is_finished, again.is_finished) == (True, False, True)
    assert other.copy(1) is None
    near, exact = drawn(other.picture(Tile(1, 0, 0))), drawn(again.picture(Tile(1, 0, 0)))
    assert np.abs(near - exact).mean() < 5
    means = displayed(deep.image, WANTED)[:, :, 0].reshape(150, 2, 140, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(exact[:, :, 0], means, atol=2)
    assert again.copy(1) is not None


def test_the_usual_shades_come_back_as_they_were(deep):
    back = deep.displayed(WANTED).displayed(None)
    assert back.is_finished
    assert back.copy(1) is deep.copy(1)
    assert not finished(deep.displayed(WANTED).finishing()).displayed(None).is_finished


def test_bytes_are_shown_otherwise_by_their_copies():
    values = np.random.default_rng(0).integers(0, 90, (128, 128), dtype=np.uint8)
    other = pyramid_of(image_of(values)).displayed(Display(0.0, 90.0))
    assert other.copy(1) is None
    means = values.reshape(64, 2, 64, 2).mean(axis=(1, 3))
    for shown in (other, finished(other.finishing())):
        seen = drawn(shown.picture(Tile(1, 0, 0)))[:, :, 0]
        np.testing.assert_allclose(seen, means * 255 / 90, atol=4)


def test_grey_copies_are_what_tiles_in_grey_are(monkeypatch):
    values = np.random.default_rng(0).integers(0, 256, (300, 260, 3), dtype=np.uint8)
    plain = pyramid_of(image_of(values))
    assert (plain.is_finished, plain.greyed().copy(1)) == (False, None)
    expected = plain.greyed().picture(Tile(1, 0, 0))
    monkeypatch.setattr(copies, "BAND", 1000)
    made = finished(plain.finishing())
    assert made.is_finished
    assert made.greyed().copy(1) == expected
    assert made.copy(1) is plain.copy(1)
    # Other shades have other greys.
    assert made.displayed(Display(0.0, 90.0)).greyed().copy(1) is None


@pytest.mark.parametrize("is_grey", [False, True])
def test_what_stands_in_for_tiles_and_the_minimap_have_the_tone(is_grey):
    values = np.random.default_rng(0).integers(0, 256, (1400, 1400, 3), dtype=np.uint8)
    other = pyramid_of(image_of(values)).displayed(Display(0.0, 510.0))
    other = other.greyed() if is_grey else other
    copy, depth = other.stand_in()
    assert max(copy.size().toTuple()) <= 512
    assert copy.size().toTuple() == (1400 >> depth,) * 2
    for shown in (copy, other.fitting(0.2)):
        seen = drawn(shown)
        assert abs(seen.mean() - 64) < 4
        assert (seen == seen[:, :, :1]).all() == is_grey


def test_the_whole_range_and_the_bulk_of_the_image_are_known(deep):
    assert deep.whole == (0, 60000)
    assert deep.bulk == percentiles(deep.image)
    dim = pyramid_of(image_of(np.arange(100, dtype=np.uint8).reshape(10, 10)))
    assert dim.whole == (0, 255)
    assert dim.bulk == percentiles(dim.image)
