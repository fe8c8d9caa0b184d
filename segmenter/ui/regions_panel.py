"""The regions of the chosen class: a row for each, linked with the canvas by the state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from superqt import QElidingLabel

from segmenter.app.classes import style_of
from segmenter.app.listed import are_listed, wants_regions
from segmenter.app.reasons import why_past, why_running
from segmenter.app.state import is_running
from segmenter.engine.number_words import grouped
from segmenter.ui import theme
from segmenter.ui.icons import Icon
from segmenter.ui.regions_model import AREA, RegionsModel

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State

WAITING = "Measuring …"
WITHOUT_RESULT = "Regions are listed when the image is segmented."
MEASURED_ROWS = 100
"""Rows that decide how wide a column is."""


class RegionsTable(QTableView):
    """The table; a row that is chosen by mouse or arrow keys is outlined on the canvas."""

    def __init__(self, model: RegionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("Regions")
        self.setObjectName("regions")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setResizeContentsPrecision(MEASURED_ROWS)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicator(AREA, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        theme.use_tabular_figures(self)

    def keyboardSearch(self, search: str) -> None:
        """Do not look for what is typed: single keys are commands."""

    def sizeHint(self) -> QSize:
        """Ask for a few rows."""
        return QSize(480, 140)


class RegionsPanel(QWidget):
    """The table, how many regions there are, and a way to a file."""

    save_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = RegionsModel(session)
        self.table = RegionsTable(self.model, self)
        # Eliding, so that a small window may cut it short.
        self.words = QElidingLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.words.setObjectName("quiet")
        self.words.setAccessibleName("Number of regions")
        self.save = QPushButton("Save CSV…", self)
        self.save.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()
        self.save.setIcon(Icon.EXPORT.icon())
        self.save.clicked.connect(self.save_wanted)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.table.clicked.connect(self._on_clicked)
        session.changed.connect(self.show_state)
        self._show_words(session.state)
        self._select(session.state)

    def _arrange(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(8, 4, 8, 4)
        line.addWidget(self.words, 1)
        line.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self.table, 1)

    # ---- From the user --------------------------------------------------------------------

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._session.choose_region(self.model.number_in(current.row()))

    def _on_clicked(self, index: QModelIndex) -> None:
        # The current row stays current when it is clicked again, or the model is filled anew.
        self._session.choose_region(self.model.number_in(index.row()))

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Tell how many there are, and mark the region that is outlined."""
        if _told(before) != _told(after):
            self._show_words(after)
            if before.regions is not after.regions:
                self.table.resizeColumnsToContents()
        if _told(before) != _told(after) or before.look.region != after.look.region:
            self._select(after)

    def _show_words(self, state: State) -> None:
        self.words.setText(self._described(state))
        obstacle = self._obstacle(state)
        self.save.setEnabled(not obstacle)
        self.save.setToolTip(obstacle or "Write all regions of this class to a table")
        self.table.viewport().update()

    def _obstacle(self, state: State) -> str:
        """Say why the regions cannot be saved."""
        if not are_listed(state):
            return WITHOUT_RESULT
        return why_running(state) if is_running(state) else ""

    def _described(self, state: State) -> str:
        if not are_listed(state):
            return WAITING if wants_regions(state) else WITHOUT_RESULT
        name, total, listed = (
            style_of(state, state.look.chosen).name, self.model.total, self.model.rowCount(),
        )  # fmt: skip
        words = f"{name}: 1 region" if total == 1 else f"{name}: {grouped(total)} regions"
        if why_past(state):
            return f"{words} in the last result. {why_past(state)}"
        if listed == total:
            return f"{words}; click one to find it in the image"
        return f"{words}; the {grouped(listed)} largest are listed, {grouped(total - listed)} more"

    def _select(self, state: State) -> None:
        selection = self.table.selectionModel()
        row = self.model.row_of(state.look.region) if state.look.region else -1
        if row < 0:
            selection.clear()
        elif selection.currentIndex().row() != row or not selection.hasSelection():
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(row, max(0, selection.currentIndex().column()))
            selection.setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.table.scrollTo(index)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange:
            super().changeEvent(event)


def _told(state: State) -> tuple[object, ...]:
    """Return what the words are made from, to be compared."""
    name = style_of(state, state.look.chosen).name
    regions = id(state.regions), are_listed(state), wants_regions(state)
    return *regions, state.look.chosen, name, why_past(state)
