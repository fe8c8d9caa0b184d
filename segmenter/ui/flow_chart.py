"""The circle of EM as a flow chart, with the step that is being done lit."""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

PADDING = 6  # above and below the words of a box
GAP = 18  # between two boxes
HEAD = 5  # half the width of an arrow's head
MARGIN = 4
LIT_WIDTH, WIDTH = 3.0, 1.2  # of frames
LIT_TINT = 48  # of 255


class Step(StrEnum):
    """The boxes of the chart, with what they say."""

    START = "Start"
    E_STEP = "E-step: colours"
    M_STEP = "M-step: mixture"
    CHECK = "Converged?"
    RESULT = "Result"
    LEAP = "Leap"


BESIDE = {
    Step.START: "k-means: same means",
    Step.E_STEP: "k-means: assign",
    Step.M_STEP: "k-means: move means",
    Step.CHECK: "k-means: at rest?",
    Step.RESULT: "k-means: hard classes",
}
"""What k-means does meanwhile."""
AT_REST = "k-means: at rest"
COLUMN = (Step.START, Step.E_STEP, Step.M_STEP, Step.CHECK, Step.RESULT)
ROUND = {Step.START, Step.RESULT}


class FlowChart(QWidget):
    """Draws the steps one below the other, and the way back beside them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lit: frozenset[Step] = frozenset()
        self._is_paired = False
        self._beside: Step | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Flow chart of EM")

    @property
    def lit(self) -> frozenset[Step]:
        """The steps that are lit."""
        return self._lit

    @property
    def beside(self) -> Step | None:
        """The step of k-means that is lit."""
        return self._beside

    def light(self, steps: frozenset[Step]) -> None:
        """Light these steps and no others."""
        if steps != self._lit:
            self._lit = steps
            self._describe()
            self.update()

    def show_beside(self, step: Step | None, *, is_paired: bool) -> None:
        """Say what k-means does in every step, if it is `paired` with EM, and light that step."""
        if (step, is_paired) != (self._beside, self._is_paired):
            self._beside = step
            self._describe()
            if is_paired != self._is_paired:
                self._is_paired = is_paired
                self.updateGeometry()
            self.update()

    def _describe(self) -> None:
        words = " and ".join(step.value for step in Step if step in self._lit)
        if self._beside is not None:
            words += f"; {self._words_beside(self._beside)}"
        self.setAccessibleDescription(f"Now: {words}" if words else "")

    def _words_beside(self, step: Step) -> str:
        """Return what k-means does in a step; empty where it is not paired, or does nothing."""
        if step is Step.CHECK and self._beside is step:
            return AT_REST
        return BESIDE.get(step, "")

    def box(self, step: Step) -> QRectF:
        """Return where a step is drawn."""
        height = self._box_height()
        leap = self.fontMetrics().horizontalAdvance(Step.LEAP.value) + 4 * PADDING
        left, right = MARGIN + 4 * HEAD, self.width() - MARGIN - leap - GAP
        tops = [MARGIN + place * (height + GAP) for place in range(len(COLUMN))]
        if step is Step.LEAP:
            middle = (tops[COLUMN.index(Step.E_STEP)] + tops[COLUMN.index(Step.CHECK)]) / 2
            return QRectF(self.width() - MARGIN - leap, middle, leap, height)
        return QRectF(left, tops[COLUMN.index(step)], right - left, height)

    def sizeHint(self) -> QSize:
        """Room for the longest words, and for all boxes."""
        said = [*COLUMN, *(BESIDE.values() if self._is_paired else ())]
        words = max(self.fontMetrics().horizontalAdvance(words) for words in said)
        leap = self.fontMetrics().horizontalAdvance(Step.LEAP.value)
        height = len(COLUMN) * (self._box_height() + GAP) - GAP + 2 * MARGIN
        return QSize(words + leap + 2 * GAP + 8 * PADDING, height)

    def minimumSizeHint(self) -> QSize:
        """All boxes must be seen; their words may be cut."""
        return QSize(200, self.sizeHint().height())

    def _box_height(self) -> int:
        return self.fontMetrics().height() * (1 + self._is_paired) + 2 * PADDING

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the arrows, then the boxes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), WIDTH))
        self._paint_arrows(painter)
        for step in Step:
            self._paint_step(painter, step)
        painter.end()

    def _paint_arrows(self, painter: QPainter) -> None:
        for upper, lower in pairwise(COLUMN):
            above, below = self.box(upper), self.box(lower)
            middle = above.center().x()
            _paint_arrow(painter, [QPointF(middle, above.bottom()), QPointF(middle, below.top())])
        check, leap, first = self.box(Step.CHECK), self.box(Step.LEAP), self.box(Step.E_STEP)
        side = leap.center().x()
        right = QPointF(check.right(), check.center().y())
        _paint_arrow(painter, [right, QPointF(side, right.y()), QPointF(side, leap.bottom())])
        back = QPointF(side, first.center().y())
        way = [QPointF(side, leap.top()), back, QPointF(first.right(), back.y())]
        _paint_arrow(painter, way)
        painter.save()
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        gap = self.fontMetrics().descent()
        painter.drawText(right + QPointF(2 * gap, -gap), "no")
        middle = check.center().x()
        low = QPointF(middle + 2 * gap, check.bottom() + GAP - gap)
        painter.drawText(low, "yes")
        painter.restore()

    def _paint_step(self, painter: QPainter, step: Step) -> None:
        colours, box, is_lit = self.palette(), self.box(step), step in self._lit
        accent = colours.color(QPalette.ColorRole.Accent)
        frame = accent if is_lit else colours.color(QPalette.ColorRole.PlaceholderText)
        pen = QPen(frame, LIT_WIDTH if is_lit else WIDTH)
        if step is Step.LEAP and not is_lit:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.save()
        painter.setPen(pen)
        painter.setBrush(colours.color(QPalette.ColorRole.Base))
        _paint_shape(painter, step, box)
        if is_lit:
            tint = QColor(accent)
            tint.setAlpha(LIT_TINT)
            painter.setBrush(tint)
            _paint_shape(painter, step, box)
            _paint_pointer(painter, box, accent)
        painter.setPen(colours.color(QPalette.ColorRole.WindowText))
        if not (self._is_paired and step in BESIDE):
            self._write(painter, step.value, box, is_bold=is_lit)
        else:
            half = QRectF(box.left(), box.top() + PADDING, box.width(), box.height() / 2 - PADDING)
            self._write(painter, step.value, half, is_bold=is_lit)
            half.translate(0, half.height())
            words = self._words_beside(step)
            self._write(painter, words, half, is_bold=step is self._beside)
        painter.restore()

    def _write(self, painter: QPainter, words: str, room: QRectF, *, is_bold: bool) -> None:
        font = QFont(self.font())
        font.setBold(is_bold)
        painter.setFont(font)
        width = round(room.width()) - 2 * PADDING
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, width)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)


def _paint_shape(painter: QPainter, step: Step, box: QRectF) -> None:
    """Draw what holds the words: round where EM begins and ends, pointed where it asks."""
    if step is Step.CHECK:
        slant = box.height() / 2
        middle = box.center().y()
        corners = (
            QPointF(box.left(), middle), QPointF(box.left() + slant, box.top()),
            QPointF(box.right() - slant, box.top()), QPointF(box.right(), middle),
            QPointF(box.right() - slant, box.bottom()), QPointF(box.left() + slant, box.bottom()),
        )  # fmt: skip
        painter.drawPolygon(QPolygonF(corners))
        return
    radius = box.height() / 2 if step in ROUND else 3
    painter.drawRoundedRect(box, radius, radius)


def _paint_pointer(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """Draw a triangle that points at a box from its left."""
    tip = QPointF(box.left() - 5, box.center().y())
    corners = (tip, tip + QPointF(-2 * HEAD, -1.4 * HEAD), tip + QPointF(-2 * HEAD, 1.4 * HEAD))
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF(corners))
    painter.restore()


def _paint_arrow(painter: QPainter, points: Sequence[QPointF]) -> None:
    """Draw a line through the points with a head at the last."""
    painter.drawPolyline(QPolygonF(points))
    way = points[-1] - points[-2]
    length = max(1.0, abs(way.x()) + abs(way.y()))
    along = way / length
    across = QPointF(-along.y(), along.x())
    base = points[-1] - along * 1.6 * HEAD
    head = QPolygonF((points[-1], base + across * HEAD * 0.8, base - across * HEAD * 0.8))
    painter.save()
    painter.setBrush(painter.pen().color())
    painter.drawPolygon(head)
    painter.restore()
