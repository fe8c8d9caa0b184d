"""A small picture of what every number of components gives, to look through and to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPalette, QPen, qRgba
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from segmenter.app.choices import (
    OTHER_SETTINGS,
    best_counts,
    choices_fit,
    chosen_count,
    describe_candidate,
)
from segmenter.engine.overlay import colour_table
from segmenter.engine.styles import fitted_classes
from segmenter.ui.patches import indexed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QModelIndex, QPersistentModelIndex
    from PySide6.QtGui import QResizeEvent

    from segmenter.app.choices import Choices
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.styles import ClassStyle

    Index = QModelIndex | QPersistentModelIndex

SMALLEST, LARGEST = 24, 96  # px, the longer side of a picture
PADDING = 4
FRAME = 2
FAINT = 0.4  # opacity of what cannot be taken
BEST_BY_BIC, BEST_BY_ICL = "\N{BLACK CIRCLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
TAKEN = "\N{CHECK MARK}"
HIGH = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
CELL = Qt.ItemDataRole.UserRole


class Cell(NamedTuple):
    """What is painted of one candidate; there is no picture until it is made."""

    picture: QImage | None
    is_taken: bool


class CandidateRow(QListWidget):
    """The candidates side by side; a click, or Return on the one that arrow keys led to, takes it.

    The one that is taken has a frame, a tick and bold figures.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._taken: int | None = None
        self.picture_size = QSize(SMALLEST, SMALLEST)
        self.setAccessibleName("Numbers of components")
        self.setAccessibleDescription("Left and right go through them, Return takes one.")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setItemDelegate(_CellPainter(self))
        self.setMinimumHeight(SMALLEST + self._beside_picture())
        self.setMaximumHeight(LARGEST + self._beside_picture())
        self.itemClicked.connect(self._take)
        self.itemActivated.connect(self._take)
        self._show(session.state)
        session.changed.connect(self.show_state)

    @property
    def picture_side(self) -> int:
        """How long the longer side of a picture may be at this height, in pixels."""
        return min(max(self.height() - self._beside_picture(), SMALLEST), LARGEST)

    def width_of(self, place: int) -> int:
        """Return the width of a candidate, in pixels: all have the width of the row together."""
        count, room = max(self.count(), 1), self.viewport().width()
        width = room * (place + 1) // count - room * place // count
        return max(width, SMALLEST)

    def _beside_picture(self) -> int:
        """Return what the words need of the height."""
        return QFontMetrics(self.font()).height() + 4 * PADDING

    def show_state(self, before: State, after: State) -> None:
        """Show the candidates, their pictures and which is taken, where they differ."""
        if _shown_of(before) != _shown_of(after):
            self._show(after)

    def _show(self, state: State) -> None:
        choices, count = state.choices, chosen_count(state)
        candidates = () if choices is None else choices.candidates
        is_other = self.count() != len(candidates)
        if is_other:
            self.clear()
            self.addItems([""] * len(candidates))
        if choices is not None:
            for place in range(len(candidates)):
                self._show_one(self.item(place), place, state)
            self._fit_pictures(choices)
        numbers = [len(candidate.mixture) for candidate in candidates]
        # Where keys have led to stays, until another one is taken.
        if count in numbers and (is_other or count != self._taken):
            self.setCurrentRow(numbers.index(count))
        self._taken = count

    def _show_one(self, item: QListWidgetItem, place: int, state: State) -> None:
        choices, pictures = state.choices, state.pictures
        assert choices is not None
        number = len(choices.candidates[place].mixture)
        is_taken = number == chosen_count(state)
        picture = None
        if pictures is not None and pictures.choices is choices:
            picture = _painted(pictures.maps[place], fitted_classes(state.inputs.classes, number))
        item.setData(CELL, Cell(picture, is_taken))
        item.setText(" ".join((*([TAKEN] * is_taken), str(number), *_marks(choices, number))))
        words = describe_candidate(choices, choices.candidates[place])
        flags = item.flags() | Qt.ItemFlag.ItemIsEnabled
        if not choices_fit(state):
            words = f"{words}\n{OTHER_SETTINGS}"
            flags &= ~Qt.ItemFlag.ItemIsEnabled
        item.setFlags(flags)
        item.setToolTip(words)
        spoken = words.replace("\n", ", ")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, "taken, " * is_taken + spoken)

    def _take(self, item: QListWidgetItem) -> None:
        choices = self._session.state.choices
        # Return is heard on what is disabled, too.
        if choices is not None and choices_fit(self._session.state):
            self._session.choose_components(len(choices.candidates[self.row(item)].mixture))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the pictures as large as there is room."""
        super().resizeEvent(event)
        choices = self._session.state.choices
        if choices is not None:
            self._fit_pictures(choices)
            self.scrollToItem(self.currentItem())

    def _fit_pictures(self, choices: Choices) -> None:
        room = QSize(self.width_of(0) - 2 * PADDING, self.picture_side)
        self.picture_size = _fitting(choices.shape, room)
        self.doItemsLayout()


class _CellPainter(QStyledItemDelegate):
    """Paints a picture with its number below."""

    def __init__(self, row: CandidateRow) -> None:
        super().__init__(row)
        self._row = row

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room for a picture and the words below."""
        height = self._row.picture_side + QFontMetrics(_bold(option.font)).height()
        return QSize(self._row.width_of(index.row()), height + 3 * PADDING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the picture, a frame around it if it is taken, and a ground if keys go to it."""
        cell: Cell = index.data(CELL)
        palette, room = self._row.palette(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._row.hasFocus() and index.row() == self._row.currentRow():
            painter.fillRect(room, palette.color(QPalette.ColorRole.Highlight))
            ink = palette.color(QPalette.ColorRole.HighlightedText)
        else:
            ink = palette.color(QPalette.ColorRole.WindowText)
        place = QRect(QPoint(0, 0), self._row.picture_size)
        place.moveCenter(room.center())
        place.moveTop(room.top() + PADDING + (self._row.picture_side - place.height()) // 2)
        if not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            painter.setOpacity(FAINT)
        if cell.picture is not None:
            painter.drawImage(place, cell.picture)
        painter.setPen(QPen(ink, FRAME))
        if cell.is_taken:
            painter.drawRect(place.adjusted(-1, -1, 1, 1))
            painter.setFont(_bold(option.font))
        words = QRect(room).adjusted(0, self._row.picture_side + 2 * PADDING, 0, 0)
        text = index.data()
        if painter.fontMetrics().horizontalAdvance(text) > room.width():
            text = text.replace(" ", "")
        painter.drawText(words, HIGH | Qt.TextFlag.TextDontClip, text)
        painter.restore()


def _marks(choices: Choices, number: int) -> list[str]:
    """Return the symbols of the criteria that speak for a number, as the plot has them."""
    by_bic, by_icl = best_counts(choices)
    marks = (BEST_BY_BIC, by_bic), (BEST_BY_ICL, by_icl)
    return [mark for mark, best in marks if best == number]


def _fitting(shape: tuple[int, int], room: QSize) -> QSize:
    """Return the size of a picture of an image of (rows, columns) in a square within `room`."""
    rows, columns = shape
    side, longer = min(room.width(), room.height()), max(rows, columns)
    return QSize(max(1, side * columns // longer), max(1, side * rows // longer))


def _painted(labels: NDArray[np.uint8], classes: tuple[ClassStyle, ...]) -> QImage:
    """Return a label map in the colours of its classes."""
    picture = indexed(labels)
    rows = colour_table(classes, 1.0).tolist()
    picture.setColorTable([qRgba(*row) for row in rows])
    return picture.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def _bold(font: QFont) -> QFont:
    made = QFont(font)
    made.setBold(True)
    return made


def _shown_of(state: State) -> tuple[object, ...]:
    """Return what the row is made from, to be compared."""
    made_from = id(state.choices), id(state.pictures)
    return *made_from, choices_fit(state), chosen_count(state), state.inputs.classes
