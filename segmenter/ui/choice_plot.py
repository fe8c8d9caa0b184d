"""How many components there might be: the criteria for every number that was tried."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from segmenter.app.choices import (
    OTHER_SETTINGS,
    best_counts,
    candidate_of,
    choices_fit,
    chosen_count,
)
from segmenter.ui.candidate_row import BEST_BY_BIC, BEST_BY_ICL, CandidateRow
from segmenter.ui.plain import plain_label
from segmenter.ui.plots import WholeNumbers, headed, note_label, plain_plot, tint

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from PySide6.QtGui import QKeyEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State

LEAST_WIDTH, LEAST_HEIGHT = 112, 96  # px
SCALE_WIDTH = 64  # px
TICK_ROOM = 15  # px between two ticks of the scale
DECADES = 3.0  # of differences that the scale tells apart
HOW = (
    "How far BIC and ICL are below their best, per pixel (equal steps are about equal factors).\n"
    "The higher the better. Pixels side by side tell much the same, so both count fewer: as many "
    "as are worth independent ones. ICL prefers classes that overlap little.\n"
    "Click on a number of components to see it (or use the arrow keys)"
)
MARGIN = 0.08  # of the height, for the symbols
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class _BelowBest(pyqtgraph.AxisItem):  # type: ignore[misc] # it is not typed
    """A scale of differences to the best: 0 on top, even near it, then by powers of ten.

    Differences near the best decide, and those of too few components are a thousand times as large.
    """

    _least, _largest = 1e-3, 1.0

    def measure(self, differences: NDArray[np.float64]) -> None:
        """Suit the scale to differences, none of which is negative."""
        self._largest = float(differences.max(initial=0)) or 1.0
        positive = differences[differences > 0]
        least = float(positive.min(initial=self._largest))
        self._least = max(least, self._largest / 10**DECADES)
        self.picture = None
        self.update()

    def heights(self, differences: ArrayLike) -> NDArray[np.float64]:
        """Return where differences are on the scale: 0 for none, negative below."""
        return -np.arcsinh(np.asarray(differences) / self._least)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return (spacing, values) of the ticks: 0 and powers of ten, as many as have room."""
        decades = np.arange(np.floor(np.log10(self._least)), np.log10(self._largest) + 0.05)
        places = [0.0]
        for place in self.heights(10.0**decades).tolist():
            if (places[-1] - place) * size >= TICK_ROOM * (high - low):
                places.append(place)
        return [(1.0, [place for place in places if low <= place <= high])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        """Return the differences at the ticks."""
        return [f"{self._least * np.sinh(-value) + 0.0:.3g}" for value in values]


class ChoicePlot(QWidget):
    """How far BIC and ICL are below their best against the number of components.

    What every number gives is seen in a picture below its tick.

    A click takes a number. Hidden until numbers have been tried.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("How many components")
        self.setAccessibleDescription("Left and right take one component less or more.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip(HOW)
        self._make_plot()
        # Not the plot's own title, which would take room from the curves.
        self.title, self.scale_words = note_label(self), plain_label("Below the best")
        self.row = CandidateRow(session, self)
        self._lay_out()
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.plot.getViewBox().sigResized.connect(self._align)
        self._show(session.state)
        session.changed.connect(self.show_state)

    def _make_plot(self) -> None:
        self._scale = _BelowBest("left")
        self._scale.setWidth(SCALE_WIDTH)
        self.plot = plain_plot(self, left=self._scale, bottom=WholeNumbers("bottom"))
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        # The numbers are below the pictures.
        self.plot.getAxis("bottom").setStyle(showValues=False)
        self.bic = self.plot.plot([], [], antialias=True, symbol="o", symbolSize=8)
        self.icl = self.plot.plot([], [], antialias=True, symbol="t", symbolSize=9)
        self.marker = pyqtgraph.InfiniteLine(angle=90)
        self.plot.addItem(self.marker)

    def _lay_out(self) -> None:
        self._below = QHBoxLayout()
        self._below.addWidget(self.row)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 8, 4)
        column.setSpacing(2)
        column.addLayout(headed(self.title, self.scale_words))
        column.addWidget(self.plot, 3)
        column.addLayout(self._below, 2)

    def show_state(self, before: State, after: State) -> None:
        """Show the criteria and the number that is chosen, where they differ."""
        if _shown_of(before) != _shown_of(after):
            self._show(after)

    def _show(self, state: State) -> None:
        choices, count = state.choices, chosen_count(state)
        self.setVisible(choices is not None)
        if choices is None:
            return
        numbers = [len(tried.mixture) for tried in choices.candidates]
        criteria = np.array([(tried.bic, tried.icl) for tried in choices.candidates])
        below = (criteria.max(axis=0) - criteria) / math.prod(choices.shape)
        self._tint()
        self._scale.measure(below)
        for curve, differences in zip((self.bic, self.icl), below.T, strict=True):
            curve.setData(numbers, self._scale.heights(differences))
        lowest = float(self._scale.heights(below.max()))
        self.plot.setYRange(min(lowest, -1.0), 0, padding=MARGIN)
        # Half a step more on both sides: as wide as the picture below.
        self.plot.setXRange(min(numbers) - 0.5, max(numbers) + 0.5, padding=0)
        self.marker.setVisible(count is not None)
        if count is not None:
            self.marker.setValue(count)
        self.title.setText(describe_choice(state))
        self.setToolTip(HOW if choices_fit(state) else OTHER_SETTINGS)

    def _align(self) -> None:
        """Put the pictures below their ticks."""
        room = self.plot.getViewBox().sceneBoundingRect()
        left, right = round(room.left()), round(room.right())
        self._below.setContentsMargins(left, 0, max(self.plot.width() - right, 0), 0)

    def _tint(self) -> None:
        colours = self.palette()
        ink = colours.color(QPalette.ColorRole.WindowText)
        accent = colours.color(QPalette.ColorRole.Accent)
        pale = colours.color(QPalette.ColorRole.PlaceholderText)
        tint(self.plot, colours)
        for curve, colour in ((self.bic, accent), (self.icl, pale)):
            curve.setPen(pyqtgraph.mkPen(colour, width=2))
            curve.setSymbolBrush(colour)
            curve.setSymbolPen(colour)
        self.marker.setPen(pyqtgraph.mkPen(ink, style=Qt.PenStyle.DashLine))

    def _on_clicked(self, event: pyqtgraph.GraphicsScene.mouseEvents.MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            place = self.plot.getViewBox().mapSceneToView(event.scenePos())
            self._take(round(place.x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take one component less or more."""
        step = STEPS.get(Qt.Key(event.key()))
        count = chosen_count(self._session.state)
        if step is None or count is None:
            super().keyPressEvent(event)
        else:
            self._take(count + step)

    def _take(self, count: int) -> None:
        state = self._session.state
        if choices_fit(state) and candidate_of(state.choices, count) is not None:
            self._session.choose_components(count)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "marker"):
            self._tint()
        super().changeEvent(event)


def describe_choice(state: State) -> str:
    """Say which number each criterion speaks for."""
    choices = state.choices
    if choices is None:
        return ""
    by_bic, by_icl = best_counts(choices)
    best = f"BIC {BEST_BY_BIC} best at {by_bic}, ICL {BEST_BY_ICL} best at {by_icl}"
    what_to_do = "click to see another" if choices_fit(state) else "tried with other settings"
    return f"Components: {best}; {what_to_do}"


def _shown_of(state: State) -> tuple[object, ...]:
    """Return what the plot is made from, to be compared."""
    return state.choices, choices_fit(state), chosen_count(state)
