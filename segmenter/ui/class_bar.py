"""The buttons under the table of classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from segmenter.app import class_commands
from segmenter.app.class_commands import obstacle
from segmenter.app.joining import can_join, can_separate
from segmenter.app.surgery import can_delete, can_freeze, can_move, can_split, is_frozen
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.app.session import Session
    from segmenter.app.state import State


class _Change(NamedTuple):
    """What a button says, when it can be pressed, and why it cannot where nothing else is wrong."""

    text: str
    tip: str
    can: Callable[[State], bool]
    otherwise: str


SPLIT = _Change(
    "Split",
    "Make two of this class; EM goes on from there (Shift+S)",
    can_split,
    "There are as many components as there may be.",
)
FREEZE = _Change(
    "Freeze",
    "Keep mean and spread of this class as they are; only its share changes (Shift+F)",
    can_freeze,
    "",
)
DELETE = _Change(
    "Delete",
    "Take this class away; its pixels go to the others (Delete)",
    can_delete,
    "It is the only class.",
)
JOIN = _Change(
    "Join",
    "Make one class of the selected (J)",
    can_join,
    "Select several classes, with Ctrl or Shift.",
)
SEPARATE = _Change(
    "Separate",
    "Make a class of every component (Shift+J)",
    can_separate,
    "Every selected class is one component.",
)
UP = _Change("Up", "Move up (Alt+Up)", partial(can_move, steps=-1), "It is the first class.")
DOWN = _Change("Down", "Move down (Alt+Down)", partial(can_move, steps=1), "It is the last class.")


class ClassBar(QWidget):
    """What can be done with the chosen class; a button that cannot be pressed says why."""

    rename_wanted = Signal()
    colour_wanted = Signal()
    only_wanted = Signal()
    all_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._changes: list[tuple[QToolButton, _Change]] = []
        move = class_commands.move_class
        self.up = self._arrow(UP, partial(move, session, -1))
        self.down = self._arrow(DOWN, partial(move, session, 1))
        self.split = self._change(SPLIT, partial(class_commands.split_class, session))
        self.freeze = self._change(FREEZE, partial(class_commands.freeze_class, session))
        self.delete = self._change(DELETE, partial(class_commands.delete_class, session))
        self.join = self._change(JOIN, session.join_classes)
        self.separate = self._change(SEPARATE, session.separate_classes)
        shown = (
            self._button("Rename", self.rename_wanted.emit, "Rename (F2)"),
            self._button("Colour", self.colour_wanted.emit, "Choose a colour"),
            self._button("Only", self.only_wanted.emit, "Show only this class"),
            self._button("All", self.all_wanted.emit, "Show all classes"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(0)
        column.addLayout(_row(shown, (self.up, self.down)))
        column.addLayout(_row((self.split, self.freeze, self.delete, self.join, self.separate)))
        session.changed.connect(self.show_state)
        self._tint()
        self.show_state(session.state, session.state)

    def _change(self, change: _Change, run: Callable[[], object]) -> QToolButton:
        button = self._button(change.text, run, change.tip)
        self._changes.append((button, change))
        return button

    def _arrow(self, change: _Change, run: Callable[[], object]) -> QToolButton:
        button = self._change(change, run)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        return button

    def _button(self, text: str, run: Callable[[], object], tip: str) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setText(text)
        button.setToolTip(tip)
        # Words alone: beside the icons they would make the panel wider than small windows allow.
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(_without_argument(run))
        return button

    def show_state(self, _: State, after: State) -> None:
        """Let those buttons be pressed that can change something now."""
        hindered = obstacle(after)
        for button, change in self._changes:
            can = change.can(after)
            button.setEnabled(can)
            button.setToolTip(
                change.tip if can else f"{change.tip}. {hindered or change.otherwise}"
            )
        is_held = is_frozen(after, after.look.chosen)
        self.freeze.setText("Let go" if is_held else "Freeze")

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "down"):
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.up.setIcon(Icon.UP.tinted(self.palette()))
        self.down.setIcon(Icon.DOWN.tinted(self.palette()))


def _without_argument(run: Callable[[], object]) -> Callable[[bool], None]:
    """Return a slot of ``clicked`` that knows nothing of being checked."""

    def clicked(_: bool) -> None:
        run()

    return clicked


def _row(buttons: tuple[QToolButton, ...], last: tuple[QToolButton, ...] = ()) -> QHBoxLayout:
    """Return a row of buttons, with some of them at its far end."""
    row = QHBoxLayout()
    row.setSpacing(0)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    for button in last:
        row.addWidget(button)
    return row
