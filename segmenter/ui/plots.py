"""What several plots share: their dress, an axis, and lines and numbers painted over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyqtgraph
from pyqtgraph.graphicsItems.PlotCurveItem import arrayToLineSegments
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPalette, QPen, QTransform
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QWidget
from superqt import QElidingLabel

from segmenter.ui.swatch import readable_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

CASING = 1.4  # logical pixels by which a line's edge is wider than the line
PADDING = 3.0
EDGE = 1.0  # logical pixels of the edge around a plate
DOT = 4.0  # logical pixels from the middle of a dot to its edge
ARM, CROSS_WIDTH = 14.0, 2.4  # logical pixels of a cross, from its middle and of its lines
LEAST_HEIGHT, LEAST_WIDTH = 64, 40


class WholeNumbers(pyqtgraph.AxisItem):  # type: ignore[misc] # it is not typed
    """An axis whose ticks are whole numbers: there is no half iteration."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return (spacing, offset) of the ticks, the coarsest first."""
        spacings = super().tickSpacing(low, high, size)
        return [(step, at) for step, at in spacings if step >= 1] or [(1.0, 0.0)]


class Line(NamedTuple):
    """A line through (n, 2) points of the plot; with ``dashes``, in pen widths, an ink line."""

    points: NDArray[np.float64]
    colour: QColor
    width: float = 1.6
    dashes: tuple[float, ...] = ()


class Plate(NamedTuple):
    """A word on a ground of a colour, its middle at a point of the plot; empty: a dot.

    ``stays_inside``: near an edge of the plot it is moved so far that all of it is seen.
    """

    words: str
    point: tuple[float, float]
    colour: QColor
    is_chosen: bool = False
    stays_inside: bool = False


class Cross(NamedTuple):
    """An upright cross at a point of the plot, with a word at its upper right."""

    words: str
    point: tuple[float, float]
    colour: QColor


class Marks(pyqtgraph.GraphicsObject):  # type: ignore[misc] # it is not typed
    """Lines and plates over a plot, as wide and large on the screen however it is zoomed.

    One item paints them all: many items cost more than what they show.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: Sequence[Line] = ()
        self.plates: Sequence[Plate] = ()
        self.crosses: Sequence[Cross] = ()
        self._has_ring = False
        self._ink = self._edge = self._accent = QColor()

    def show_marks(
        self,
        lines: Sequence[Line],
        plates: Sequence[Plate],
        palette: QPalette,
        *,
        crosses: Sequence[Cross] = (),
    ) -> None:
        """Put other lines, plates and crosses in place."""
        self.lines, self.plates, self.crosses = lines, plates, crosses
        self._ink = palette.color(QPalette.ColorRole.WindowText)
        self._edge = palette.color(QPalette.ColorRole.PlaceholderText)
        self._accent = palette.color(QPalette.ColorRole.Highlight)
        self.update()

    def show_ring(self, has_ring: bool) -> None:
        """Show that the keys are for this plot, or that they are not."""
        self._has_ring = has_ring
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what is seen of the plot."""
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:
        """Take notice of another range of the axes."""
        super().viewTransformChanged()
        self.prepareGeometryChange()

    def paint(self, painter: QPainter, *_: object) -> None:
        """Paint lines, then crosses, then plates, in logical pixels."""
        to_screen = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._has_ring:
            painter.setPen(QPen(self._accent, 2))
            painter.drawRect(to_screen.mapRect(self.boundingRect()).adjusted(1, 1, -1, -1))
        self._paint_lines(painter, to_screen)
        for cross in self.crosses:
            self._paint_cross(painter, cross, to_screen.map(QPointF(*cross.point)))
        room = to_screen.mapRect(self.boundingRect())
        for plate in self.plates:
            self._paint_plate(painter, plate, to_screen.map(QPointF(*plate.point)), room)
        painter.restore()

    def _paint_lines(self, painter: QPainter, to_screen: QTransform) -> None:
        """Paint the edges of all lines, then the lines, then those with dashes."""
        solid = [line for line in self.lines if not line.dashes]
        edges = [line._replace(colour=self._edge, width=line.width + CASING) for line in solid]
        for lines in (edges, solid):
            for (colour, width), together in _by_pen(lines).items():
                painter.setPen(QPen(QColor.fromRgba(colour), width))
                x, y = np.concatenate(together).T
                right = to_screen.m11() * x + to_screen.m21() * y + to_screen.dx()
                down = to_screen.m12() * x + to_screen.m22() * y + to_screen.dy()
                # Short lines one by one: a long one that is wide takes Qt twenty times as long.
                pieces = arrayToLineSegments(right, down, connect="finite", finiteCheck=True)
                painter.drawLines(*pieces.drawargs())
        for line in self.lines:
            if line.dashes:
                pen = QPen(line.colour, line.width)
                pen.setDashPattern(line.dashes)
                painter.setPen(pen)
                polygon = pyqtgraph.functions.arrayToQPolygonF(*line.points.T)
                painter.drawPolyline(to_screen.map(polygon))

    def _paint_cross(self, painter: QPainter, cross: Cross, at: QPointF) -> None:
        """Paint the arms longer than a plate is high: it does not hide them."""
        across, down = QPointF(ARM, 0), QPointF(0, ARM)
        for colour, width in ((self._ink, CROSS_WIDTH + CASING), (cross.colour, CROSS_WIDTH)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(at - across, at + across)
            painter.drawLine(at - down, at + down)
        painter.setPen(self._ink)
        painter.drawText(at + QPointF(PADDING, -PADDING - ARM / 2), cross.words)

    def _paint_plate(self, painter: QPainter, plate: Plate, at: QPointF, room: QRectF) -> None:
        painter.setPen(QPen(self._ink, 2.0 if plate.is_chosen else 1.0))
        painter.setBrush(plate.colour)
        if not plate.words:
            painter.drawRect(QRectF(at.x() - DOT, at.y() - DOT, 2 * DOT, 2 * DOT))
            return
        metrics = QFontMetricsF(painter.font())
        height = metrics.height()
        width = max(height, metrics.horizontalAdvance(plate.words) + 2 * PADDING)
        ground = QRectF(at.x() - width / 2, at.y() - height / 2, width, height)
        if plate.stays_inside:
            ground = moved_inside(ground, room.adjusted(EDGE, EDGE, -EDGE, -EDGE))
        painter.drawRoundedRect(ground, PADDING, PADDING)
        painter.setPen(readable_on(plate.colour))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, plate.words)


