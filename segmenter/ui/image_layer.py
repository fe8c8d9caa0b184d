"""The image on the canvas: one copy of it where that is small, else the tiles that are seen."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

if TYPE_CHECKING:
    from PySide6.QtGui import QBrush, QImage

    from segmenter.app.pyramid import Pyramid, Tile
    from segmenter.ui.view_transform import ViewTransform

READ_AT_ONCE = 12_000_000
"""Bytes of the image that one painting turns into tiles: a few milliseconds' worth."""
KEPT_TILES = 512


class ImageLayer:
    """Paints an image, and remembers the tiles that were seen last."""

    def __init__(self) -> None:
        self._pyramid: Pyramid | None = None
        self._tiles: OrderedDict[Tile, QImage] = OrderedDict()

    def paint(
        self, painter: QPainter, pyramid: Pyramid, view: ViewTransform,
        *, area: QRectF, ground: QBrush,
    ) -> bool:  # fmt: skip
        """Paint an area of the image; return whether all of it is as sharp as it can be.

        Pixels are squares when enlarged, and smooth when made smaller. Tiles that would take too
        long are left to the next painting: a coarser copy stands in for them.

        Parameters
        ----------
        ground
            What lies behind 'no data'.
        """
        if area.isEmpty():
            return True
        if pyramid is not self._pyramid:
            self._pyramid = pyramid
            self._tiles.clear()
        if pyramid.has_gaps:
            painter.fillRect(view.to_screen(area), ground)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.scale < 1)
        depth = pyramid.depth(view.scale)
        copy = pyramid.copy(depth)
        if copy is None:
            return self._paint_tiles(painter, pyramid, view, depth=depth, area=area)
        _draw(painter, copy, view, area, depth)
        return True

    def _paint_tiles(
        self, painter: QPainter, pyramid: Pyramid, view: ViewTransform, *, depth: int, area: QRectF
    ) -> bool:
        rows = range(int(area.top()), int(area.bottom()))
        columns = range(int(area.left()), int(area.right()))
        tiles = list(pyramid.tiles(depth, rows, columns))
        self._make(pyramid, tiles)
        missing = [tile for tile in tiles if tile not in self._tiles]
        for tile in missing:
            _draw(painter, pyramid.copies[0], view, tile.area, pyramid.first)
        for tile in tiles:
            if tile in self._tiles:
                self._tiles.move_to_end(tile)
                _lay(painter, self._tiles[tile], view, tile)
        while len(self._tiles) > max(KEPT_TILES, len(tiles)):
            self._tiles.popitem(last=False)
        return not missing

    def _make(self, pyramid: Pyramid, tiles: list[Tile]) -> None:
        """Make of the missing tiles as many as can be waited for, and one at least."""
        read = 0
        for tile in tiles:
            if read >= READ_AT_ONCE:
                return
            if tile not in self._tiles:
                read += pyramid.part(tile).pixels.nbytes
                self._tiles[tile] = pyramid.picture(tile)


def _lay(painter: QPainter, picture: QImage, view: ViewTransform, tile: Tile) -> None:
    """Draw a tile in its place."""
    area = QRectF(tile.area.topLeft(), picture.size().toSizeF() * 2**tile.depth)
    painter.drawImage(view.to_screen(area), picture)


def _draw(painter: QPainter, copy: QImage, view: ViewTransform, area: QRectF, depth: int) -> None:
    """Draw an area of the image as a copy of that depth has it."""
    shrink = 2.0**-depth
    shown = area & QRectF(QPointF(0, 0), copy.size().toSizeF() / shrink)
    source = QRectF(shown.topLeft() * shrink, shown.size() * shrink)
    painter.drawImage(view.to_screen(shown), copy, source)
