"""The overlay on the canvas: tiles of what is seen of it, and a colour table.

Only the pixels that reach the screen are worked out, and each only once; another colour, opacity
or visibility is another table for the same numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QRegion

from segmenter.engine.overlay import plane_colours
from segmenter.ui.overlay_source import styles_of
from segmenter.ui.patches import Patch, indexed
from segmenter.ui.tile_cache import TileCache

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from segmenter.app.pyramid import Tile
    from segmenter.app.state import State
    from segmenter.ui.overlay_source import Source
    from segmenter.ui.tile_cache import Allowance
    from segmenter.ui.view_transform import ViewTransform

STAND_IN_SIDE = 384
"""Pixels along the long side of what is shown for tiles that are not made yet."""


class OverlayLayer:
    """Paints what one layer shows over the image, and remembers the tiles seen last."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._table: list[int] = []
        self._numbers = TileCache()
        self._coloured = TileCache()
        self._stand_in: Patch | None = None

    def paint(
        self, painter: QPainter, state: State, source: Source, view: ViewTransform,
        tiles: list[Tile], allowance: Allowance,
    ) -> QRegion:  # fmt: skip
        """Lay these tiles over the image; return what of the screen could be sharper."""
        self._follow(source, _argb(state, source))
        if not source.is_whole:
            self._paint_stand_in(painter, view, None)
            return QRegion()
        unsharp = QRegion()
        pictures = self._coloured.pictures(tiles, self._picture, allowance)
        for tile, picture in zip(tiles, pictures, strict=True):
            if picture is None:
                self._paint_stand_in(painter, view, tile.area)
                unsharp += view.to_screen(tile.area).toAlignedRect()
            else:
                painter.drawImage(view.to_screen(tile.covered(picture)), picture)
        return unsharp

    def clear(self) -> None:
        """Let go of all that was seen."""
        self._source, self._table, self._stand_in = None, [], None
        self._numbers.clear()
        self._coloured.clear()

    def _follow(self, source: Source, table: list[int]) -> None:
        """Forget what would look otherwise now."""
        is_same = source.same_as(self._source)
        if not is_same:
            self._numbers.clear()
        if not is_same or table != self._table:
            self._coloured.clear()
            self._stand_in = None
        self._source, self._table = source, table

    def _picture(self, tile: Tile) -> QImage:
        return self._in_colour(self._numbers.picture(tile, self._make))

    def _make(self, tile: Tile) -> QImage:
        assert self._source is not None
        step = 1 << tile.depth
        rows, columns = (slice(each.start, each.stop, step) for each in tile.slices)
        return indexed(self._source.numbers(rows, columns))

    def _in_colour(self, numbers: QImage) -> QImage:
        numbers.setColorTable(self._table)
        # Four bytes a pixel are laid over the image several times as quickly.
        return numbers.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)

    def _paint_stand_in(self, painter: QPainter, view: ViewTransform, area: QRectF | None) -> None:
        """Paint an area, or all, as a few numbers have it that were taken from everywhere."""
        if self._stand_in is None:
            self._stand_in = self._made_stand_in()
        picture, whole = self._stand_in
        shown = whole if area is None else area & whole
        across, down = picture.width() / whole.width(), picture.height() / whole.height()
        source = QRectF(
            shown.left() * across, shown.top() * down,
            shown.width() * across, shown.height() * down,
        )  # fmt: skip
        painter.drawImage(view.to_screen(shown), picture, source)

    def _made_stand_in(self) -> Patch:
        assert self._source is not None
        rows, columns = self._source.shape
        if not self._source.is_whole:
            taken = indexed(self._source.numbers(slice(None), slice(None)))
            return Patch(self._in_colour(taken), QRectF(0, 0, columns, rows))
        step = -(-max(rows, columns) // STAND_IN_SIDE)
        every = slice(None, None, step)
        taken = indexed(self._source.numbers(every, every))
        area = QRectF(0, 0, taken.width() * step, taken.height() * step)
        return Patch(self._in_colour(taken), area)


def _argb(state: State, source: Source) -> list[int]:
    look, styles = state.look, styles_of(source, state)
    colours = plane_colours(source.view, styles, look.chosen, look.opacity, heat=look.heat)
    red, green, blue, alpha = colours.astype(np.uint32).T
    table: list[int] = (alpha << 24 | red << 16 | green << 8 | blue).tolist()
    return table
