"""The `ACTIONS` table as live `QAction`s that follow the state."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence

from segmenter.ui.action import Action, tip_of
from segmenter.ui.actions import ACTIONS

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from segmenter.app.state import State
    from segmenter.ui.action import Menu
    from segmenter.ui.main_window import MainWindow


class CommandSet:
    """All `QAction`s of a window by the id of their row in the table."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.by_id = {entry.id: self._made(entry) for entry in ACTIONS}

    def _made(self, entry: Action) -> QAction:
        action = QAction(entry.text, self._window)
        action.setObjectName(entry.id)
        if entry.icon is not None:
            action.setIcon(entry.icon.icon())
        # What follows 'Undo' changes; buttons keep their width.
        action.setIconText(entry.text.replace("&", "").removesuffix("…"))
        action.setCheckable(entry.checked is not None)
        action.triggered.connect(partial(self._run, entry))
        if entry.shortcut:
            action.setShortcut(QKeySequence(entry.shortcut))
        self._window.addAction(action)
        return action

    def of(self, menu: Menu) -> list[QAction | None]:
        """Return the commands of a menu; None is a line between them."""
        return [
            self.by_id[entry.id] if isinstance(entry, Action) else None for entry in menu.entries
        ]

    def _run(self, entry: Action) -> None:
        entry.run(self._window)
        # A click has ticked or unticked it already; the state alone decides.
        self._show_one(entry, self._window.session.state)

    def show_state(self, state: State) -> None:
        """Enable and tick what the state allows and is; the tips of the others say why."""
        for entry in ACTIONS:
            self._show_one(entry, state)
        self.by_id["undo"].setText(f"&Undo {state.undo_text}".strip())
        self.by_id["redo"].setText(f"&Redo {state.redo_text}".strip())
        play = "&Pause" if state.playing else "&Play"
        self.by_id["play"].setText(play)
        self.by_id["play"].setIconText(play.removeprefix("&"))

    def _show_one(self, entry: Action, state: State) -> None:
        action = self.by_id[entry.id]
        action.setEnabled(not entry.why_not(state))
        action.setToolTip(tip_of(entry, state))
        if entry.checked is not None:
            action.setChecked(entry.checked(state))

    def why_not(self, event: QKeyEvent, state: State) -> str:
        """Say why the command of the keys that are pressed cannot be given; else nothing."""
        # Esc lets go of other things where there is no run to stop.
        if event.key() == Qt.Key.Key_Escape:
            return ""
        pressed = QKeySequence(event.keyCombination())
        return next((e.why_not(state) for e in ACTIONS if QKeySequence(e.shortcut) == pressed), "")
