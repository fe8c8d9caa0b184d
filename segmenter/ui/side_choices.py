"""What is left and right of the divider: a list to choose from at the top of each side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QWidget

from segmenter.app.sides import K_MEANS, is_coming, is_divided, layers_of, name_of, obstacle_of
from segmenter.ui.editor import ignore_stray_wheel
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.sides import Layer, Sides
    from segmenter.app.state import State

MARGIN = 12
LEAST_WIDTH = 72  # less tells nothing
FRAME = 40  # px that a list takes beside its text
SIDE_NAMES = ("Left of the divider", "Right of the divider")


class SideChoices(QObject):
    """Two lists over the canvas, beside the upper end of the divider; hidden where there is none.

    What cannot be shown now is there, disabled, and says why.
    """

    def __init__(self, session: Session, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._session, self._canvas = session, canvas
        self._entries: list[tuple[Layer, str, str]] = []
        self.lists = tuple(self._made(side) for side in (0, 1))
        canvas.installEventFilter(self)
        session.changed.connect(self.show_state)
        self._show(session.state)

    def _made(self, side: int) -> QComboBox:
        made = QComboBox(self._canvas)
        made.setModel(QStandardItemModel(made))
        made.setCursor(Qt.CursorShape.ArrowCursor)
        made.setAccessibleName(SIDE_NAMES[side])
        made.setToolTip(f"What is {SIDE_NAMES[side].lower()} (up and down change it)")
        ignore_stray_wheel(made)
        made.activated.connect(partial(self._on_chosen, side))
        return made

    def _on_chosen(self, side: int, place: int) -> None:
        sides = with_side(self._session.state, side, self._entries[place][0])
        self._session.set_look(sides=sides)

    def show_state(self, before: State, after: State) -> None:
        """Show what can be chosen and what is."""
        if _asked(before) != _asked(after):
            self._show(after)

    def _show(self, state: State) -> None:
        is_wanted = is_divided(state)
        if is_wanted:
            self._fill(state)
            for side, each in zip(state.look.sides, self.lists, strict=True):
                each.setCurrentIndex([entry[0] for entry in self._entries].index(side))
        self._place()

    def _fill(self, state: State) -> None:
        entries = [
            (layer, _title(layer, state), obstacle_of(layer, state)) for layer in layers_of(state)
        ]
        if entries == self._entries:
            return
        self._entries = entries
        for each in self.lists:
            model = each.model()
            assert isinstance(model, QStandardItemModel)
            model.clear()
            for _, title, obstacle in entries:
                item = QStandardItem(title)
                item.setEnabled(not obstacle)
                item.setToolTip(plain_tip(obstacle) if obstacle else "")
                model.appendRow(item)
            # The list is as wide as what it says now, but opened every line can be read.
            lines = each.view()
            lines.setMinimumWidth(lines.sizeHintForColumn(0) + FRAME)

    def _place(self) -> None:
        """Put each list beside the divider, as wide as it wants to be if there is room."""
        look, width = self._session.state.look, self._canvas.width()
        is_wanted = is_divided(self._session.state)
        divider = round(look.divider * width)
        for side, each in enumerate(self.lists):
            room = (width - divider if side else divider) - 2 * MARGIN
            wanted = each.fontMetrics().horizontalAdvance(each.currentText()) + FRAME
            taken = min(wanted, room)
            left = divider + MARGIN if side else divider - MARGIN - taken
            each.setGeometry(QRect(left, MARGIN, taken, each.sizeHint().height()))
            has_room = is_wanted and room >= LEAST_WIDTH
            if each.hasFocus() and not has_room:
                self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            each.setVisible(has_room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside the divider when the canvas changes its size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


def with_side(state: State, side: int, layer: Layer) -> Sides:
    """Return the sides with another layer left (0) or right (1).

    Who asks for what the other side shows wants the two exchanged.
    """
    left, right = state.look.sides
    if layer == (left, right)[1 - side]:
        return right, left
    return (left, layer) if side else (layer, right)


def _title(layer: Layer, state: State) -> str:
    """Return a layer's name; what is not there yet has dots after it."""
    dots = " \N{HORIZONTAL ELLIPSIS}" if is_coming(layer, state) else ""
    return f"{name_of(layer, state)}{dots}"


def _asked(state: State) -> tuple[object, ...]:
    """Return what the lists are made from, to be compared."""
    look = state.look
    made_from = id(state.result), id(state.choices), id(state.previous), id(state.compared)
    is_named = is_divided(state), name_of(K_MEANS, state)
    return is_named, look.sides, look.divider, look.view, made_from
