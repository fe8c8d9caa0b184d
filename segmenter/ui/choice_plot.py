"""How many components there might be: the criteria for every number that was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from superqt import QElidingLabel

from segmenter.app.choices import (
    OTHER_SETTINGS,
    best_counts,
    candidate_of,
    choices_fit,
    chosen_count,
)
from segmenter.ui.candidate_row import BEST_BY_BIC, BEST_BY_ICL, CandidateRow
from segmenter.ui.plots import WholeNumbers

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State

LEAST_WIDTH, LEAST_HEIGHT = 112, 64  # px
HOW_TO = "Click on a number of components to see it (or use the arrow keys)"
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ChoicePlot(QWidget):
    """BIC and ICL against the number of components, and below what every number gives.

    A click takes a number. Hidden until numbers have been tried.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setAccessibleName("How many components")
        self.setAccessibleDescription("Left and right take one component less or more.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.plot = pyqtgraph.PlotWidget(
            self, enableMenu=False, axisItems={"bottom": WholeNumbers("bottom")}
        )
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setMinimumSize(LEAST_WIDTH, LEAST_HEIGHT)
        self.plot.hideAxis("left")
        self.title = QElidingLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.bic = self.plot.plot([], [], antialias=True, symbol="o", symbolSize=8)
        self.icl = self.plot.plot([], [], antialias=True, symbol="t", symbolSize=9)
        self.marker = pyqtgraph.InfiniteLine(angle=90)
        self.plot.addItem(self.marker)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 8, 4)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.plot, 3)
        self.row = CandidateRow(session, self)
        column.addWidget(self.row, 2)
        self._show(session.state)
        session.changed.connect(self.show_state)

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
        best = max(tried.bic for tried in choices.candidates)
        size = choices.labels.size
        self._tint()
        for curve, name in ((self.bic, "bic"), (self.icl, "icl")):
            values = [(getattr(tried, name) - best) / size for tried in choices.candidates]
            curve.setData(numbers, values)
        self.plot.setXRange(min(numbers), max(numbers), padding=0.05)
        self.marker.setVisible(count is not None)
        if count is not None:
            self.marker.setValue(count)
        self.title.setText(describe_choice(state))
        self.setToolTip(HOW_TO if choices_fit(state) else OTHER_SETTINGS)

    def _tint(self) -> None:
        colours = self.palette()
        ink = colours.color(QPalette.ColorRole.WindowText)
        accent = colours.color(QPalette.ColorRole.Accent)
        pale = colours.color(QPalette.ColorRole.PlaceholderText)
        self.plot.setBackground(colours.color(QPalette.ColorRole.Window))
        self.plot.getAxis("bottom").setPen(colours.color(QPalette.ColorRole.Dark))
        self.plot.getAxis("bottom").setTextPen(ink)
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
