"""The plots at the bottom of the window, one of which is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTabWidget, QVBoxLayout, QWidget

from segmenter.app.plotted import Plot
from segmenter.ui.choice_plot import ChoicePlot
from segmenter.ui.convergence_plot import ConvergencePlot
from segmenter.ui.histogram_plot import HistogramPlot
from segmenter.ui.scatter_plot import ScatterPlot

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State

NO_CHOICE = "Numbers of components are compared here when Components is on auto."
TIPS = {
    Plot.CONVERGENCE: "How the log-likelihood grows from iteration to iteration",
    Plot.HISTOGRAM: "How often every value of a feature occurs, and the densities of the classes",
    Plot.SCATTER: "Two features against each other, with the components as ellipses",
    Plot.CHOICE: "How well every number of components that was tried suits the image",
}


class PlotsPanel(QTabWidget):
    """A tab for every plot; the session knows which is to be seen, so that only that one works."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setDocumentMode(True)
        self.histogram, self.scatter = HistogramPlot(session), ScatterPlot(session)
        pages: dict[Plot, QWidget] = {
            Plot.CONVERGENCE: ConvergencePlot(session),
            Plot.HISTOGRAM: self.histogram,
            Plot.SCATTER: self.scatter,
            Plot.CHOICE: self._choice_page(),
        }
        for plot, page in pages.items():
            place = self.addTab(page, str(plot))
            self.setTabToolTip(place, TIPS[plot])
        self.currentChanged.connect(self._on_tab_changed)
        session.changed.connect(self.show_state)
        self._show_choice(session.state)

    def _choice_page(self) -> QWidget:
        page = QWidget(self)
        self._no_choice = QLabel(NO_CHOICE, page, wordWrap=True)
        self._no_choice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self._no_choice)
        column.addWidget(ChoicePlot(self._session, page))
        return page

    def show_pixel(self, place: tuple[int, int] | None) -> None:
        """Mark the pixel at (row, column), or none."""
        self.histogram.show_pixel(place)
        self.scatter.show_pixel(place)

    def show_state(self, before: State, after: State) -> None:
        """Show the tab that is to be seen."""
        if before.look.plots.seen is not after.look.plots.seen and after.look.plots.seen:
            self.setCurrentIndex(list(Plot).index(after.look.plots.seen))
        if before.choices is not after.choices:
            self._show_choice(after)

    def _show_choice(self, state: State) -> None:
        self._no_choice.setVisible(state.choices is None)

    def _on_tab_changed(self, place: int) -> None:
        if self.isVisible():
            self._session.plot(seen=list(Plot)[place])

    def showEvent(self, event: QShowEvent) -> None:
        """Let the plot in front do its work."""
        super().showEvent(event)
        self._session.plot(seen=list(Plot)[self.currentIndex()])

    def hideEvent(self, event: QHideEvent) -> None:
        """Let no plot work: none is to be seen."""
        super().hideEvent(event)
        self._session.plot(seen=None)
