"""The pinned pixel: set by a click on the image, moved by keys, marked on the canvas."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QApplication

from segmenter.app.state import Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent
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
    """Filters the events of a canvas: a click pins a pixel, *Shift* and arrows move it, *Esc* ends.

    A click on the pinned pixel takes the pin away. With a tool in hand clicks are the tool's.
    """

    def __init__(self, session: Session, canvas: QWidget, viewed: Viewed) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._viewed = session, canvas, viewed
        self._pressed: QPointF | None = None
        self._before: tuple[int, int] | None = None
        self._under: tuple[int, int] | None = None
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_pressed,
            QEvent.Type.MouseMove: self._on_moved,
            QEvent.Type.MouseButtonRelease: self._on_released,
            QEvent.Type.MouseButtonDblClick: self._on_double_clicked,
            QEvent.Type.KeyPress: self._on_key_pressed,
        }
        canvas.installEventFilter(self)

    def look_at(self, place: tuple[int, int] | None) -> None:
        """Keep in mind which (row, column) is under the pointer."""
        self._under = place

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
        handler = self._handlers.get(event.type())
        if handler is None or self._session.state.hand.tool is not Tool.MOVE:
            self._pressed = None if handler is not None else self._pressed
            return super().eventFilter(watched, event)
        return bool(handler(event))  # type: ignore[operator]  # each takes its own kind of event

    def _on_pressed(self, event: QMouseEvent) -> bool:
        is_left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = event.position() if is_left else None
        return False

    def _on_moved(self, event: QMouseEvent) -> bool:
        if self._pressed is not None:
            way = (event.position() - self._pressed).manhattanLength()
            if way >= QApplication.startDragDistance():
                self._pressed = None
        return False

    def _on_released(self, event: QMouseEvent) -> bool:
        if self._pressed is not None and event.button() is Qt.MouseButton.LeftButton:
            self._before = self._session.state.look.pinned
            place = self._pixel(self._pressed)
            is_inside = _held(place, self._session.state) == place
            self._take(place if is_inside and place != self._before else None)
        self._pressed = None
        return False

    def _on_double_clicked(self, _: QMouseEvent) -> bool:
        # Its first half was a click, which was not meant for the pin.
        self._take(self._before)
        return False

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
        place = self._viewed.view.to_image(position * self._canvas.devicePixelRatioF())
        return floor(place.y()), floor(place.x())


def _held(place: tuple[int, int], state: State) -> tuple[int, int] | None:
    """Return the nearest pixel of the image; None without one."""
    if state.image is None:
        return None
    rows, columns = state.image.shape
    return min(max(place[0], 0), rows - 1), min(max(place[1], 0), columns - 1)
