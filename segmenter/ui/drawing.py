"""Drawing on the canvas: what the mouse and the keys do while a tool is in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt

from segmenter.app.state import Tool, can_draw
from segmenter.ui.brush import Brush, paint_ring, ring_of

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
    from PySide6.QtWidgets import QWidget

    from segmenter.app.scribbles import Place, Scribbles
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.ui.view_transform import ViewTransform

MARGIN = 4
"""Logical pixels that the ring's line reaches beyond it."""
ERASING = Qt.MouseButton.RightButton


class Viewed(Protocol):
    """What there is to be known of the canvas that is drawn on."""

    @property
    def view(self) -> ViewTransform:
        """Where the image lies, in screen pixels."""


class Drawing(QObject):
    """Filters the events of a canvas: strokes are drawn here, all else goes on to the canvas.

    With *Space* held down the canvas is dragged as without a tool; *Space* alone hides the overlay.
    """

    def __init__(self, session: Session, canvas: QWidget, viewed: Viewed) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._viewed = session, canvas, viewed
        self._brush = Brush(session)
        self._button = Qt.MouseButton.NoButton
        self._pointer: QPointF | None = None
        self._is_space_held = self._has_dragged = False
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_pressed,
            # The second of two quick dabs.
            QEvent.Type.MouseButtonDblClick: self._on_pressed,
            QEvent.Type.MouseMove: self._on_moved,
            QEvent.Type.MouseButtonRelease: self._on_released,
            QEvent.Type.KeyPress: self._on_key_pressed,
            QEvent.Type.KeyRelease: self._on_key_released,
            QEvent.Type.ShortcutOverride: self._on_shortcut,
            QEvent.Type.Leave: self._on_left,
            QEvent.Type.FocusOut: self._on_focus_lost,
        }
        canvas.installEventFilter(self)
        session.changed.connect(self.show_state)

    def scribbles(self, state: State) -> Scribbles:
        """Return what is scribbled, the stroke under way included."""
        return self._brush.scribbles(state)

    def show_state(self, before: State, after: State) -> None:
        """Give up what is under way when there is another image or tool."""
        if before.image is not after.image or before.hand.tool is not after.hand.tool:
            self._brush.give_up()
            self._is_space_held = False

    def paint(self, painter: QPainter, state: State, ratio: float) -> None:
        """Paint the edge of the brush where the pointer is, in screen pixels."""
        if self._pointer is not None and can_draw(state) and not self._is_space_held:
            paint_ring(painter, state, self._ring(self._pointer), ratio)

    # ---- Qt -------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is meant for the tool; return whether the canvas need not see it."""
        handler = self._handlers.get(event.type())
        if handler is None or not can_draw(self._session.state):
            return super().eventFilter(watched, event)
        return bool(handler(event))  # type: ignore[operator]  # each takes its own kind of event

    def _on_pressed(self, event: QMouseEvent) -> bool:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if self._brush.is_drawing:
            return True
        if self._is_space_held or not (is_left or event.button() is ERASING):
            self._has_dragged = True
            return False
        self._button = event.button()
        is_straight = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._brush.begin(self._pixel(event.position()), erasing=not is_left, straight=is_straight)
        self._canvas.update()
        return True

    def _on_moved(self, event: QMouseEvent) -> bool:
        before, self._pointer = self._pointer, event.position()
        if self._brush.is_drawing:
            self._brush.go_to(self._pixel(event.position()))
            self._canvas.update()
        else:
            for place in filter(None, (before, self._pointer)):
                self._canvas.update(self._reached(place).toAlignedRect())
        return False

    def _on_released(self, event: QMouseEvent) -> bool:
        if not self._brush.is_drawing:
            return False
        if event.button() is self._button:
            self._brush.end()
        return True

    def _on_key_pressed(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._is_space_held, self._has_dragged = True, False
                self._canvas.setCursor(Qt.CursorShape.OpenHandCursor)
                self._canvas.update()
        else:
            return False
        return True

    def _on_key_released(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat() or not self._is_space_held:
            return False
        self._release_space()
        if not self._has_dragged:
            hidden = self._session.state.look.overlay_hidden
            self._session.set_look(overlay_hidden=not hidden)
        return True

    def _on_shortcut(self, event: QKeyEvent) -> bool:
        is_giving_up = event.key() == Qt.Key.Key_Escape and self._brush.is_drawing
        if is_giving_up or event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return False

    def _on_left(self, _: QEvent) -> bool:
        self._pointer = None
        self._canvas.update()
        return False

    def _on_focus_lost(self, _: QEvent) -> bool:
        self._release_space()
        return False

    def _release_space(self) -> None:
        if self._is_space_held:
            self._is_space_held = False
            self._canvas.setCursor(Qt.CursorShape.CrossCursor)
            self._canvas.update()

    def _leave(self) -> None:
        """Give up the stroke under way or, without one, lay the tool down."""
        if self._brush.is_drawing:
            self._brush.give_up()
            self._canvas.update()
        else:
            self._session.take(Tool.MOVE)

    # ---- Places ---------------------------------------------------------------------------

    def _pixel(self, position: QPointF) -> Place:
        """Return the (row, column) under a place on the canvas, be it outside the image."""
        return self._viewed.view.pixel_at(position * self._canvas.devicePixelRatioF())

    def _ring(self, position: QPointF) -> QRectF:
        return ring_of(self._session.state, self._pixel(position), self._viewed.view)

    def _reached(self, position: QPointF) -> QRectF:
        """Return what the ring takes of the canvas, in logical pixels."""
        ring, ratio = self._ring(position), self._canvas.devicePixelRatioF()
        area = QRectF(ring.topLeft() / ratio, ring.size() / ratio)
        return area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
