"""The regions of the chosen class as rows of a table, sorted by any column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication

from segmenter.app.listed import are_listed
from segmenter.app.reasons import why_past
from segmenter.engine.number_words import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.regions import Regions

    Index = QModelIndex | QPersistentModelIndex

Role = Qt.ItemDataRole
NOTHING = "\N{EN DASH}"
AREA = 1
"""The column by which rows are sorted at first, the largest on top."""


class Column(NamedTuple):
    """A title, what it means, one value for each listed region, and how many digits it has."""

    title: str
    tip: str
    values: NDArray[np.generic]
    decimals: int = 0


class RegionsModel(QAbstractTableModel):
    """One row per region of the chosen class, or for the largest of them."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._columns: tuple[Column, ...] = ()
        self._numbers = np.zeros(0, np.int64)
        self._order = np.zeros(0, np.intp)
        self._sorting = (AREA, Qt.SortOrder.DescendingOrder)
        self.total = 0
        session.changed.connect(self.show_state)
        self._list(session.state)

    def show_state(self, before: State, after: State) -> None:
        """List what is of another result or class."""
        if _listed(before) != _listed(after):
            self._list(after)

    def _list(self, state: State) -> None:
        self.beginResetModel()
        regions = state.regions if are_listed(state) else None
        self._columns, self.total = (), 0
        self._numbers = np.zeros(0, np.int64)
        if regions is not None:
            place = state.look.chosen - 1
            is_there = place < len(regions.counts)
            places = regions.largest[place] if is_there else np.zeros(0, np.intp)
            self._numbers = places + 1
            self._columns = tuple(_columns(regions, places))
            self.total = int(regions.counts[place]) if is_there else 0
        self._order = self._sorted()
        self.endResetModel()

    def number_in(self, row: int) -> int:
        """Return the number of the region in a row."""
        return int(self._numbers[self._order[row]])

    def row_of(self, number: int) -> int:
        """Return the row of a region; -1 if it is not among those listed."""
        found = np.flatnonzero(self._numbers[self._order] == number)
        return int(found[0]) if len(found) else -1

    # ---- Qt -------------------------------------------------------------------------------

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; equal ones keep the order of their numbers."""
        self._sorting = (column, order)
        self.layoutAboutToBeChanged.emit()
        before = self._order
        self._order = self._sorted()
        place = np.empty_like(self._order)
        place[self._order] = np.arange(len(self._order))
        for index in self.persistentIndexList():
            moved = self.index(int(place[before[index.row()]]), index.column())
            self.changePersistentIndex(index, moved)
        self.layoutChanged.emit()

    def _sorted(self) -> NDArray[np.intp]:
        column, order = self._sorting
        if column >= len(self._columns):
            return np.arange(len(self._numbers))
        values = self._columns[column].values.astype(np.float64)
        if order is Qt.SortOrder.DescendingOrder:
            values = -values
        return np.lexsort((self._numbers, values))

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of regions that are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's signature
        """Return the title of a column, or what it means."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(self._columns):
            return None
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        column = self._columns[section]
        if role == Role.ToolTipRole:
            return column.tip
        return column.title if role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - as Qt's
        """Return what the view shows of a cell."""
        if role == Role.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Role.ForegroundRole:
            # Pale where it is told of an older result than is asked for.
            pale = QGuiApplication.palette().placeholderText()
            return pale if why_past(self._session.state) else None
        if role != Role.DisplayRole:
            return None
        column = self._columns[index.column()]
        value = float(column.values[self._order[index.row()]])
        if np.isnan(value):
            return NOTHING
        return grouped(value, decimals=column.decimals)


def _listed(state: State) -> tuple[object, ...]:
    """Return what the rows are made from, to be compared."""
    return id(state.regions), are_listed(state), state.look.chosen


def _columns(regions: Regions, places: NDArray[np.intp]) -> Iterator[Column]:
    yield Column("Region", "Number of the region, in the order of their first pixels", places + 1)
    yield Column("Area px", "Pixels of the region", regions.areas[places])
    areas = regions.physical_areas
    if areas is not None:
        yield Column("Area µm²", "Area by the size of a pixel", areas[places], 2)
    rows, columns = regions.centroids[places].T
    yield Column("Centre x", "Mean x of its pixels, from 0 at the left", columns, 1)
    yield Column("Centre y", "Mean y of its pixels, from 0 at the top", rows, 1)
    major, minor = regions.axes[places].T
    yield Column("Major px", "Longer axis of the ellipse with the same moments", major, 1)
    yield Column("Minor px", "Shorter axis of the ellipse with the same moments", minor, 1)
    angles = regions.angles[places]
    yield Column("Angle °", "From the right, anticlockwise, to the longer axis", angles)
    for name, means in zip(regions.channel_names, regions.means[places].T, strict=True):
        yield Column(f"Mean {name}", f"Mean of {name} over its pixels", means, 2)
    top, left, bottom, right = regions.boxes[places].T
    yield Column("Left x", "Smallest x of its pixels", left)
    yield Column("Top y", "Smallest y of its pixels", top)
    yield Column("Width px", "Of its bounding box", right - left)
    yield Column("Height px", "Of its bounding box", bottom - top)
