"""How the canvas is painted: surround, checkerboard and focus ring, in screen pixels."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPalette, QPen

CHECK_SIZE = 8


class Greys(NamedTuple):
    """What lies around the image and behind 'no data'.

    Neutral greys only: a tint around the image would fool the eye about its colours.
    """

    surround: QColor
    checks: tuple[QColor, QColor]


LIGHT = Greys(QColor(190, 190, 190), (QColor(214, 214, 214), QColor(238, 238, 238)))
DARK = Greys(QColor(38, 38, 38), (QColor(72, 72, 72), QColor(92, 92, 92)))


def greys(palette: QPalette) -> Greys:
    """Return the greys that go with a light or dark window."""
    return DARK if palette.window().color().lightness() < 128 else LIGHT


def paint_ring(painter: QPainter, screen: QSize, colour: QColor, ratio: float) -> None:
    """Frame the canvas, to show that keys go to it."""
    painter.setPen(QPen(colour, 2 * ratio))
    frame = QRectF(QPointF(0, 0), screen.toSizeF())
    painter.drawRect(frame.adjusted(ratio, ratio, -ratio, -ratio))


def checkerboard(greys: Greys) -> QBrush:
    """Return what lies behind 'no data'."""
    tile = QImage(2 * CHECK_SIZE, 2 * CHECK_SIZE, QImage.Format.Format_RGB32)
    tile.fill(greys.checks[0])
    painter = QPainter(tile)
    painter.fillRect(CHECK_SIZE, 0, CHECK_SIZE, CHECK_SIZE, greys.checks[1])
    painter.fillRect(0, CHECK_SIZE, CHECK_SIZE, CHECK_SIZE, greys.checks[1])
    painter.end()
    return QBrush(tile)
