"""The minimap: the whole image in a corner while only a part is seen, and where that part is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from segmenter.ui import painting

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from segmenter.app.pyramid import Pyramid

LONGEST, SHORTEST = 160, 72
MARGIN = 12
RIM = 1
LEAST_ROOM = 3
"""The canvas is so many times larger on each side, or there is no minimap."""
LINE, EDGE = QColor(255, 255, 255), QColor(0, 0, 0)
SHADE = QColor(0, 0, 0, 96)  # over what is not seen
LEAST_MARK = 6.0
HARDLY = 0.5  # pixels of the image


class Minimap(QWidget):
    """Stands in the upper right corner of its parent; a click or drag says where to look."""

    sought = Signal(QPointF)
    """The image position that is wanted in the middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self._pyramid: Pyramid | None = None
        self._seen = QRectF()
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Minimap")
        self.setAccessibleDescription(
            "The whole image and the part of it that is seen; over the image, arrow keys move."
        )
        self.setToolTip("Click or drag to move the view; M hides this")
        self.hide()

    def show_part(self, pyramid: Pyramid | None, seen: QRectF, *, wanted: bool) -> None:
        """Show which part of the image is seen; hide where all of it is, or if not wanted.

        Parameters
        ----------
        seen
            What the canvas covers, in image pixels; it may reach beyond the image.
        """
        self._pyramid, self._seen = pyramid, seen
        # What is cut off by less than anybody sees is seen.
        all_seen = seen.adjusted(-HARDLY, -HARDLY, HARDLY, HARDLY)
        is_needed = wanted and pyramid is not None and not all_seen.contains(_whole(pyramid))
        if is_needed and pyramid is not None:
            room = self._parent.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
            most = QSizeF(_side(room.width()), _side(room.height()))
            size = _whole(pyramid).size().scaled(most, Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, max(round(size.width()), 8), max(round(size.height()), 8))
            place.moveTopRight(room.topRight())
            self.setGeometry(place)
            is_needed = room.width() > LEAST_ROOM * place.width() and (
                room.height() > LEAST_ROOM * place.height()
            )
        self.setVisible(is_needed)
        self.update()

    def _inside(self) -> QRectF:
        return QRectF(self.rect()).adjusted(RIM, RIM, -RIM, -RIM)

    def _seek(self, position: QPointF) -> None:
        if self._pyramid is not None:
            inside, whole = self._inside(), _whole(self._pyramid)
            across = (position.x() - inside.left()) / inside.width()
            down = (position.y() - inside.top()) / inside.height()
            self.sought.emit(QPointF(across * whole.width(), down * whole.height()))

    # ---- Qt ---------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the image, dark where it is not seen, and a frame around what is."""
        if self._pyramid is None:
            return
        painter = QPainter(self)
        inside, whole = self._inside(), _whole(self._pyramid)
        painter.fillRect(self.rect(), EDGE)
        painter.fillRect(inside, painting.greys(self.palette()).surround)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        copy = self._pyramid.fitting(inside.width() * self.devicePixelRatioF() / whole.width())
        painter.drawImage(inside, copy)
        across, down = inside.width() / whole.width(), inside.height() / whole.height()
        seen = self._seen & whole
        mark = QRectF(
            inside.left() + seen.left() * across, inside.top() + seen.top() * down,
            max(seen.width() * across, LEAST_MARK), max(seen.height() * down, LEAST_MARK),
        )  # fmt: skip
        _shade_around(painter, inside, mark)
        _frame(painter, mark)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._seek(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look where the mouse is dragged to."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Keep a double click from the image, which would fit it."""
        self.mousePressEvent(event)


def _whole(pyramid: Pyramid) -> QRectF:
    return QRectF(QPointF(0, 0), pyramid.size.toSizeF())


def _shade_around(painter: QPainter, inside: QRectF, mark: QRectF) -> None:
    painter.save()
    painter.setClipRect(inside)
    for beside in (
        QRectF(inside.left(), inside.top(), inside.width(), mark.top() - inside.top()),
        QRectF(inside.left(), mark.bottom(), inside.width(), inside.bottom() - mark.bottom()),
        QRectF(inside.left(), mark.top(), mark.left() - inside.left(), mark.height()),
        QRectF(mark.right(), mark.top(), inside.right() - mark.right(), mark.height()),
    ):
        painter.fillRect(beside, SHADE)
    painter.restore()


def _frame(painter: QPainter, mark: QRectF) -> None:
    """Draw a bright line with a dark one inside: seen on bright and dark alike."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, inset in ((LINE, 0.5), (EDGE, 1.5)):
        painter.setPen(QPen(colour, 1))
        painter.drawRect(mark.adjusted(inset, inset, -inset, -inset))


def _side(room: int) -> float:
    """Return how long the minimap may be at most where there is so much room."""
    return min(LONGEST, max(SHORTEST, (room - 1) / LEAST_ROOM))
