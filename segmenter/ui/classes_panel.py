"""The classes: colour, name, share and visibility of each, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QColor
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from segmenter.app import class_commands
from segmenter.app.area_words import area_lines, area_tip
from segmenter.app.classes import classes_of, style_of
from segmenter.app.run_words import notes_of
from segmenter.engine.styles import PALETTE
from segmenter.ui.class_bar import ClassBar
from segmenter.ui.classes_model import ClassesModel, Column
from segmenter.ui.classes_table import ClassesTable
from segmenter.ui.palette_popup import PalettePopup
from segmenter.ui.plain import plain_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segmenter.app.session import Session
    from segmenter.app.state import State


class ClassesPanel(QWidget):
    """The table and what can be done with its current row."""

    table: ClassesTable

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = ClassesModel(session)
        self.table = ClassesTable(session, self.model, self)
        self.notes = _words("Notes on the result")
        self.area = _words("Area of the chosen class")
        self.begun = self._made_begun()
        self.bar = ClassBar(session, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.area)
        column.addWidget(self.begun)
        column.addWidget(self.notes)
        column.addWidget(self.bar)
        self.table.clicked.connect(self._on_clicked)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.bar.rename_wanted.connect(self.table.rename)
        self.bar.colour_wanted.connect(self.choose_colour)
        session.changed.connect(self.show_state)
        self._select(session.state.look.chosen - 1)
        self._show_notes(session.state)
        self.show_state(session.state, session.state)

    def _made_begun(self) -> QWidget:
        """Make the line that says where EM began."""
        words = _words("Where EM began")
        words.setText("Begun from your changes.")
        self.afresh = QToolButton(autoRaise=True)
        self.afresh.setText("Start afresh")
        self.afresh.setToolTip("Forget them; undo brings them back (Ctrl+Shift+A)")
        self.afresh.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.afresh.clicked.connect(self._on_afresh)
        begun = QWidget(self)
        row = QHBoxLayout(begun)
        row.setContentsMargins(0, 0, 8, 0)
        row.addWidget(words, 1)
        row.addWidget(self.afresh)
        return begun

    def add_commands(self, commands: Sequence[QAction | None]) -> None:
        """Offer commands on a click with the right button; None is a line between them."""
        for command in commands:
            self.table.addAction(_line(self) if command is None else command)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    # ---- From the user --------------------------------------------------------------------

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.VISIBLE:
            class_commands.toggle_class(self._session, index.row() + 1)
        elif index.column() == Column.COLOUR:
            self.choose_colour()
        else:
            self.table.flash_wanted.emit(index.row() + 1)

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._session.set_look(chosen=current.row() + 1)

    def _on_selection_changed(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self._session.set_look(selected=tuple(sorted(index.row() + 1 for index in rows)))

    def _on_afresh(self) -> None:
        class_commands.start_afresh(self._session)

    def choose_colour(self) -> None:
        """Offer the palette for the current row, beside its swatch."""
        row, classes = self._row(), classes_of(self._session.state)
        used = {style.colour for place, style in enumerate(classes) if place != row}
        popup = PalettePopup(classes[row].colour, used, self)
        popup.chosen.connect(self._on_colour_selected)
        popup.more_wanted.connect(self._choose_any_colour)
        popup.setProperty("row", row)
        cell = self.table.visualRect(self.model.index(row, Column.COLOUR))
        popup.show_below(self.table.viewport().mapToGlobal(cell.bottomLeft()))

    def _choose_any_colour(self) -> None:
        """Ask for the colour of the current row; the window stays usable meanwhile."""
        row = self._row()
        style = style_of(self._session.state, row + 1)
        for place, colour in enumerate(PALETTE):
            QColorDialog.setCustomColor(place, QColor(*colour))
        dialog = QColorDialog(QColor(*style.colour), self)
        dialog.setWindowTitle(f"Colour of {style.name}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(self._on_colour_selected)
        dialog.setProperty("row", row)
        dialog.open()

    def _on_colour_selected(self, colour: QColor) -> None:
        row = int(self.sender().property("row"))
        if row < self.model.rowCount():
            self.model.recolour(row, colour)

    def _row(self) -> int:
        return self._session.state.look.chosen - 1

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Mark the chosen class, and tell what is to be known of the result."""
        self.begun.setVisible(class_commands.has_start(after))
        self._show_area(after)
        if notes_of(before) != notes_of(after):
            self._show_notes(after)
        if before.look.chosen != after.look.chosen or classes_of(before) != classes_of(after):
            self._select(after.look.chosen - 1)

    def _show_area(self, state: State) -> None:
        # While a run goes on the line stays, so that nothing moves.
        lines = area_lines(state, state.look.chosen) or ("…",)
        words = f"{style_of(state, state.look.chosen).name}: {', '.join(lines)}"
        if words != self.area.text():
            self.area.setText(words)
        self.area.setToolTip(area_tip(state, state.look.chosen))
        self.area.setVisible(state.result is not None)

    def _show_notes(self, state: State) -> None:
        self.notes.setText("\n".join(notes_of(state)))
        self.notes.setVisible(bool(notes_of(state)))

    def _select(self, row: int) -> None:
        selection = self.table.selectionModel()
        if selection.currentIndex().row() != row:
            flags = QItemSelectionModel.SelectionFlag
            selection.setCurrentIndex(
                self.model.index(row, Column.NAME), flags.ClearAndSelect | flags.Rows
            )


def _line(parent: QWidget) -> QAction:
    line = QAction(parent)
    line.setSeparator(True)
    return line


def _words(name: str) -> QLabel:
    """Return a quiet label below the table; `name` is what a screen reader calls it."""
    label = plain_label("", "quiet")
    label.setWordWrap(True)
    label.setContentsMargins(10, 4, 8, 4)
    label.setAccessibleName(name)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
