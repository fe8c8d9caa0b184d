"""Lines between the pixels of an image that is enlarged so much that they can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

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
    seen = view.to_screen(QRectF(columns.start, rows.start, len(columns), len(rows)))
    top, left = round(seen.top()), round(seen.left())
    height, breadth = round(seen.height()), round(seen.width())
    for column in columns[1:]:
        x = round(view.left + column * view.scale)
        painter.fillRect(x - width, top, width, height, DARK)
        painter.fillRect(x, top, width, height, LIGHT)
    for row in rows[1:]:
        y = round(view.top + row * view.scale)
        painter.fillRect(left, y - width, breadth, width, DARK)
        painter.fillRect(left, y, breadth, width, LIGHT)
