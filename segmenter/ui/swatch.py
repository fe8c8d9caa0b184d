"""A class's colour as a sign for it: as it lies over the image, with ink that can be read on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

GROUND = 128
"""The grey that colours lie over in legends: between the dark and the bright of an image."""
RIM = 2.0
CORNER = 3.0


def laid(colour: QColor, opacity: float) -> QColor:
    """Return what is seen of a colour that lies with an opacity, from 0 to 1, over mid grey."""
    over = colour.red(), colour.green(), colour.blue()
    return QColor(*(round(GROUND + (part - GROUND) * opacity) for part in over))


def paint_swatch(
    painter: QPainter, area: QRect, colour: QColor, words: str, opacity: float
) -> None:
    """Paint a class's number on its colour: at the rim in full, inside as over the image."""
    inside = laid(colour, opacity)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, RIM))
    painter.setBrush(inside)
    half = RIM / 2
    painter.drawRoundedRect(QRectF(area).adjusted(half, half, -half, -half), CORNER, CORNER)
    painter.setPen(readable_on(inside))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
    painter.restore()


def readable_on(colour: QColor) -> QColor:
    """Return black or white, whichever stands out more from `colour`."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    # WCAG relative luminance; above this, black has the better contrast.
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return QColor(Qt.GlobalColor.black if luminance > 0.179 else Qt.GlobalColor.white)
