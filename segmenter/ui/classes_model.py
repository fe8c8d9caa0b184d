"""The classes as rows of a table: what Qt's view asks, answered from the session's state."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from segmenter.app.area_words import area_lines, area_tip
from segmenter.app.class_commands import restyle_class
from segmenter.app.classes import classes_of
from segmenter.app.state import coming_mixture
from segmenter.app.surgery import frozen_part, is_frozen
from segmenter.engine.number_words import grouped, percent
from segmenter.engine.settings import Covariance
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.cleanup import Cleaned
    from segmenter.engine.styles import ClassStyle

    Index = QModelIndex | QPersistentModelIndex

Role = Qt.ItemDataRole
FROZEN = Role.UserRole
"""Whether EM leaves the class as it is."""
NOTHING = "\N{EN DASH}"


class Column(IntEnum):
    """The columns from left to right."""

    VISIBLE = 0
    COLOUR = 1
    NAME = 2
    SHARE = 3
    HERE = 4


HEADERS = {
    Column.VISIBLE: "",
    Column.COLOUR: "",
    Column.NAME: "Name",
    Column.SHARE: "Share",
    Column.HERE: "Here",
}
TIPS = {
    Column.VISIBLE: "Show or hide (V)",
    Column.COLOUR: "Choose a colour",
    Column.NAME: "Rename (F2)",
    Column.SHARE: "Part of the pixels with data",
    Column.HERE: "Probability of the class at the pixel under the pointer",
}
HELD = "Frozen: EM leaves its mean and spread as they are; only its share changes"
HELD_TIED = (
    "Frozen: EM leaves its mean as it is; its share changes, and so does the spread, which all "
    "classes have in common (tied)"
)
NUMBERING = "Classes are numbered from dark to bright"


class ClassesModel(QAbstractTableModel):
    """One row per class; edits go to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._counts = _counts(session.state)
        self._place: tuple[int, int] | None = None
        self._here: NDArray[np.float32] | None = None
        session.changed.connect(self.show_state)

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Tell the view what differs."""
        is_other = before.result is not after.result or _is_coming(before) != _is_coming(after)
        if is_other:
            self._counts = _counts(after)
            self._look_at(self._place if before.image is after.image else None)
        were, are = classes_of(before), classes_of(after)
        if len(were) != len(are):
            self.beginResetModel()
            self.endResetModel()
        elif (
            were != are
            or is_other
            or before.inputs is not after.inputs
            or before.progress is not after.progress
        ):
            last = self.index(self.rowCount() - 1, Column.HERE)
            self.dataChanged.emit(self.index(0, 0), last)

    def show_pixel(self, place: tuple[int, int] | None) -> None:
        """Show how probable every class is at (row, column), or nowhere."""
        self._look_at(place)
        last = self.index(self.rowCount() - 1, Column.HERE)
        self.dataChanged.emit(self.index(0, Column.HERE), last)

    def _look_at(self, place: tuple[int, int] | None) -> None:
        state = self._session.state
        self._place, self._here = place, None
        # While a preview is shown the probabilities are those of another result.
        if place is not None and state.result is not None and not _is_coming(state):
            self._here = state.result.probabilities_at(*place)

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of classes."""
        return 0 if parent is not None and parent.isValid() else len(self._classes)

    def columnCount(self, parent: Index | None = None) -> int:
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:  # noqa: ANN401 - Qt's signature
        """Return the title of a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Role.TextAlignmentRole:
            return _alignment(Column(section))
        if role == Role.ToolTipRole:
            return NUMBERING if section in {Column.COLOUR, Column.NAME} else TIPS[Column(section)]
        return HEADERS[Column(section)] if role == Role.DisplayRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - as Qt's
        """Return what the view shows of a cell."""
        column = Column(index.column())
        style = self._classes[index.row()]
        if role in {Role.DisplayRole, Role.EditRole, Role.AccessibleTextRole}:
            return self._text(column, index.row(), role)
        if role == Role.DecorationRole and column is Column.COLOUR:
            return QColor(*style.colour)
        if role == Role.CheckStateRole and column is Column.VISIBLE:
            return Qt.CheckState.Checked if style.visible else Qt.CheckState.Unchecked
        if role == Role.TextAlignmentRole:
            return _alignment(column)
        if role == FROZEN:
            return self._is_frozen(index.row())
        return self._tip(column, index.row()) if role == Role.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Names can be edited, rows be dragged between each other."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        flags = (
            Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        )
        if index.column() == Column.NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows are moved, not copied."""
        return Qt.DropAction.MoveAction

    # ---- From the user --------------------------------------------------------------------

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Rename a class."""
        name = str(value).strip()
        if role != Role.EditRole or not name:
            return False
        restyle_class(self._session, index.row() + 1, f"Rename to {name}", name=name)
        return True

    def recolour(self, row: int, colour: QColor) -> None:
        """Give a class another colour."""
        parts = (colour.red(), colour.green(), colour.blue())
        text = f"Colour of {self._classes[row].name}"
        restyle_class(self._session, row + 1, text, colour=parts)

    @property
    def _classes(self) -> tuple[ClassStyle, ...]:
        return classes_of(self._session.state)

    def _is_frozen(self, row: int) -> bool:
        held, _ = frozen_part(self._session.state, row + 1)
        return held > 0

    def _frozen_words(self, row: int) -> str:
        held, count = frozen_part(self._session.state, row + 1)
        return "frozen" if held == count else f"frozen in {held} of {count} components"

    def _held(self, row: int) -> str:
        if not is_frozen(self._session.state, row + 1):
            return f"{self._frozen_words(row).capitalize()}: EM leaves those as they are"
        is_tied = self._session.state.inputs.settings.covariance is Covariance.TIED
        return HELD_TIED if is_tied else HELD

    def _text(self, column: Column, row: int, role: int) -> str:
        style = self._classes[row]
        if column is Column.VISIBLE:
            is_spoken = role == Role.AccessibleTextRole
            return ("shown" if style.visible else "hidden") if is_spoken else ""
        if column is Column.COLOUR:
            return str(row + 1)
        if column is Column.NAME:
            is_spoken = role == Role.AccessibleTextRole and self._is_frozen(row)
            return f"{style.name}, {self._frozen_words(row)}" if is_spoken else style.name
        return self._share(row) if column is Column.SHARE else self._probability(row)

    def _share(self, row: int) -> str:
        coming = coming_mixture(self._session.state)
        if coming is not None:
            return f"~{percent(coming.shares[row])}" if row < coming.class_count else NOTHING
        if self._counts is None or row >= len(self._counts):
            return NOTHING
        return percent(int(self._counts[row]) / max(1, int(self._counts.sum())))

    def _probability(self, row: int) -> str:
        if self._here is None or row >= len(self._here):
            return NOTHING
        return percent(self._here[row])

    def _tip(self, column: Column, row: int) -> str:
        if column is Column.NAME:
            name = f"{plain_tip(self._classes[row].name)}<br>{TIPS[column]}"
            return f"{name}<br>{self._held(row)}" if self._is_frozen(row) else name
        if column is Column.SHARE and _is_coming(self._session.state):
            return "Expected share, while the run goes on"
        state, result = self._session.state, self._session.state.result
        lines = area_lines(state, row + 1) if column is Column.SHARE else ()
        if not lines or result is None:
            return TIPS[column]
        cleaned = () if result.cleaned is None else (_cleaned_words(result.cleaned, row),)
        return "\n".join((*lines, *cleaned, area_tip(state, row + 1)))


def _cleaned_words(cleaned: Cleaned, row: int) -> str:
    regions, before = cleaned.regions_after[row], cleaned.regions_before[row]
    was = grouped(cleaned.pixels_before[row])
    words = "1 region" if regions == 1 else f"{grouped(regions)} regions"
    return f"{words}; before clean-up {was} px in {grouped(before)}"


def _counts(state: State) -> NDArray[np.int64] | None:
    return None if state.result is None else state.result.pixel_counts


def _is_coming(state: State) -> bool:
    return coming_mixture(state) is not None


def _alignment(column: Column) -> Qt.AlignmentFlag:
    """Numbers stand under each other by their last digit."""
    side = Qt.AlignmentFlag.AlignRight if column >= Column.SHARE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
