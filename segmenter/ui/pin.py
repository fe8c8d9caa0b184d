"""The pinned pixel: set by a click on the image, moved by keys, marked on the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from segmenter.app.state import Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.drawing import Viewed
    from segmenter.ui.view_transform import ViewTransform

RADIUS, GAP = 9.0, 4.0
"""Of the ring around the pixel, and between the pixel and the cross: logical pixels."""
LINE, EDGE = QColor(255, 255, 255), QColor(0, 0, 0, 200)
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class Pin(QObject):
    """Pins the pixel that is clicked; *Shift* and arrows on the canvas move the pin, *Esc* ends it.

    A click on the pinned pixel takes the pin away. With a tool in hand keys are the tool's.
    """

    def __init__(self, session: Session, canvas: QWidget, viewed: Viewed) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._viewed = session, canvas, viewed
        self._under: tuple[int, int] | None = None
        canvas.installEventFilter(self)

    def look_at(self, place: tuple[int, int] | None) -> None:
        """Keep in mind which (row, column) is under the pointer."""
        self._under = place

    def click(self, row: int, column: int) -> None:
        """Pin the pixel that was clicked; beside the image there is none."""
        place = (row, column)
        is_inside = _held(place, self._session.state) == place
        is_pinned = place == self._session.state.look.pinned
        self._take(place if is_inside and not is_pinned else None)

    def pin(self) -> None:
        """Pin the pixel under the pointer or, if there is none, in the middle of the canvas."""
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        middle = self._pixel(QPointF(self._canvas.rect().center()))
        self._take(self._under or _held(middle, self._session.state))

    def paint(self, painter: QPainter, state: State, view: ViewTransform, ratio: float) -> None:
        """Mark the pinned pixel, in screen pixels."""
        if state.look.pinned is None or state.image is None:
            return
        row, column = state.look.pinned
        pixel = view.to_screen(QRectF(column, row, 1, 1))
        radius = max(RADIUS * ratio, pixel.width() / 2 + GAP * ratio)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((EDGE, 4 * ratio), (LINE, 2 * ratio)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(pixel.center(), radius, radius)
            if pixel.width() >= GAP * ratio:
                painter.setPen(QPen(colour, width / 2))
                painter.drawRect(pixel)
        painter.restore()

    # ---- Qt -------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is meant for the pin; return whether the canvas need not see it."""
        is_key = event.type() == QEvent.Type.KeyPress
        if is_key and self._session.state.hand.tool is Tool.MOVE:
            return self._on_key_pressed(cast("QKeyEvent", event))
        return super().eventFilter(watched, event)

    def _on_key_pressed(self, event: QKeyEvent) -> bool:
        pinned, key = self._session.state.look.pinned, Qt.Key(event.key())
        if pinned is None:
            return False
        if key == Qt.Key.Key_Escape:
            self._take(None)
            return True
        if key in STEPS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            down, right = STEPS[key]
            self._take(_held((pinned[0] + down, pinned[1] + right), self._session.state))
            return True
        return False

    def _take(self, place: tuple[int, int] | None) -> None:
        self._session.set_look(pinned=place)

    def _pixel(self, position: QPointF) -> tuple[int, int]:
        """Return the (row, column) under a place on the canvas, be it outside the image."""
        return self._viewed.view.pixel_at(position * self._canvas.devicePixelRatioF())


def _held(place: tuple[int, int], state: State) -> tuple[int, int] | None:
    """Return the nearest pixel of the image; None without one."""
    if state.image is None:
        return None
    rows, columns = state.image.shape
    return min(max(place[0], 0), rows - 1), min(max(place[1], 0), columns - 1)
