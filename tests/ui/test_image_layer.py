"""The image as the canvas paints it: sharp where there are tiles, coarse until they are made."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from segmenter.app import pyramid as pyramids
from segmenter.app.pyramid import Pyramid, pyramid_of
from segmenter.engine.pipeline import image_of
from segmenter.ui import tile_cache
from segmenter.ui.image_layer import ImageLayer
from segmenter.ui.tile_cache import Allowance
from segmenter.ui.view_transform import ViewTransform

SIDE = 600


@pytest.fixture
def pyramid():
    """Noise: no mean of its pixels looks like them."""
    noise = np.random.default_rng(0).integers(0, 2, (SIDE, SIDE), dtype=np.uint8) * 255
    return pyramid_of(image_of(noise))


def painted(layer, pyramid, view=None, seconds=60.0):
    """(whether all is sharp, rows x columns of greys) of the whole image."""
    view = view or ViewTransform()
    side = round(SIDE * view.scale)
    screen = QImage(side, side, QImage.Format.Format_RGB32)
    painter = QPainter(screen)
    area, ground = QRectF(0, 0, SIDE, SIDE), QBrush(QColor("red"))
    unsharp = layer.paint(
        painter, pyramid, view, area=area, ground=ground, allowance=Allowance(seconds)
    )
    painter.end()
    pixels = np.frombuffer(screen.constBits(), np.uint8).reshape(side, side, 4)[:, :, 0]
    return unsharp.isEmpty(), pixels.copy()


def test_every_pixel_is_shown_where_it_belongs(pyramid):
    is_sharp, shown = painted(ImageLayer(), pyramid)
    assert is_sharp
    np.testing.assert_array_equal(shown, pyramid.image.pixels[:, :, 0])


@pytest.mark.parametrize("scale", [0.3, 0.77, 1.7, 3.0])
def test_there_are_no_seams_between_tiles(scale):
    plain = pyramid_of(image_of(np.full((SIDE, SIDE), 77, np.uint8)))
    _, shown = painted(ImageLayer(), plain, ViewTransform(scale))
    assert (shown == 77).all()


def test_what_takes_long_is_coarse_at_first_and_sharp_in_the_end(pyramid):
    layer, pixels = ImageLayer(), pyramid.image.pixels[:, :, 0]
    is_sharp, shown = painted(layer, pyramid, seconds=0)
    assert not is_sharp
    np.testing.assert_array_equal(shown[:256, :256], pixels[:256, :256])
    assert abs(int(shown[300:, 300:].mean()) - 127) < 10
    assert not np.isin(shown[300:, 300:], (0, 255)).all()
    for _ in range(8):
        is_sharp, shown = painted(layer, pyramid, seconds=0)
    assert is_sharp
    np.testing.assert_array_equal(shown, pixels)


@pytest.fixture
def made(monkeypatch):
    """The tiles that were made."""
    tiles, make = [], Pyramid.picture
    monkeypatch.setattr(
        Pyramid, "picture", lambda self, tile: (tiles.append(tile), make(self, tile))[1]
    )
    return tiles


def test_tiles_are_made_once(pyramid, made):
    layer = ImageLayer()
    for _ in range(3):
        painted(layer, pyramid)
    assert len(made) == 9


def test_no_more_tiles_are_kept_than_there_is_room_for_or_are_seen(pyramid, made, monkeypatch):
    monkeypatch.setattr(tile_cache, "KEPT", 2)
    monkeypatch.setattr(pyramids, "LARGEST_COPY", 10_000)
    deep = pyramid_of(pyramid.image)
    layer = ImageLayer()
    painted(layer, deep)
    assert len(layer._cache._tiles) == 9
    painted(layer, deep, ViewTransform(0.5))
    assert {tile.depth for tile in layer._cache._tiles} == {1}


def test_another_image_has_other_tiles(pyramid):
    layer = ImageLayer()
    painted(layer, pyramid)
    other = pyramid_of(image_of(np.full((SIDE, SIDE), 9, np.uint8)))
    assert (painted(layer, other)[1] == 9).all()
