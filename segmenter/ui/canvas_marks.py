"""What the canvas says about itself, painted over the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from segmenter.engine.overlay import UNCERTAINTY_COLOURS, View

if TYPE_CHECKING:
    from segmenter.app.state import State

OVERLAY_HIDDEN = "Overlay hidden \N{MIDDLE DOT} Space"
MARGIN = 12
PADDING = 6
LEGEND_WIDTH, LEGEND_HEIGHT = 120, 10
INK, GROUND = QColor(255, 255, 255), QColor(0, 0, 0, 190)


def paint_marks(painter: QPainter, state: State, size: QRectF) -> None:
    """Say, in logical pixels, that the overlay is hidden, or what the colours mean."""
    if state.result is None and state.progress is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state.look.overlay_hidden:
        _paint_words(painter, OVERLAY_HIDDEN, size)
    elif state.look.view is View.UNCERTAINTY and state.result is not None:
        _paint_legend(painter, size)


def _paint_words(painter: QPainter, words: str, size: QRectF) -> None:
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(words), metrics.height()
    plate = QRectF(0, 0, width + 4 * PADDING, height + 2 * PADDING)
    plate.moveTopLeft(QPointF(MARGIN, size.height() - MARGIN - plate.height()))
    _paint_plate(painter, plate)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def _paint_legend(painter: QPainter, size: QRectF) -> None:
    """Paint a bar from certain to undecided between its numbers."""
    metrics = QFontMetricsF(painter.font())
    words = metrics.horizontalAdvance("certain 0"), metrics.horizontalAdvance("1 in doubt")
    plate = QRectF(0, 0, sum(words) + LEGEND_WIDTH + 6 * PADDING, metrics.height() + 2 * PADDING)
    plate.moveTopLeft(QPointF(MARGIN, size.height() - MARGIN - plate.height()))
    _paint_plate(painter, plate)
    inside = plate.adjusted(2 * PADDING, 0, -2 * PADDING, 0)
    painter.drawText(
        inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, "certain 0"
    )
    painter.drawText(
        inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, "1 in doubt"
    )
    bar = QRectF(inside.left() + words[0] + PADDING, 0, LEGEND_WIDTH, LEGEND_HEIGHT)
    bar.moveCenter(QPointF(bar.center().x(), plate.center().y()))
    shades = QLinearGradient(bar.topLeft(), bar.topRight())
    last = len(UNCERTAINTY_COLOURS) - 1
    for place, colour in enumerate(UNCERTAINTY_COLOURS):
        shades.setColorAt(place / last, QColor(*colour))
    painter.fillRect(bar, shades)


def _paint_plate(painter: QPainter, plate: QRectF) -> None:
    """Paint the ground of a mark, and take up the ink for it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(plate, PADDING, PADDING)
    painter.setPen(INK)