def moved_inside(ground: QRectF, room: QRectF) -> QRectF:
    """Return a rectangle moved no farther than it must be to lie in another, larger one."""
    left = min(max(ground.left(), room.left()), room.right() - ground.width())
    top = min(max(ground.top(), room.top()), room.bottom() - ground.height())
    return QRectF(left, top, ground.width(), ground.height())


def _by_pen(lines: Sequence[Line]) -> dict[tuple[int, float], list[NDArray[np.float64]]]:
    """Return the points of the lines of every (colour, width), with a gap after each line.

    Few calls that paint much: each may have to wait for the threads of EM.
    """
    gap = np.full((1, 2), np.nan)
    found: dict[tuple[int, float], list[NDArray[np.float64]]] = {}
    for line in lines:
        found.setdefault((line.colour.rgba(), line.width), []).extend((line.points, gap))
    return found


def plain_plot(parent: QWidget, **axes: pyqtgraph.AxisItem) -> pyqtgraph.PlotWidget:
    """Return a plot that shows what it is given, and neither zooms nor has a menu of its own."""
    plot = pyqtgraph.PlotWidget(parent, enableMenu=False, axisItems=axes)
    plot.setMouseEnabled(x=False, y=False)
    plot.hideButtons()
    plot.setMinimumSize(120, LEAST_HEIGHT)
    for axis in (plot.getAxis(side) for side in ("left", "bottom")):
        axis.enableAutoSIPrefix(False)
        axis.setStyle(maxTextLevel=0, hideOverlappingLabels=True)
    return plot


def tint(plot: pyqtgraph.PlotWidget, palette: QPalette) -> None:
    """Colour ground and axes as the palette asks."""
    plot.setBackground(palette.color(QPalette.ColorRole.Window))
    for side in ("left", "bottom"):
        plot.getAxis(side).setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        plot.getAxis(side).setTextPen(palette.color(QPalette.ColorRole.WindowText))


def note_label(parent: QWidget) -> QElidingLabel:
    """Return a line of words that takes the room there is, and asks for none."""
    label = QElidingLabel(parent, textFormat=Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label


def headed(title: QElidingLabel, scale: QLabel) -> QHBoxLayout:
    """Return a line over a plot: above its scale what that tells, then the title.

    Beside the scale the words would be upright, and cut where the plot is low.
    """
    title.setAlignment(Qt.AlignmentFlag.AlignCenter)
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(scale)
    line.addWidget(title, 1)
    return line


def say(label: QElidingLabel, words: str) -> None:
    """Let a line say words, which the pointer over it shows whole."""
    if label.text() != words:
        label.setText(words)
        label.setToolTip(words)


def feature_box(parent: QWidget, name: str) -> QComboBox:
    """Return a box for names of features, which may be short where there is little room."""
    box = QComboBox(parent, sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMinimumWidth(LEAST_WIDTH)
    box.setAccessibleName(name)
    return box


def offer(box: QComboBox, names: Sequence[str], chosen: str, *, why_not: str = "") -> None:
    """Let a box offer names of features and show the chosen one; disabled, it says why."""
    with QSignalBlocker(box):
        if [box.itemText(place) for place in range(box.count())] != list(names):
            box.clear()
            box.addItems(names)
        box.setCurrentText(chosen)
    box.setEnabled(len(names) > 1)
    box.setToolTip(why_not or box.accessibleName())
