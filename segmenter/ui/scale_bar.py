"""A bar of known length over the image, where the file tells the size of a pixel."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from segmenter.ui.canvas_marks import INK, MARGIN, PADDING, paint_plate

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from segmenter.app.state import State

LONGEST, SHARE = 160.0, 0.3
"""Logical pixels, and of the canvas's width; the bar is at least two fifths of that."""
THICKNESS = 4.0
UNITS = ((1e6, "m"), (1e3, "mm"), (1.0, "µm"), (1e-3, "nm"))
"""Micrometres, largest first."""


class Bar(NamedTuple):
    """Length in logical pixels, and what it stands for."""

    length: float
    words: str


def bar_of(micrometres: float, longest: float = LONGEST) -> Bar:
    """Return the longest bar of 1, 2 or 5 times a power of ten that has room.

    Parameters
    ----------
    micrometres
        Length of a logical pixel.
    longest
        Logical pixels that there is room for.
    """
    room = longest * micrometres * (1 + 1e-9)
    power = 10.0 ** floor(log10(room))
    stands_for = max((step * power for step in (2, 5) if step * power <= room), default=power)
    size, unit = next((each for each in UNITS if stands_for >= each[0] * 0.999), UNITS[-1])
    return Bar(stands_for / micrometres, f"{stands_for / size:.6g} {unit}")


def paint_scale_bar(painter: QPainter, state: State, size: QRectF, scale: float) -> None:
    """Paint the bar in the lower right corner, in logical pixels.

    Parameters
    ----------
    scale
        Logical pixels per image pixel.
    """
    image = state.image
    if image is None or image.pixel_size is None or not state.look.scale_bar:
        return
    bar = bar_of(image.pixel_size[1] / scale, min(LONGEST, SHARE * size.width()))
    metrics = QFontMetricsF(painter.font())
    width = max(bar.length, metrics.horizontalAdvance(bar.words)) + 4 * PADDING
    height = metrics.height() + THICKNESS + 3 * PADDING
    plate = QRectF(0, 0, width, height)
    plate.moveBottomRight(QPointF(size.right() - MARGIN, size.bottom() - MARGIN))
    paint_plate(painter, plate)
    words = plate.adjusted(0, PADDING, 0, 0)
    painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, bar.words)
    line = QRectF(0, 0, bar.length, THICKNESS)
    line.moveCenter(plate.center())
    line.moveBottom(plate.bottom() - PADDING)
    painter.fillRect(line, INK)
