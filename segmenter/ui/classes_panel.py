"""The classes: colour, name, share and visibility of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.state import can_draw, classes_of, notes_of, style_of
from segmenter.engine.styles import PALETTE
from segmenter.ui import theme
from segmenter.ui.actions import BY_ID, tip_of
from segmenter.ui.classes_model import ClassesModel, Column
from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_label
from segmenter.ui.swatch import readable_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QPersistentModelIndex

    from segmenter.app.session import Session
    from segmenter.app.state import State

SWATCH_MARGIN = 4
ICON_SIZE = 16


class SwatchDelegate(QStyledItemDelegate):
    """Paints a class's number on its colour, so that colour alone never tells."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the swatch."""
        colour: QColor = index.data(Qt.ItemDataRole.DecorationRole)
        _paint_background(painter, option)
        area: QRect = option.rect
        margin = SWATCH_MARGIN
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(colour.darker(140))
        painter.setBrush(colour)
        painter.drawRoundedRect(area.adjusted(margin, margin, -margin, -margin), 3, 3)
        painter.setPen(readable_on(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, index.data())
        painter.restore()


class EyeDelegate(QStyledItemDelegate):
    """Paints an open or a crossed-out eye."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the eye."""
        _paint_background(painter, option)
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        is_shown = Qt.CheckState(state) is Qt.CheckState.Checked
        icon = Icon.SHOWN if is_shown else Icon.HIDDEN
        area = QRect(0, 0, ICON_SIZE, ICON_SIZE)
        area.moveCenter(option.rect.center())
        icon.tinted(option.palette).paint(painter, area)


def _paint_background(painter: QPainter, option: QStyleOptionViewItem) -> None:
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, option.palette.highlight())


class ClassesTable(QTableView):
    """The table; *V* shows and hides, *F2* renames.

    With a tool in hand *V* lays that down, here as anywhere.
    """

    def __init__(self, session: Session, model: ClassesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self.setModel(model)
        self.setAccessibleName("Classes")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegateForColumn(Column.COLOUR, SwatchDelegate(self))
        self.setItemDelegateForColumn(Column.VISIBLE, EyeDelegate(self))
        self._size_columns()
        theme.use_tabular_figures(self)

    def _size_columns(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for column in (Column.SHARE, Column.HERE):
            header.resizeSection(column, self.fontMetrics().horizontalAdvance("~100.0%") + 12)
        header.resizeSection(Column.VISIBLE, 28)
        header.resizeSection(Column.COLOUR, 36)

    def event(self, event: QEvent) -> bool:
        """Keep *V* from the commands of the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        is_v = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_V
        if is_override and is_v and not can_draw(self._session.state):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show or hide by *V*; rename by *F2* whatever the column."""
        row = self.currentIndex().row()
        if row >= 0 and event.key() == Qt.Key.Key_V and not event.modifiers():
            self._model.toggle(row)
        elif row >= 0 and event.key() == Qt.Key.Key_F2:
            self.rename()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do not look for what is typed: single keys are commands."""

    def rename(self) -> None:
        """Open the name of the current row for typing."""
        index = self._model.index(self.currentIndex().row(), Column.NAME)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)

    def sizeHint(self) -> QSize:
        """Ask for the width of a panel."""
        return QSize(280, 240)


class ClassesPanel(QWidget):
    """The table and what can be done with its current row."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = ClassesModel(session)
        self.table = ClassesTable(session, self.model, self)
        self._buttons: list[QToolButton] = []
        bar = self._made_bar()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.notes = plain_label("", "quiet")
        self.notes.setWordWrap(True)
        self.notes.setContentsMargins(10, 4, 8, 4)
        self.notes.setAccessibleName("Notes on the result")
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.table, 1)
        column.addWidget(self.notes)
        column.addLayout(bar)
        self.table.clicked.connect(self._on_clicked)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.table.selectionModel().selectionChanged.connect(self._on_selection_changed)
        session.changed.connect(self.show_state)
        self._select(session.state.look.chosen - 1)
        self._show_notes(session.state)
        self.show_state(session.state, session.state)

    def _made_bar(self) -> QVBoxLayout:
        self.join = self._button("Join", self._session.join_classes)
        self.separate = self._button("Separate", self._session.separate_classes)
        single = (
            self._button("Rename", self.table.rename, "Rename (F2)"),
            self._button("Colour", self.choose_colour, "Choose a colour"),
            self._button("Only", self._show_only, "Show only this class"),
            self._button("All", self._show_all, "Show all classes"),
        )
        bar = QVBoxLayout()
        bar.setContentsMargins(8, 4, 8, 6)
        bar.setSpacing(0)
        for buttons in (single, (self.join, self.separate)):
            row = QHBoxLayout()
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            bar.addLayout(row)
        return bar

    def _button(self, text: str, run: Callable[[], object], tip: str = "") -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setText(text)
        button.setToolTip(tip)
        # Words alone: beside the icons they would make the panel wider than small windows allow.
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(run)
        self._buttons.append(button)
        return button

    # ---- From the user --------------------------------------------------------------------

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.VISIBLE:
            self.model.toggle(index.row())
        elif index.column() == Column.COLOUR:
            self.choose_colour()

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._session.set_look(chosen=current.row() + 1)

    def _on_selection_changed(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self._session.set_look(selected=tuple(sorted(index.row() + 1 for index in rows)))

    def choose_colour(self) -> None:
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

    def _show_only(self) -> None:
        self.model.show_only(self._row())

    def _show_all(self) -> None:
        self.model.show_only(None)

    def _row(self) -> int:
        return self._session.state.look.chosen - 1

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Mark the chosen class, and tell what is to be known of the result."""
        for button, name in ((self.join, "join-classes"), (self.separate, "separate-classes")):
            button.setEnabled(not BY_ID[name].why_not(after))
            button.setToolTip(tip_of(BY_ID[name], after))
        if notes_of(before) != notes_of(after):
            self._show_notes(after)
        if before.look.chosen != after.look.chosen or classes_of(before) != classes_of(after):
            self._select(after.look.chosen - 1)

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
