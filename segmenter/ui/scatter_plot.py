"""Two features against each other: pixels as points, components as ellipses that can be moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from segmenter.app.classes import classes_of, point_classes, stepped_preview
from segmenter.app.plotted import (
    Plot,
    fits_cloud,
    plane_of,
    plotted_clusters,
    samples_note,
    why_no_plane,
)
from segmenter.app.sides import styles_beside
from segmenter.app.surgery import why_fixed
from segmenter.engine.binned import bins, coloured
from segmenter.engine.borders import borders
from segmenter.ui.icons import Icon
from segmenter.ui.key_lasso import HINT
from segmenter.ui.plots import (
    Cross,
    Line,
    Marks,
    Plate,
    feature_box,
    note_label,
    offer,
    plain_plot,
    say,
    tint,
)
from segmenter.ui.sample_plot import SamplePlot
from segmenter.ui.scatter_hand import ScatterHand, plane_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.marginals import Plane
    from segmenter.engine.types import Mixture

BINS_ACROSS, BINS_UP = 160, 100
MARGIN = 0.04
BEYOND = 0.5  # of what the pixels take: so far ellipses may reach beyond and be seen whole
BORDER_DASHES, BORDER_REACH = (1.0, 3.0), 20.0  # the reach in standard deviations of all pixels
LASSO_DASHES = (4.0, 3.0)
HOW = (
    "Drag a number to move a mean, a square to stretch or turn an ellipse; EM goes on from there.\n"
    "Keys: Tab chooses, arrows move, with Shift stretch, with Ctrl turn, Return restarts EM.\n"
    "With the lasso in hand arrows move a cursor, with Shift farther; Space sets a corner, "
    "Backspace takes it back, C or Return on the first corner closes the lasso, Esc gives up."
)
LASSO_TIP = "Lasso: light up the pixels inside a line (or drag with Shift)"
IN_HAND = "Drag round pixels; by keys: arrows, Space sets a corner, C closes, Esc gives up"
DRAFTED = "Return restarts EM from here; Esc gives up"
DRAGGED = "Let go, and EM restarts from here"


class ScatterPlot(SamplePlot):
    """The plane of two features, moving with EM."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, Plot.SCATTER, parent)
        self._pointed_key: tuple[object, ...] = ()
        self._make_widgets()
        self._lay_out()
        self.hand = ScatterHand(session, self.plot)
        self.hand.changed.connect(self._draw_marks)
        self.hand.focused.connect(self.marks.show_ring)
        self.across.textActivated.connect(self._on_across_chosen)
        self.up.textActivated.connect(self._on_up_chosen)
        self.lasso.clicked.connect(self._on_lasso_clicked)
        self.begin()

    def _make_widgets(self) -> None:
        self.across = feature_box(self, "Feature from left to right")
        self.up = feature_box(self, "Feature from bottom to top")
        self.lasso = QToolButton(self, autoRaise=True)
        self.lasso.setCheckable(True)
        self.lasso.setText("Lasso")
        self.note = note_label(self)
        self.why_not = QLabel(self, wordWrap=True)
        self.why_not.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.plot = plain_plot(self)
        self.plot.setAccessibleName("Scatter of two features")
        self.plot.setAccessibleDescription(HOW)
        self.points = pyqtgraph.ImageItem(axisOrder="row-major")
        self.marks = Marks()
        self.here = pyqtgraph.ScatterPlotItem(size=15, symbol="+", pxMode=True)
        for item in (self.points, self.marks, self.here):
            self.plot.addItem(item, ignoreBounds=True)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for words, box in (("Ac&ross", self.across), ("&Up", self.up)):
            label = QLabel(words, self)
            label.setBuddy(box)
            row.addWidget(label)
            row.addWidget(box)
        row.addWidget(self.lasso)
        row.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.plot, 1)
        column.addWidget(self.why_not, 1)

    # ---- From the user ----------------------------------------------------------------------

    def _on_across_chosen(self, name: str) -> None:
        plane = plane_of(self._session.state)
        assert plane is not None
        # Whoever chooses the other one for this side wants them turned round.
        up = plane.across if name == plane.up else plane.up
        self._session.plot(across=name, up=up)

    def _on_up_chosen(self, name: str) -> None:
        plane = plane_of(self._session.state)
        assert plane is not None
        across = plane.up if name == plane.across else plane.across
        self._session.plot(across=across, up=name)

    def _on_lasso_clicked(self, is_on: bool) -> None:
        self._session.plot(lassoing=is_on)
        if is_on:
            # From here on arrows and C are the lasso's.
            self.plot.setFocus()

    # ---- From the session -------------------------------------------------------------------

    def _show(self, state: State) -> None:
        tint(self.plot, self.palette())
        self.lasso.setIcon(Icon.LASSO.icon())
        names, found = state.cloud.names if state.cloud else (), plane_of(state)
        why_not = why_no_plane(state)
        offer(self.across, names, found.across if found else "", why_not=why_not)
        offer(self.up, names, found.up if found else "", why_not=why_not)
        self.why_not.setText(why_not)
        self.why_not.setVisible(bool(why_not))
        self.plot.setVisible(not why_not)
        self.lasso.setEnabled(found is not None)
        self.lasso.setChecked(state.look.plots.lassoing)
        self.lasso.setToolTip(why_not or f"{LASSO_TIP}\n{HINT}.")
        for side in ("bottom", "left"):
            self.plot.showAxis(side, show=found is not None)
        self._pointed_key = ()
        self._move(state)
        self._mark_pixel(state)

    def _move(self, state: State) -> None:
        self._draw_points(state)
        self._draw_marks()

    def _draw_points(self, state: State) -> None:
        """Draw the pixels that stand for all, in the colours of their classes if they have any."""
        classes = point_classes(state)
        colours = _colours(state, self.palette().color(QPalette.ColorRole.PlaceholderText))
        shown_by = None if classes is None else (id(stepped_preview(state)), state.result)
        key = (state.cloud, plane_names(state), shown_by, *colours)
        if key == self._pointed_key:
            return
        self._pointed_key = key
        found, cloud = plane_of(state), state.cloud
        self.points.setVisible(found is not None)
        if found is None or cloud is None:
            return
        across, up = cloud.of(found.across), cloud.of(found.up)
        edges = (
            bins(across, cloud.step(found.across), BINS_ACROSS),
            bins(up, cloud.step(found.up), BINS_UP),
        )
        if classes is None:
            classes = np.zeros(len(across), np.uint8)
        rgba = coloured(across, up, edges, classes, np.array(colours, np.uint8))
        (left, right), (low, high) = ((one[0], one[-1]) for one in edges)
        self.points.setImage(rgba, levels=None, autoLevels=False)
        self.points.setRect(QRectF(left, low, right - left, high - low))
        seen = np.array([[left, low], [right, high]])
        mixture = self.hand.draft.mixture
        if mixture is not None and fits_cloud(state, mixture):
            seen = _with_room_for(found.ellipses(mixture, 2), seen)
        (left, low), (right, high) = seen.tolist()
        self.plot.setRange(xRange=(left, right), yRange=(low, high), padding=MARGIN)

    def _draw_marks(self) -> None:
        state = self._session.state
        why = why_fixed(state)
        self.plot.setToolTip(f"{why}" if why else HOW)
        drafted = DRAFTED if self.hand.draft.is_under_way else ""
        if drafted and self.hand.is_dragging:
            drafted = DRAGGED
        is_drawing = self.hand.by_key.corners or state.highlight is None
        if self.hand.by_key.cursor is not None and is_drawing:
            drafted = HINT
        elif state.look.plots.lassoing and not drafted and state.highlight is None:
            drafted = IN_HAND
        say(self.note, drafted or samples_note(state))
        found, mixture = plane_of(state), self.hand.draft.mixture
        lines: list[Line] = []
        plates: list[Plate] = []
        if found is not None and mixture is not None:
            lines, plates = self._ellipses(state, found, mixture)
            ink = self.palette().color(QPalette.ColorRole.WindowText)
            lines += _borders(state, found, ink)
        lines += self._lassos(state)
        crosses = [] if found is None else _crosses(state, found)
        if self.hand.by_key.cursor is not None:
            x, y = self.hand.by_key.cursor
            ground = self.palette().color(QPalette.ColorRole.Window)
            crosses = [*crosses, Cross("", (float(x), float(y)), ground)]
        self.marks.show_marks(lines, plates, self.palette(), crosses=crosses)

    def _ellipses(
        self, state: State, found: Plane, mixture: Mixture
    ) -> tuple[list[Line], list[Plate]]:
        """Return the ellipses at one and two standard deviations, the numbers, and the handles."""
        styles = classes_of(state)
        colours = [QColor(*styles[number].colour) for number in mixture.classes.tolist()]
        inner, outer = (found.ellipses(mixture, sigmas) for sigmas in (1.0, 2.0))
        lines = [
            Line(points, colour, width)
            for ellipses, width in ((outer, 1.2), (inner, 2.0))
            for points, colour in zip(ellipses, colours, strict=True)
        ]
        chosen = self.hand.draft.chosen
        plates = [
            Plate(str(number + 1), (float(x), float(y)), colour, k == chosen)
            for k, (number, (x, y), colour) in enumerate(
                zip(mixture.classes.tolist(), found.means(mixture), colours, strict=True)
            )
        ]
        ends = self.hand.draft.handles().reshape(-1, 2)
        plates += [Plate("", (float(x), float(y)), colours[chosen]) for x, y in ends]
        return lines, plates

    def _lassos(self, state: State) -> list[Line]:
        """Return the lasso that lights up pixels, if it is of this plane, or the one under way."""
        ink, lasso = self.palette().color(QPalette.ColorRole.WindowText), state.look.plots.lasso
        corners: list[NDArray[np.float64]] | list[tuple[float, float]] = self.hand.trail
        if not corners and lasso is not None and (lasso.across, lasso.up) == plane_names(state):
            corners = [*lasso.corners, lasso.corners[0]]
        return [Line(np.array(corners), ink, 2.0, LASSO_DASHES)] if len(corners) > 1 else []

    def _mark_pixel(self, state: State) -> None:
        found, place = plane_of(state), np.full(2, np.nan)
        if self._pixel is not None and state.cloud is not None and found is not None:
            place = state.cloud.at(*self._pixel)[found.places(state.cloud.names)]
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        is_there = bool(np.isfinite(place).all())
        self.here.setVisible(is_there)
        if is_there:
            self.here.setData([place[0]], [place[1]], pen=pyqtgraph.mkPen(ink), brush=ink)


