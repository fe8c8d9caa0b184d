"""The files of a batch and how far each has come, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QAction, QBrush, QGuiApplication, QIcon, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from segmenter.batch.summary import JobState, Row
from segmenter.files.names import printable
from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segmenter.engine.outcome import Progress

ICONS = {
    JobState.WAITING: Icon.WAITING,
    JobState.RUNNING: Icon.RUNNING,
    JobState.DONE: Icon.DONE,
    JobState.SKIPPED: Icon.SKIPPED,
    JobState.FAILED: Icon.FAILED,
}


class Column(NamedTuple):
    """A column: its title, and the text it shows of a row."""

    title: str
    text: Callable[[Row], str]


def detail(row: Row) -> str:
    """Say what matters about a row: why it failed, or what came of it."""
    if row.reason:
        # The file's name stands beside it already.
        reason = row.reason.removeprefix(f"Cannot read {printable(Path(row.path).name)}: ")
        return reason[:1].upper() + reason[1:]
    if row.state is not JobState.DONE:
        return ""
    size = f"{row.columns} by {row.rows} px, {row.classes} classes"
    ending = f", {row.stopped} after {row.iterations} iterations" if row.iterations else ""
    return ". ".join((size + ending, *(note.removesuffix(".") for note in row.notes)))


COLUMNS = (
    Column("File", lambda row: printable(row.path)),
    Column("State", lambda row: row.state.value.capitalize()),
    Column("Detail", lambda row: printable(detail(row))),
    Column("Time", lambda row: f"{row.seconds:.1f} s" if row.seconds else ""),
)
FILE, STATE, DETAIL, TIME = range(4)
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class BatchModel(QAbstractTableModel):
    """The rows of a batch; only what changes is drawn again, however many there are."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()
        self.folder = ""
        self._running = -1
        self._stage = ""
        self._icons: dict[JobState, QIcon] = {}
        self._alarm = QBrush()

    def tint(self, palette: QPalette) -> None:
        """Take the icons' colours from a palette."""
        self._icons = {state: icon.icon() for state, icon in ICONS.items()}
        self._alarm = palette.brightText()
        self._redraw(range(len(self.rows)))

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show rows; a row is replaced when it changes, so they are compared by identity."""
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        changed = [at for at, row in enumerate(rows) if row is not self.rows[at]]
        self.rows = rows
        if changed:
            self._redraw(range(changed[0], changed[-1] + 1))

    def show_inner(self, index: int, inner: Progress | None) -> None:
        """Show how far the running image has come."""
        self._running, self._stage = index, "" if inner is None else _stage(inner)
        self._redraw(range(index, index + 1))

    def _redraw(self, rows: range) -> None:
        if rows:
            last = self.index(rows[-1], len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(rows[0], 0), last)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of files."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return a column's title."""
        is_title = orientation is Qt.Orientation.Horizontal
        return COLUMNS[section].title if is_title and role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, icon, tool tip or alignment of a cell."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row(), column)
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            return self._icons.get(row.state)
        if role == Qt.ItemDataRole.ToolTipRole:
            full = printable(row.path) if column == FILE else self.text(index.row(), column)
            return plain_tip(full) if full else None
        if role == Qt.ItemDataRole.ForegroundRole and row.state is JobState.FAILED:
            return self._alarm if column in (STATE, DETAIL) else None
        if role == Qt.ItemDataRole.TextAlignmentRole and column == TIME:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def text(self, row: int, column: int) -> str:
        """Return what a cell says; files inside `folder` go by their place in it."""
        if column == FILE:
            return printable(self.rows[row].path.removeprefix(self.folder))
        is_running = row == self._running and self.rows[row].state is JobState.RUNNING
        if is_running and column == DETAIL:
            return self._stage
        return COLUMNS[column].text(self.rows[row])


class _MiddleElided(QStyledItemDelegate):
    """Shortens long file names in the middle, because what tells them apart is often at the end."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Set where text is shortened."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class BatchTable(QTableView):
    """The model with a keyboard: Return opens an image, Ctrl+C copies the chosen rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.batch = BatchModel(self)
        self.setModel(self.batch)
        self.setAccessibleName("Files of the batch")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setItemDelegateForColumn(FILE, _MiddleElided(self))
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self._arrange_headers()
        copy = QAction("&Copy rows", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._on_copy)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _arrange_headers(self) -> None:
        rows, titles = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        # One height for all: a table of thousands of rows need not measure them.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 10)
        titles.setHighlightSections(False)
        titles.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in enumerate((200, 96, 240, 64)):
            titles.resizeSection(column, width)
        titles.setSectionResizeMode(DETAIL, QHeaderView.ResizeMode.Stretch)

    def follow(self, row: int) -> None:
        """Keep a row in sight, unless the user looks at another."""
        if not self.selectionModel().hasSelection():
            self.scrollTo(self.batch.index(row, 0))

    def _on_copy(self) -> None:
        chosen = sorted(index.row() for index in self.selectionModel().selectedRows())
        self.copy_rows(chosen)

    def copy_rows(self, rows: Iterable[int]) -> None:
        """Put rows on the clipboard, a line each, with the whole path."""
        columns = range(1, len(COLUMNS))
        lines = (
            "\t".join(
                [
                    printable(self.batch.rows[row].path),
                    *(self.batch.text(row, column) for column in columns),
                ]
            )
            for row in rows
        )
        QGuiApplication.clipboard().setText("\n".join(lines))


def _stage(inner: Progress) -> str:
    if inner.limit <= 1:
        return inner.stage.value
    return f"{inner.stage.value}, {inner.iteration} of at most {inner.limit}"
