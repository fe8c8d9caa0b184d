"""How often every value of a feature occurs, and what the mixture makes of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from segmenter.app.classes import classes_of
from segmenter.app.plotted import (
    Plot,
    feature_of,
    fits_cloud,
    plotted_clusters,
    plotted_mixture,
    samples_note,
)
from segmenter.app.sides import styles_beside
from segmenter.engine.binned import bins, histogram
from segmenter.engine.marginals import densities
from segmenter.ui.plots import (
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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.types import Mixture

BINS = 96
PLACES = 256  # at which densities are drawn
TOP = 1.25  # of the highest bar: what is taller does not make the bars small
BAR_ALPHA = 130  # so that lines stand out from the bars
SUM_DASHES = (4.0, 3.0)
LOWER = 0.72  # of the height of the plot
CENTRE_DASHES, BORDER_DASHES = (2.0, 1.0), (1.0, 3.0)  # of k-means


class HistogramPlot(SamplePlot):
    """Bars of one feature under the weighted densities of all components, moving with EM."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, Plot.HISTOGRAM, parent)
        self._edges: NDArray[np.float64] = np.array([0.0, 1.0])
        self._floor = 0.0
        self._make_widgets()
        self._lay_out()
        self.feature.textActivated.connect(self._on_feature_chosen)
        self.is_log.toggled.connect(self._on_log_toggled)
        self.begin()

    def _make_widgets(self) -> None:
        self.feature = feature_box(self, "Feature of the histogram")
        self.is_log = QCheckBox("&Log", self)
        self.is_log.setToolTip("Show how often values occur on a logarithmic scale")
        self.note = note_label(self)
        self.plot = plain_plot(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.hideAxis("left")
        self.bars = pyqtgraph.PlotCurveItem()
        self.marks = Marks()
        self.here = pyqtgraph.InfiniteLine(angle=90)
        for item in (self.bars, self.marks, self.here):
            self.plot.addItem(item, ignoreBounds=True)

    def _lay_out(self) -> None:
        label = QLabel("&Feature", self)
        label.setBuddy(self.feature)
        row = QHBoxLayout()
        row.setSpacing(8)
        for widget in (label, self.feature, self.is_log):
            row.addWidget(widget)
        row.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.plot, 1)

    # ---- From the user ----------------------------------------------------------------------

    def _on_feature_chosen(self, name: str) -> None:
        self._session.plot(feature=name)

    def _on_log_toggled(self, is_log: bool) -> None:
        self._session.plot(is_log=is_log)

    # ---- From the session -------------------------------------------------------------------

    def _show(self, state: State) -> None:
        tint(self.plot, self.palette())
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        self.here.setPen(pyqtgraph.mkPen(ink, width=1, style=Qt.PenStyle.DashDotLine))
        name, cloud = feature_of(state), state.cloud
        offer(self.feature, cloud.names if cloud else (), name, why_not=_why_one(state))
        self.is_log.setChecked(state.look.plots.is_log)
        self.plot.showAxis("bottom", show=cloud is not None)
        self.bars.setVisible(cloud is not None)
        if cloud is not None:
            self._draw_bars(state)
        self._move(state)
        self._mark_pixel(state)

    def _draw_bars(self, state: State) -> None:
        assert state.cloud is not None
        name = feature_of(state)
        values = state.cloud.of(name)
        self._edges = bins(values, state.cloud.step(name), BINS)
        found = histogram(values, self._edges)
        # Half a pixel in one bin is the ground of the logarithmic scale.
        self._floor = 0.5 / (len(values) * float(self._edges[1] - self._edges[0]))
        heights = self._height(found, state)
        grey = self.palette().color(QPalette.ColorRole.PlaceholderText)
        grey.setAlpha(BAR_ALPHA)
        self.bars.setPen(None)
        self.bars.setBrush(grey)
        self.bars.setData(self._edges, heights, stepMode="center", fillLevel=0)
        self.plot.setXRange(self._edges[0], self._edges[-1], padding=0)
        self.plot.setYRange(0, TOP * float(heights.max()) or 1.0, padding=0)

    def _height(self, found: NDArray[np.float64], state: State) -> NDArray[np.float64]:
        if not state.look.plots.is_log:
            return found
        return np.log10(np.maximum(found / self._floor, 1))

    def _move(self, state: State) -> None:
        mixture = plotted_mixture(state)
        say(self.note, samples_note(state))
        if mixture is None or not fits_cloud(state, mixture):
            self.marks.show_marks((), (), self.palette())
            return
        self._draw_densities(state, mixture)

    def _draw_densities(self, state: State, mixture: Mixture) -> None:
        ends = float(self._edges[0]), float(self._edges[-1])
        places = np.linspace(*ends, PLACES)
        found = densities(mixture, feature_of(state), places, span=ends[1] - ends[0])
        heights = self._height(found, state)
        styles, ink = classes_of(state), self.palette().color(QPalette.ColorRole.WindowText)
        classes = [*mixture.classes.tolist(), mixture.class_count - 1]
        lines, plates = [], []
        for one, number in zip(heights, classes, strict=False):
            colour = QColor(*styles[number].colour)
            lines.append(Line(np.stack([places, one], axis=1), colour))
            top = int(np.argmax(one))
            peak = float(places[top]), float(one[top])
            plates.append(Plate(str(number + 1), peak, colour, stays_inside=True))
        whole = self._height(found.sum(axis=0), state)
        lines.append(Line(np.stack([places, whole], axis=1), ink, 1.0, SUM_DASHES))
        upright, tops = self._centres(state)
        self.marks.show_marks([*lines, *upright], [*plates, *tops], self.palette())

    def _centres(self, state: State) -> tuple[list[Line], list[Plate]]:
        """Return an upright line with a number at every centre of k-means that is to be seen.

        With a single feature the borders between its classes are seen, too: half way.
        """
        clusters, name = plotted_clusters(state), feature_of(state)
        if clusters is None:
            return [], []
        styles = styles_beside(clusters, state)
        ink = self.palette().color(QPalette.ColorRole.WindowText)
        top = float(self.plot.viewRect().bottom())
        centres = clusters.centres[:, clusters.features.index(name)]
        lines = [
            _upright(float(centre), top, QColor(*styles[number].colour), CENTRE_DASHES, 3.0)
            for number, centre in zip(clusters.classes.tolist(), centres, strict=True)
        ]
        if len(clusters.features) == 1:
            order = np.argsort(centres)
            between = (centres[order[1:]] + centres[order[:-1]]) / 2
            between = between[np.diff(clusters.classes[order]) != 0]
            lines += [_upright(float(place), top, ink, BORDER_DASHES, 1.0) for place in between]
        # From left to right in turn high and low, so that neighbours do not hide each other.
        places = np.argsort(np.argsort(centres)).tolist()
        heights = [top * (LOWER if place % 2 else 1.0) for place in places]
        plates = [
            Plate(f"k{number + 1}", (line.points[1, 0], height), line.colour, stays_inside=True)
            for number, line, height in zip(clusters.classes.tolist(), lines, heights, strict=False)
        ]
        return lines, plates

    def _mark_pixel(self, state: State) -> None:
        value = np.nan
        if self._pixel is not None and state.cloud is not None:
            value = state.cloud.at(*self._pixel)[state.cloud.names.index(feature_of(state))]
        self.here.setVisible(bool(np.isfinite(value)))
        if np.isfinite(value):
            self.here.setValue(float(value))


def _upright(
    place: float, top: float, colour: QColor, dashes: tuple[float, ...], width: float
) -> Line:
    return Line(np.array([[place, 0.0], [place, top]]), colour, width, dashes)


def _why_one(state: State) -> str:
    if state.cloud is None:
        return "Features are known when an image has been looked at"
    only = len(state.cloud.names) == 1
    return f"This image is seen by one feature ({state.cloud.names[0]})" if only else ""
