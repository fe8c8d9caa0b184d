"""The table of classes: how its cells are painted, and what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from segmenter.app import class_commands
from segmenter.app.state import can_draw
from segmenter.ui import theme
from segmenter.ui.classes_model import FROZEN, ClassesModel, Column
from segmenter.ui.icons import Icon
from segmenter.ui.swatch import paint_swatch

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QDropEvent, QResizeEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State

SWATCH_MARGIN = 4
ICON_SIZE = 16
ROW_HEIGHT, LINE_MARGIN = 28, 8
ROOM_FOR_HERE = 256  # px
TEXT_MARGINS = 18  # px, both together


class SwatchDelegate(QStyledItemDelegate):
    """Paints a class's number on its colour, so that colour alone never tells.

    The colour is as it lies over the image; `table` is painted again when that changes.
    """

    def __init__(self, session: Session, table: QAbstractItemView) -> None:
        super().__init__(table)
        self._table, self._session = table, session
        session.changed.connect(self.show_state)

    def show_state(self, before: State, after: State) -> None:
        """Paint the swatches again where colours lie otherwise over the image."""
        if before.look.laid_opacity != after.look.laid_opacity:
            self._table.viewport().update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the swatch."""
        _paint_background(painter, option)
        margin = SWATCH_MARGIN
        area = option.rect.adjusted(margin, margin, -margin, -margin)
        colour: QColor = index.data(Qt.ItemDataRole.DecorationRole)
        opacity = self._session.state.look.laid_opacity
        paint_swatch(painter, area, colour, index.data(), opacity)


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
        icon.icon().paint(painter, area)


class NameDelegate(QStyledItemDelegate):
    """Puts a lock before the name of a class that is frozen."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Add the lock to what Qt paints."""
        super().initStyleOption(option, index)
        if index.data(FROZEN):
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationSize = QSize(ICON_SIZE, ICON_SIZE)
            option.icon = Icon.FROZEN.icon()


def _paint_background(painter: QPainter, option: QStyleOptionViewItem) -> None:
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, option.palette.highlight())


class ClassesTable(QTableView):
    """The table; *V* shows and hides, *Delete* deletes, *Return* points out.

    With a tool in hand *V* lays that down, here as anywhere. Rows are dragged to other places.
    """

    flash_wanted = Signal(int)
    """Where is this class? Numbers count from 1."""

    def __init__(self, session: Session, model: ClassesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self.setModel(model)
        self.setAccessibleName("Classes")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setTabKeyNavigation(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegateForColumn(Column.COLOUR, SwatchDelegate(session, self))
        self.setItemDelegateForColumn(Column.VISIBLE, EyeDelegate(self))
        self.setItemDelegateForColumn(Column.NAME, NameDelegate(self))
        self._size_columns()
        theme.use_tabular_figures(self)

    def _size_columns(self) -> None:
        self.verticalHeader().hide()
        # As low as one line, and twice as high where a name needs more.
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        two_lines = 2 * self.fontMetrics().lineSpacing() + LINE_MARGIN
        self.verticalHeader().setMaximumSectionSize(max(ROW_HEIGHT, two_lines))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.sectionResized.connect(self._on_section_resized)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        for column, longest in ((Column.SHARE, "~99.9%"), (Column.HERE, "99.9%")):
            width = self.fontMetrics().horizontalAdvance(longest)
            header.resizeSection(column, width + TEXT_MARGINS)
        header.resizeSection(Column.VISIBLE, 28)
        header.resizeSection(Column.COLOUR, 36)

    def _on_section_resized(self) -> None:
        self.verticalHeader().resizeSections(QHeaderView.ResizeMode.ResizeToContents)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the names where there is little."""
        self.setColumnHidden(Column.HERE, event.size().width() < ROOM_FOR_HERE)
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keep *V* from the commands of the window."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        is_v = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_V
        if is_override and is_v and not can_draw(self._session.state):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do to the current row what its key says, whatever the column."""
        row, key = self.currentIndex().row(), event.key()
        if row < 0 or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_V:
            class_commands.toggle_class(self._session, row + 1)
        elif key == Qt.Key.Key_Delete:
            class_commands.delete_class(self._session)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.flash_wanted.emit(row + 1)
        else:
            super().keyPressEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the class that is dragged to where it is let go, between two rows."""
        place = event.position().toPoint()
        over, last = self.indexAt(place).row(), self.model().rowCount()
        is_below = place.y() > self.visualRect(self.model().index(over, 0)).center().y()
        gap = last if over < 0 else over + is_below
        now = self.currentIndex().row()
        # The rows are what the session says: Qt has nothing to move.
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        class_commands.move_class(self._session, (gap - 1 if gap > now else gap) - now)

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
