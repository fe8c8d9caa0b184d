"""The image on the canvas: one copy of it where that is small, else the tiles that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QRegion

from segmenter.ui.tile_cache import TileCache

if TYPE_CHECKING:
    from PySide6.QtGui import QBrush, QImage, QPainter

    from segmenter.app.pyramid import Pyramid, Tile
    from segmenter.ui.tile_cache import Allowance
    from segmenter.ui.view_transform import ViewTransform


class ImageLayer:
    """Paints an image, and remembers the tiles that were seen last."""

    def __init__(self) -> None:
        self._pyramid: Pyramid | None = None
        self._cache = TileCache()
        self._stand_in: tuple[QImage, int] | None = None

    def paint(
        self, painter: QPainter, pyramid: Pyramid, view: ViewTransform,
        *, area: QRectF, ground: QBrush, allowance: Allowance,
    ) -> QRegion:  # fmt: skip
        """Paint an area of the image; return what of the screen could be sharper.

        Tiles that would take too long are left to the next painting: a coarser copy stands in
        for them.

        Parameters
        ----------
        ground
            What lies behind 'no data'.
        """
        if area.isEmpty():
            return QRegion()
        if pyramid is not self._pyramid:
            self.clear()
            self._pyramid = pyramid
        if pyramid.has_gaps:
            painter.setBrushOrigin(view.corner)
            painter.fillRect(view.to_screen(area), ground)
        depth = pyramid.depth(view.scale)
        copy = pyramid.copy(depth)
        if copy is None:
            return self._paint_tiles(painter, pyramid, view, pyramid.tiles(depth, area), allowance)
        _draw(painter, copy, view, area, depth)
        return QRegion()

    def clear(self) -> None:
        """Let go of the image."""
        self._pyramid = self._stand_in = None
        self._cache.clear()

    def _paint_tiles(
        self, painter: QPainter, pyramid: Pyramid, view: ViewTransform, tiles: list[Tile],
        allowance: Allowance,
    ) -> QRegion:  # fmt: skip
        unsharp = QRegion()
        pictures = self._cache.pictures(tiles, pyramid.picture, allowance)
        for tile, picture in zip(tiles, pictures, strict=True):
            if picture is None:
                self._stand_in = self._stand_in or pyramid.stand_in()
                copy, depth = self._stand_in
                _draw(painter, copy, view, tile.area, depth)
                unsharp += view.to_screen(tile.area).toAlignedRect()
            else:
                painter.drawImage(view.to_screen(tile.covered(picture)), picture)
        return unsharp


def _draw(painter: QPainter, copy: QImage, view: ViewTransform, area: QRectF, depth: int) -> None:
    """Draw an area of the image as a copy of that depth has it."""
    shrink = 2.0**-depth
    shown = area & QRectF(QPointF(0, 0), copy.size().toSizeF() / shrink)
    source = QRectF(shown.topLeft() * shrink, shown.size() * shrink)
    painter.drawImage(view.to_screen(shown), copy, source)
