"""The plots at the bottom of the window, one or two of which are to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.plotted import Plot, is_seen
from segmenter.app.reasons import IN_FRONT
from segmenter.ui.choice_plot import ChoicePlot
from segmenter.ui.convergence_plot import ConvergencePlot
from segmenter.ui.editor import ignore_stray_wheel
from segmenter.ui.histogram_plot import HistogramPlot
from segmenter.ui.plots import LEAST_WIDTH
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


NOTHING = "Nothing"
LEAST_BAR = 72  # px
BESIDE = "A second plot, beside the one in front (Shift+Alt and its number, too)"


class PlotsPanel(QWidget):
    """A tab for every plot, and one plot beside that in front if the user likes.

    The session knows which are to be seen, so that only those work.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.histogram, self.scatter = HistogramPlot(session), ScatterPlot(session)
        self.pages: dict[Plot, QWidget] = {
            Plot.CONVERGENCE: ConvergencePlot(session),
            Plot.HISTOGRAM: self.histogram,
            Plot.SCATTER: self.scatter,
            Plot.CHOICE: self._choice_page(),
        }
        self._make_widgets()
        self._lay_out()
        self.bar.currentChanged.connect(self._on_tab_changed)
        self.beside.activated.connect(self._on_beside_chosen)
        session.changed.connect(self.show_state)
        self._show_choice(session.state)
        self._show_pages(session.state)

    def _make_widgets(self) -> None:
        self.bar = QTabBar(self)
        self.bar.setDocumentMode(True)
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setAccessibleName("Plot in front")
        self.beside = QComboBox(self)
        self.beside.addItems([NOTHING, *Plot])
        self.beside.setAccessibleName("Plot beside it")
        self.beside.setToolTip(BESIDE)
        ignore_stray_wheel(self.beside)
        # Where there is little room: a tab in sight, and arrows to the others.
        self.bar.setMinimumWidth(LEAST_BAR)
        self.beside.setMinimumWidth(LEAST_WIDTH)
        self._places = QSplitter(self)
        self._places.setChildrenCollapsible(False)
        for plot, page in self.pages.items():
            place = self.bar.addTab(str(plot))
            self.bar.setTabToolTip(place, TIPS[plot])
            self._places.addWidget(page)

    def _lay_out(self) -> None:
        label = QLabel("Besi&de it", self)
        label.setBuddy(self.beside)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.bar, 1)
        row.addWidget(label)
        row.addWidget(self.beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._places, 1)

    @property
    def front(self) -> QWidget:
        """The plot whose tab is in front."""
        return self.pages[list(Plot)[self.bar.currentIndex()]]

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
        """Show the plots that are to be seen."""
        if before.look.plots != after.look.plots:
            self._show_pages(after)
        if before.choices is not after.choices:
            self._show_choice(after)

    def _show_pages(self, state: State) -> None:
        plots = state.look.plots
        if plots.seen is not None:
            with QSignalBlocker(self.bar):
                self.bar.setCurrentIndex(list(Plot).index(plots.seen))
            # Shown before others are hidden: else the keys would go somewhere else in between.
            for is_wanted in (True, False):
                for plot, page in self.pages.items():
                    if is_seen(state, plot) is is_wanted:
                        page.setVisible(is_wanted)
            self._places.setSizes([self.width()] * len(self.pages))
        model = self.beside.model()
        assert isinstance(model, QStandardItemModel)
        for place, plot in enumerate(self.pages, start=1):
            item = model.item(place)
            item.setEnabled(plot is not plots.seen)
            item.setToolTip("" if item.isEnabled() else IN_FRONT)
        self.beside.setCurrentText(NOTHING if plots.beside is None else str(plots.beside))

    def _show_choice(self, state: State) -> None:
        self._no_choice.setVisible(state.choices is None)

    def _on_tab_changed(self, place: int) -> None:
        if self.isVisible():
            self._session.show_plot(list(Plot)[place])

    def _on_beside_chosen(self, place: int) -> None:
        self._session.show_plot_beside(None if not place else list(Plot)[place - 1])

    def showEvent(self, event: QShowEvent) -> None:
        """Let the plots in sight do their work."""
        super().showEvent(event)
        self._session.show_plot(list(Plot)[self.bar.currentIndex()])

    def hideEvent(self, event: QHideEvent) -> None:
        """Let no plot work: none is to be seen."""
        super().hideEvent(event)
        self._session.plot(seen=None)