def _crosses(state: State, found: Plane) -> list[Cross]:
    """Return where the centres of k-means are, if they are to be seen."""
    clusters = plotted_clusters(state)
    if clusters is None:
        return []
    styles = styles_beside(clusters, state)
    places = clusters.centres[:, found.places(clusters.features)]
    return [
        Cross(f"k{number + 1}", (float(x), float(y)), QColor(*styles[number].colour))
        for number, (x, y) in zip(clusters.classes.tolist(), places, strict=True)
    ]


def _borders(state: State, found: Plane, ink: QColor) -> list[Line]:
    """Return the hard borders of k-means, if it is to be seen and sees nothing but this plane."""
    clusters, cloud = plotted_clusters(state), state.cloud
    if clusters is None or cloud is None or len(cloud.names) != 2:
        return []
    places = found.places(cloud.names)
    units = (cloud.features.scale / np.sqrt(cloud.features.weight))[places]
    ends = borders(clusters.centres[:, places], units, clusters.classes, reach=BORDER_REACH)
    return [Line(line, ink, 1.6, BORDER_DASHES) for line in ends]


def _with_room_for(ellipses: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a box, (2, 2) least and greatest corner, that holds ellipses that are not far off."""
    points = ellipses.reshape(-1, 2)
    room = BEYOND * (box[1] - box[0])
    least = np.clip(points.min(axis=0), box[0] - room, box[0])
    return np.stack([least, np.clip(points.max(axis=0), box[1], box[1] + room)])


def _colours(state: State, grey: QColor) -> list[tuple[int, ...]]:
    """Return the colour of pixels without a class, then those of the classes."""
    plain = (grey.red(), grey.green(), grey.blue())
    return [plain, *(style.colour for style in classes_of(state))]
