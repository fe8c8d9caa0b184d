"""Hatching: marks pixels so that they stand out on any colour, and to colour-blind eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from segmenter.ui.patches import Grid, Patch, indexed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.ui.view_transform import ViewTransform

TILE = 8
"""Screen pixels from line to line, at a ratio of 1."""
LINE, EDGE = QColor(255, 255, 255, 235), QColor(0, 0, 0, 210)
GROUND = QColor(0, 0, 0, 70)  # so that a pixel between two lines is marked, too
NOTHING, OPAQUE = 0, 0xFF000000


def paint_hatched(
    painter: QPainter,
    marked: NDArray[np.bool_],
    view: ViewTransform,
    *,
    rows: range,
    columns: range,
    ratio: float,
) -> None:
    """Hatch those of the pixels in these rows and columns that are marked.

    Parameters
    ----------
    marked
        (rows, columns) of the whole image.
    ratio
        Screen pixels per logical pixel, so that the lines are as wide on every screen.
    """
    area = QRectF(columns.start, rows.start, len(columns), len(rows))
    target = view.to_screen(area).toAlignedRect().intersected(_reached(painter))
    if target.isEmpty():
        return
    stencil = QImage(target.size(), QImage.Format.Format_ARGB32_Premultiplied)
    stencil.fill(NOTHING)
    inner = QPainter(stencil)
    inner.translate(-target.topLeft())
    patch = _patch(marked, Grid(rows, columns, max(1, round(1 / view.scale))))
    whole = QRectF(QPointF(0, 0), patch.image.size().toSizeF())
    inner.drawImage(view.to_screen(patch.area), patch.image, whole)
    inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    inner.setBrushOrigin(view.corner)
    inner.fillRect(target, _brush(max(1, round(ratio))))
    inner.end()
    painter.drawImage(target.topLeft(), stencil)


def _reached(painter: QPainter) -> QRect:
    """Return what the painter can reach, as it counts."""
    return painter.clipBoundingRect().toAlignedRect()


def _patch(marked: NDArray[np.bool_], grid: Grid) -> Patch:
    taken = marked[grid.slices].view(np.uint8)
    image = indexed(taken)
    image.setColorTable([NOTHING, OPAQUE])
    return Patch(image, grid.area(taken.shape))


def _brush(width: int) -> QBrush:
    """Return slanting white lines with black edges, `width` times as wide as the thinnest."""
    tile = QImage(TILE * width, TILE * width, QImage.Format.Format_ARGB32_Premultiplied)
    tile.fill(GROUND)
    for y in range(TILE * width):
        for x in range(TILE * width):
            place = (x + y) // width % TILE
            if place in {0, 1, 2, 3}:
                tile.setPixelColor(x, y, LINE if place in {1, 2} else EDGE)
    return QBrush(tile)
