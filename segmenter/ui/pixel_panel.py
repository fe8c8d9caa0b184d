"""Why the pinned pixel has its class: bars of probability, distances, and a few sentences."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segmenter.app.classes import classes_of
from segmenter.app.explained import is_explained
from segmenter.app.pixel_words import (
    HOW_COUNTED,
    HOW_DECIDED,
    NOTABLE,
    deviations,
    pixel_sentences,
    place_words,
)
from segmenter.app.reasons import why_past
from segmenter.ui import theme
from segmenter.ui.classes_table import SwatchDelegate
from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_label

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.explanation import Explanation
    from segmenter.engine.styles import ClassStyle

ROW_HEIGHT, BAR_HEIGHT, PADDING = 24, 8, 24
NOTHING = "\N{EN DASH}"
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Role = Qt.ItemDataRole


class Column(IntEnum):
    """The columns from left to right."""

    CLASS = 0
    BAR = 1
    PROBABILITY = 2
    ALONE = 3
    DISTANCE = 4


HEADERS = ("", "Name", "Here", "Alone", "Away")
TIPS = {
    Column.BAR: "Probability of the class at this pixel",
    Column.PROBABILITY: "Probability of the class at this pixel",
    Column.ALONE: "Probability by the pixel's values alone, without neighbours and scribbles",
    Column.DISTANCE: HOW_COUNTED,
}


class BarDelegate(QStyledItemDelegate):
    """Paints a class's name over a bar as long as the class is probable."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the bar under the name."""
        share, colour = float(index.data(Role.UserRole)), QColor(index.data(Role.DecorationRole))
        area = QRectF(option.rect).adjusted(4, 0, -4, 0)
        track = QRectF(area.left(), area.bottom() - BAR_HEIGHT + 2, area.width(), BAR_HEIGHT - 4)
        bar = QRectF(track.topLeft(), track.size())
        bar.setWidth(track.width() * share)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for where, brush in ((track, option.palette.midlight()), (bar, colour)):
            painter.setBrush(brush)
            painter.drawRoundedRect(where, 2, 2)
        painter.setPen(option.palette.text().color())
        words = area.adjusted(0, 0, 0, -BAR_HEIGHT + 4)
        name = option.fontMetrics.elidedText(
            index.data(), Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()


class PixelPanel(QWidget):
    """Shows the explanation of the pinned pixel while there is one, and takes the pin away."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._head = self._made_head()
        self.table = self._made_table()
        self.words = plain_label()
        self.words.setWordWrap(True)
        self.words.setContentsMargins(10, 4, 8, 8)
        self.words.setToolTip(HOW_DECIDED)
        self.words.setAccessibleName("Why the pixel has its class")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)
        # Takes what the table would, as long as there is none.
        column.addStretch(0)
        self.unpin.setIcon(Icon.CLOSE.icon())
        session.changed.connect(self.show_state)
        self._show(session.state)

    def _made_head(self) -> QWidget:
        """Make the line that says which pixel is pinned."""
        self.place = plain_label("", "heading")
        self.unpin = QToolButton(self)
        self.unpin.setAutoRaise(True)
        self.unpin.setToolTip("Unpin (Esc). Shift and arrow keys move the pin.")
        self.unpin.setAccessibleName("Unpin")
        self.unpin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unpin.clicked.connect(self._on_unpin)
        head = QWidget(self)
        row = QHBoxLayout(head)
        row.setContentsMargins(10, 0, 8, 0)
        row.addWidget(self.place, 1)
        row.addWidget(self.unpin)
        return head

    def _made_table(self) -> QTableWidget:
        table = QTableWidget(0, len(Column), self)
        for place in Column:
            title = QTableWidgetItem(HEADERS[place])
            title.setToolTip(TIPS.get(place, ""))
            title.setTextAlignment(RIGHT if place > Column.BAR else LEFT)
            table.setHorizontalHeaderItem(place, title)
        table.setAccessibleName("Classes at this pixel")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTabKeyNavigation(False)
        table.setItemDelegateForColumn(Column.CLASS, SwatchDelegate(self._session, table))
        table.setItemDelegateForColumn(Column.BAR, BarDelegate(table))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(Column.BAR, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(Column.CLASS, 36)
        theme.use_tabular_figures(table)
        for number in (Column.PROBABILITY, Column.ALONE, Column.DISTANCE):
            header.resizeSection(number, table.fontMetrics().horizontalAdvance("100.0%") + PADDING)
        return table

    def sizeHint(self) -> QSize:
        """Ask for the width of a panel."""
        return QSize(280, 240)

    # ---- From the user --------------------------------------------------------------------

    def _on_unpin(self) -> None:
        self._session.set_look(pinned=None)

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Show what differs."""
        if _shown(before) != _shown(after):
            self._show(after)

    def _show(self, state: State) -> None:
        self.setVisible(state.look.pinned is not None)
        self.place.setText(place_words(state))
        self.words.setText("\n".join(pixel_sentences(state)))
        made = state.explanation
        self.table.setVisible(made is not None and is_explained(state))
        if made is not None and is_explained(state):
            self._fill(made, classes_of(state))
        theme.dim(self.table, bool(why_past(state)))

    def _fill(self, made: Explanation, classes: tuple[ClassStyle, ...]) -> None:
        self.table.setRowCount(len(made.plain))
        for row, style in enumerate(classes[: len(made.plain)]):
            for column, text in zip(Column, _texts(made, row, style), strict=True):
                item = QTableWidgetItem(text)
                item.setData(Role.DecorationRole, _colour(column, style))
                item.setData(Role.UserRole, float(made.probabilities[row]))
                item.setToolTip(TIPS.get(column, ""))
                if column > Column.BAR:
                    item.setTextAlignment(RIGHT)
                self.table.setItem(row, column, item)
        is_otherwise = np.abs(made.plain - made.probabilities).max() >= NOTABLE
        self.table.setColumnHidden(Column.ALONE, not is_otherwise)

    # ---- Qt -------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "words"):
            theme.dim(self.table, bool(why_past(self._session.state)))
        super().changeEvent(event)


def _texts(made: Explanation, row: int, style: ClassStyle) -> tuple[str, str, str, str, str]:
    distance = made.distances[row]
    away = NOTHING if np.isnan(distance) else deviations(distance)
    likely, alone = made.probabilities[row], made.plain[row]
    return str(row + 1), style.name, f"{likely:.1%}", f"{alone:.1%}", away


def _colour(column: Column, style: ClassStyle) -> QColor | None:
    return QColor(*style.colour) if column <= Column.BAR else None


def _shown(state: State) -> tuple[object, ...]:
    """Return what decides what is shown, to be compared."""
    made = state.explanation, id(state.result), why_past(state)
    return state.look.pinned, *made, classes_of(state)
