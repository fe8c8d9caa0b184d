"""What the canvas says about itself, painted over the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter

from segmenter.app.classes import classes_of
from segmenter.app.light import has_light, is_corrected
from segmenter.app.reasons import no_light
from segmenter.engine.overlay import SCALE_COLOURS, View
from segmenter.ui.swatch import laid

if TYPE_CHECKING:
    from segmenter.app.state import State

LEFT_OUT = "Smallest outlines left out \N{MIDDLE DOT} zoom in for more"
OVERLAY_HIDDEN = "Overlay hidden \N{MIDDLE DOT} Space"
MARGIN = 12
PADDING = 6
LEGEND_WIDTH, LEGEND_HEIGHT = 120, 10
INK, GROUND = QColor(255, 255, 255), QColor(0, 0, 0, 190)


def paint_marks(painter: QPainter, state: State, size: QRectF, *, leaves_out: bool = False) -> None:
    """Say, in logical pixels, that something is hidden, or what the colours mean."""
    if state.result is None and state.progress is None:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state.look.overlay_hidden:
        _paint_words(painter, OVERLAY_HIDDEN, size)
    elif leaves_out:
        _paint_words(painter, LEFT_OUT, size)
    elif words := words_on(state):
        _paint_words(painter, words, size)
    elif ends := ends_of(state):
        _paint_legend(painter, size, *ends, opacity=state.look.opacity)


def words_on(state: State) -> str:
    """Return what is to be said of the light; nothing where other things are shown."""
    if state.look.view not in {View.SHADING, View.CORRECTED}:
        return ""
    if not has_light(state):
        return no_light(state)
    is_named = state.look.divided and is_corrected(state)
    if state.look.view is View.SHADING or is_named:
        return ""
    return "In even light" if is_corrected(state) else "Evening out the light …"


def ends_of(state: State) -> tuple[str, str] | None:
    """Return the words at both ends of the legend of the colours; None without a legend."""
    if state.look.is_heat:
        return "0%", f"100% {classes_of(state)[state.look.chosen - 1].name}"
    if state.look.view is View.UNCERTAINTY and state.result is not None:
        return "certain 0", "1 in doubt"
    if state.look.view is View.SHADING and state.result is not None:
        low, high = state.result.light_range
        return f"light {times(low)}", times(high)
    return None


def times(light: float) -> str:
    """Return by what light multiplies, in words."""
    return f"\N{MULTIPLICATION SIGN} {light:.2f}"


def _paint_words(painter: QPainter, words: str, size: QRectF) -> None:
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(words), metrics.height()
    plate = QRectF(0, 0, width + 4 * PADDING, height + 2 * PADDING)
    plate.moveTopLeft(QPointF(MARGIN, size.height() - MARGIN - plate.height()))
    paint_plate(painter, plate)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, words)


def _paint_legend(painter: QPainter, size: QRectF, low: str, high: str, *, opacity: float) -> None:
    """Paint a bar of the colours, as they lie over the image, between what its ends stand for."""
    metrics = QFontMetricsF(painter.font())
    most = 1.5 * LEGEND_WIDTH
    high = metrics.elidedText(high, Qt.TextElideMode.ElideRight, round(most))
    words = metrics.horizontalAdvance(low), metrics.horizontalAdvance(high)
    plate = QRectF(0, 0, sum(words) + LEGEND_WIDTH + 6 * PADDING, metrics.height() + 2 * PADDING)
    plate.moveTopLeft(QPointF(MARGIN, size.height() - MARGIN - plate.height()))
    paint_plate(painter, plate)
    inside = plate.adjusted(2 * PADDING, 0, -2 * PADDING, 0)
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, low)
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, high)
    bar = QRectF(inside.left() + words[0] + PADDING, 0, LEGEND_WIDTH, LEGEND_HEIGHT)
    bar.moveCenter(QPointF(bar.center().x(), plate.center().y()))
    shades = QLinearGradient(bar.topLeft(), bar.topRight())
    last = len(SCALE_COLOURS) - 1
    for place, colour in enumerate(SCALE_COLOURS):
        shades.setColorAt(place / last, laid(QColor(*colour), opacity))
    painter.fillRect(bar, shades)


def paint_plate(painter: QPainter, plate: QRectF) -> None:
    """Paint the ground of a mark, and take up the ink for it."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(GROUND)
    painter.drawRoundedRect(plate, PADDING, PADDING)
    painter.setPen(INK)
