"""The divider: a line over the canvas, dragged or moved by key, with a layer on each side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from segmenter.app.sides import is_divided

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State

REACH = 8
"""Logical pixels on each side of the line where the mouse takes hold of it."""
STEP, LONG_STEP = 0.01, 0.1
GRIP = 9
LINE, EDGE = QColor(255, 255, 255), QColor(0, 0, 0, 160)
MIDDLE = 0.5


class Divider(QWidget):
    """Stands over its parent where the look has the divider; hidden where there is none."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._parent = session, parent
        self._held_at: float | None = None
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Divider")
        self.setAccessibleDescription(
            "Left and right move it, with Shift further, Home and End all the way; a double click "
            "puts it in the middle."
        )
        self.setToolTip("Drag, or use the arrow keys; a double click puts it in the middle")
        self.hide()
        parent.installEventFilter(self)
        session.changed.connect(self.show_state)
        self._place()

    def show_state(self, before: State, after: State) -> None:
        """Come, go or move as the look says."""
        if before.look.divider != after.look.divider:
            self._place()
        is_wanted = is_divided(after)
        if is_wanted == self.isHidden():
            self._come_or_go(is_wanted)

    def _come_or_go(self, is_wanted: bool) -> None:
        if is_wanted:
            self.show()
            self.raise_()
            if self._parent.hasFocus():
                self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            if self.hasFocus():
                self._parent.setFocus(Qt.FocusReason.OtherFocusReason)
            self._held_at = None
            self.hide()

    def _place(self) -> None:
        middle = round(self._session.state.look.divider * self._parent.width())
        self.setGeometry(middle - REACH, 0, 2 * REACH, self._parent.height())

    def _move(self, share: float) -> None:
        self._session.set_look(divider=min(max(share, 0.0), 1.0))

    # ---- Qt ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in place when the parent changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the divider; other buttons are the parent's."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._held_at = event.position().x() - REACH
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move with the mouse; while it is not held, the parent says what is under the pointer."""
        if self._held_at is None:
            event.ignore()
            return
        place = self.mapToParent(event.position()).x() - self._held_at
        self._move(place / max(1, self._parent.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the divider."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._held_at = None
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go to the middle."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._move(MIDDLE)
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move by key; keys that are not the divider's are the parent's."""
        step = LONG_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
        now = self._session.state.look.divider
        goal = {
            Qt.Key.Key_Left: now - step,
            Qt.Key.Key_Right: now + step,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }.get(Qt.Key(event.key()))
        if goal is None:
            event.ignore()
        else:
            self._move(round(goal, 6))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the line and its grip, which is filled with the accent while keys go to it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.height()
        painter.fillRect(QRectF(REACH - 2, 0, 4, height), EDGE)
        painter.fillRect(QRectF(REACH - 1, 0, 2, height), LINE)
        middle = QPointF(REACH, height / 2)
        accent = self.palette().highlight().color()
        painter.setPen(QPen(EDGE, 1))
        painter.setBrush(accent if self.hasFocus() else LINE)
        painter.drawRoundedRect(
            QRectF(middle.x() - REACH + 1, middle.y() - 2 * GRIP, 2 * REACH - 2, 4 * GRIP), 4, 4
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LINE if self.hasFocus() else EDGE)
        for side in (-1, 1):
            painter.drawPolygon(_arrow(middle, side))
        painter.end()


def _arrow(middle: QPointF, side: int) -> QPolygonF:
    """Return an arrow head that points left (-1) or right (1) of the middle."""
    near, far = side * 1.5, side * 5.5
    return QPolygonF(
        [middle + QPointF(near, -4), middle + QPointF(far, 0), middle + QPointF(near, 4)]
    )
