"""The brush on the canvas: one stroke under way, which is the session's when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from segmenter.app.classes import style_of
from segmenter.app.state import nib_of

if TYPE_CHECKING:
    from segmenter.app.scribbles import Nib, Place, Scribbles
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.view_transform import ViewTransform

LIGHT, DARK = QColor(255, 255, 255), QColor(0, 0, 0)
SMALLEST_RING = 3.0  # screen px: a smaller one could not be seen


class Brush:
    """Draws strokes of the session's tool; what is under way is shown before it counts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._nib: Nib | None = None
        self._drawn: Scribbles | None = None
        self._last: Place | None = None

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke is under way."""
        return self._nib is not None

    def scribbles(self, state: State) -> Scribbles:
        """Return what is scribbled, the stroke under way included."""
        return state.inputs.scribbles if self._drawn is None else self._drawn

    def begin(self, place: Place, *, erasing: bool, straight: bool) -> None:
        """Put the brush down on a pixel; `straight` draws a line from where the last stroke ended.

        Pixels may lie outside the image.
        """
        state = self._session.state
        self._nib = nib_of(state, erasing=erasing)
        self._drawn = state.inputs.scribbles
        if not straight or self._last is None:
            self._last = place
        self.go_to(place)

    def go_to(self, place: Place) -> None:
        """Draw on to a pixel."""
        image = self._session.state.image
        if self._nib is None or self._drawn is None or image is None:
            return
        start = place if self._last is None else self._last
        self._drawn = self._drawn.drawn(start, place, self._nib, image.shape)
        self._last = place

    def end(self) -> None:
        """Lift the brush: the stroke counts, as one step to undo."""
        nib, drawn = self._nib, self._drawn
        self._nib = self._drawn = None
        if nib is None or drawn is None:
            return
        state = self._session.state
        text = f"Scribble {style_of(state, nib.number).name}" if nib.number else "Erase scribbles"
        self._session.edit(text, scribbles=drawn)

    def give_up(self) -> None:
        """Lift the brush as if the stroke had not been."""
        self._nib = self._drawn = self._last = None


def ring_of(state: State, pixel: Place, view: ViewTransform) -> QRectF:
    """Return the circle on the screen that the brush covers at a pixel."""
    size = max(state.hand.size * view.scale, SMALLEST_RING)
    circle = QRectF(0, 0, size, size)
    circle.moveCenter(view.to_screen(QRectF(pixel[1], pixel[0], 1, 1)).center())
    return circle


def paint_ring(painter: QPainter, state: State, ring: QRectF, ratio: float) -> None:
    """Paint the edge of the brush in the colour of its class, between black and white."""
    nib = nib_of(state)
    colour = QColor(*style_of(state, nib.number).colour) if nib.number else LIGHT
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for ink, width in ((DARK, 4.0), (LIGHT, 3.0), (colour, 1.5)):
        painter.setPen(QPen(ink, width * ratio))
        painter.drawEllipse(ring)
    if not nib.number:
        # An eraser is crossed out, so that it is known without its colour.
        reach = ring.width() / 2 / 2**0.5
        painter.setPen(QPen(DARK, ratio))
        middle = ring.center()
        painter.drawLine(middle + QPointF(-reach, reach), middle + QPointF(reach, -reach))
    painter.restore()
