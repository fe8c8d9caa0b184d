"""The buttons under the table of classes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from segmenter.app import class_commands
from segmenter.app.surgery import is_frozen
from segmenter.ui.action import tip_of
from segmenter.ui.actions import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.app.session import Session
    from segmenter.app.state import State


class ClassBar(QWidget):
    """What can be done with the chosen class; a button that cannot be pressed says why."""

    rename_wanted = Signal()
    colour_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._changes: dict[str, QToolButton] = {}
        self._words: dict[str, QToolButton] = {}
        # Tab goes through the buttons in the order in which they are made.
        words = (
            self._in_words("rename-class", "Rename", self.rename_wanted.emit),
            self._in_words("recolour-class", "Colour", self.colour_wanted.emit),
            self._in_words("only-class", "Only", self._show_only),
            self._in_words("all-classes", "All", partial(class_commands.show_only, session, 0)),
        )
        move = class_commands.move_class
        self.split = self._change("split-class", partial(class_commands.split_class, session))
        self.freeze = self._change("freeze-class", partial(class_commands.freeze_class, session))
        self.delete = self._change("delete-class", partial(class_commands.delete_class, session))
        self.join = self._change("join-classes", session.join_classes)
        self.separate = self._change("separate-classes", session.separate_classes)
        self.up = self._change("move-class-up", partial(move, session, -1))
        self.down = self._change("move-class-down", partial(move, session, 1))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 6)
        column.setSpacing(0)
        column.addLayout(_row(words))
        column.addLayout(_row(tuple(self._changes.values())))
        session.changed.connect(self.show_state)
        for name, button in self._changes.items():
            icon = BY_ID[name].icon
            assert icon is not None
            button.setIcon(icon.icon())
        self.show_state(session.state, session.state)

    def _change(self, name: str, run: Callable[[], object]) -> QToolButton:
        """Make the button of a command: its picture, whose tip says the rest."""
        button = self._button(BY_ID[name].text.replace("&", ""), run)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setCheckable(BY_ID[name].checked is not None)
        self._changes[name] = button
        return button

    def _in_words(self, name: str, word: str, run: Callable[[], object]) -> QToolButton:
        """Make the button of a command: a word, whose tip says the rest."""
        self._words[name] = self._button(word, run)
        self._words[name].setAutoRaise(False)
        return self._words[name]

    def _button(self, text: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setText(text)
        # Words or pictures: both would make the panel wider than small windows allow.
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(_without_argument(run))
        return button

    def _show_only(self) -> None:
        class_commands.show_only(self._session, self._session.state.look.chosen)

    def show_state(self, _: State, after: State) -> None:
        """Let those buttons be pressed that can change something now."""
        for name, button in (*self._changes.items(), *self._words.items()):
            button.setEnabled(not BY_ID[name].why_not(after))
            button.setToolTip(tip_of(BY_ID[name], after))
        self.freeze.setChecked(is_frozen(after, after.look.chosen))


def _without_argument(run: Callable[[], object]) -> Callable[[bool], None]:
    """Return a slot of ``clicked`` that knows nothing of being checked."""

    def clicked(_: bool) -> None:
        run()

    return clicked


def _row(buttons: tuple[QToolButton, ...]) -> QHBoxLayout:
    """Return a row of buttons."""
    row = QHBoxLayout()
    row.setSpacing(0)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row
