"""Lines between the pixels of an image that is enlarged so much that they can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

if TYPE_CHECKING:
    from segmenter.ui.view_transform import ViewTransform

LEAST_SCALE = 12
"""Logical pixels for each of the image, from which on there is room for lines."""
# Side by side they are seen on bright, dark and grey alike, and shift no colour.
DARK, LIGHT = QColor(0, 0, 0, 72), QColor(255, 255, 255, 72)


def paint_grid(
    painter: QPainter, view: ViewTransform, *, rows: range, columns: range, ratio: float
) -> None:
    """Draw a line along the upper and left edge of each of these pixels, if there is room."""
    if view.scale < LEAST_SCALE * ratio:
        return
    width = max(1, round(ratio))
    seen = view.to_screen(QRectF(columns.start, rows.start, len(columns), len(rows))).toRect()
    across = [round(view.left + column * view.scale) - seen.left() for column in columns[1:]]
    painter.setBrushOrigin(seen.topLeft())
    painter.fillRect(seen, QBrush(_upright(across, seen.width(), width)))
    for row in rows[1:]:
        y = round(view.top + row * view.scale)
        painter.fillRect(seen.left(), y - width, seen.width(), width, DARK)
        painter.fillRect(seen.left(), y, seen.width(), width, LIGHT)


def _upright(places: list[int], length: int, width: int) -> QImage:
    """Return one row of upright lines at these places.

    Repeated downwards by a brush it costs a small part of what painting each line does.
    """
    row = QImage(length, 1, QImage.Format.Format_ARGB32_Premultiplied)
    row.fill(Qt.GlobalColor.transparent)
    painter = QPainter(row)
    for place in places:
        painter.fillRect(place - width, 0, width, 1, DARK)
        painter.fillRect(place, 0, width, 1, LIGHT)
    painter.end()
    return row
