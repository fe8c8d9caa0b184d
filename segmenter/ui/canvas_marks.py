"""What the canvas says about itself, painted over the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from segmenter.app.state import Layer, classes_of, is_compared
from segmenter.engine.overlay import HEAT_COLOURS, View

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
    if state.look.sides is not None and state.result is not None:
        _paint_sides(painter, state, size)
    if state.look.overlay_hidden:
        _paint_words(painter, OVERLAY_HIDDEN, size)
    elif state.look.view is View.UNCERTAINTY and state.result is not None:
        _paint_legend(painter, size, "certain 0", "1 in doubt")
    elif state.look.is_heat:
        name = classes_of(state)[state.look.chosen - 1].name
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, LEGEND_WIDTH)
        _paint_legend(painter, size, "0%", f"100% {shown}")


def _paint_words(painter: QPainter, words: str, size: QRectF) -> None:
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(words), metrics.height()
    plate = QRectF(0, 0, width + 4 * PADDING, height + 2 * PADDING)
    plate.moveTopLeft(QPointF(MARGIN, size.height() - MARGIN - plate.height()))
    paint_plate(painter, plate)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def _paint_sides(painter: QPainter, state: State, size: QRectF) -> None:
    """Name what is left and right of the divider, beside its upper end."""
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + 2 * PADDING
    divider = state.look.divider * size.width()
    for side, layer in enumerate(state.look.sides or ()):
        words = name_of(layer, state)
        width = metrics.horizontalAdvance(words) + 4 * PADDING
        left = divider + MARGIN if side else divider - MARGIN - width
        plate = QRectF(left, MARGIN, width, height)
        if size.contains(plate):
            paint_plate(painter, plate)
            painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def name_of(layer: Layer, state: State) -> str:
    """Return what a layer is called; one that is not there yet has dots after its name."""
    if layer is Layer.K_MEANS and not is_compared(state):
        return f"{layer} …"
    return str(layer)


def _paint_legend(painter: QPainter, size: QRectF, least: str, most: str) -> None:
    """Paint a bar of all colours between what its ends mean."""
    metrics = QFontMetricsF(painter.font())
    words = metrics.horizontalAdvance(least), metrics.horizontalAdvance(most)
    plate = QRectF(0, 0, sum(words) + LEGEND_WIDTH + 6 * PADDING, metrics.height() + 2 * PADDING)
    plate.moveTopLeft(QPointF(MARGIN, size.height() - MARGIN - plate.height()))
    paint_plate(painter, plate)
    inside = plate.adjusted(2 * PADDING, 0, -2 * PADDING, 0)
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, least)
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, most)
    bar = QRectF(inside.left() + words[0] + PADDING, 0, LEGEND_WIDTH, LEGEND_HEIGHT)
    bar.moveCenter(QPointF(bar.center().x(), plate.center().y()))
    shades = QLinearGradient(bar.topLeft(), bar.topRight())
    last = len(HEAT_COLOURS) - 1
    for place, colour in enumerate(HEAT_COLOURS):
        shades.setColorAt(place / last, QColor(*colour))
    painter.fillRect(bar, shades)


def paint_plate(painter: QPainter, plate: QRectF) -> None:
    """Paint the ground of a mark, and take up the ink for it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(plate, PADDING, PADDING)
    painter.setPen(INK)
