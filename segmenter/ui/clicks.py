"""Clicks on the canvas, told apart from drags and from the halves of a double click."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtWidgets import QApplication

from segmenter.app.state import Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QWidget

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.drawing import Viewed


class Clicks(QObject):
    """Filters the events of a canvas: a left press and release at one place are a click.

    What a click has changed of what is chosen is taken back when it was half of a double click.
    With a tool in hand clicks are the tool's.
    """

    clicked = Signal(int, int)
    """Row and column of the pixel, which may be one beside the image."""

    def __init__(self, session: Session, canvas: QWidget, viewed: Viewed) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._viewed = session, canvas, viewed
        self._pressed: QPointF | None = None
        self._before: State | None = None
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_pressed,
            QEvent.Type.MouseMove: self._on_moved,
            QEvent.Type.MouseButtonRelease: self._on_released,
            QEvent.Type.MouseButtonDblClick: self._on_double_clicked,
        }
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the mouse; the canvas sees it all the same."""
        handler = self._handlers.get(event.type())
        if handler is not None:
            if self._session.state.hand.tool is Tool.MOVE:
                handler(cast("QMouseEvent", event))
            else:
                self._pressed = self._before = None
        return super().eventFilter(watched, event)

    def _on_pressed(self, event: QMouseEvent) -> None:
        self._before = None
        is_left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = event.position() if is_left else None

    def _on_moved(self, event: QMouseEvent) -> None:
        if self._pressed is not None:
            way = (event.position() - self._pressed).manhattanLength()
            if way >= QApplication.startDragDistance():
                self._pressed = None

    def _on_released(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and event.button() is Qt.MouseButton.LeftButton:
            self._before = self._session.state
            ratio = self._canvas.devicePixelRatioF()
            self.clicked.emit(*self._viewed.view.pixel_at(pressed * ratio))

    def _on_double_clicked(self, event: QMouseEvent) -> None:
        before, after = self._before, self._session.state
        self._pressed = self._before = None
        if before is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        # Neither place nor number is one in another image or of other regions.
        if before.image is after.image and before.regions is after.regions:
            look = before.look
            self._session.set_look(
                pinned=look.pinned, chosen=look.chosen, selected=look.selected, region=look.region
            )
