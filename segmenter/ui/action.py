"""What a command and a menu are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from segmenter.app import reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.app.state import State
    from segmenter.ui.icons import Icon
    from segmenter.ui.main_window import MainWindow


@dataclass(frozen=True)
class Action:
    """One command.

    Parameters
    ----------
    text, tip
        What menus and tool tips say.
    run
        What it does to the window.
    why_not
        Says of a state why the command cannot be given; nothing where it can.
    checked
        A question to the state; None where there is nothing to tick.
    """

    id: str
    text: str
    tip: str
    run: Callable[[MainWindow], object]
    icon: Icon | None = None
    shortcut: str = ""
    why_not: Callable[[State], str] = reasons.nothing
    checked: Callable[[State], bool] | None = None


def tip_of(entry: Action, state: State) -> str:
    """Return what a command does, by which keys, and why it cannot be given if that is so."""
    keys = QKeySequence(entry.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    tip = f"{entry.tip[:-1]} ({keys})" if keys else entry.tip[:-1]
    return f"{tip}\n{entry.why_not(state)}".strip()


class Menu:
    """A menu of commands, '-' for a line, '@name' for a submenu that is filled on opening."""

    def __init__(self, title: str, *entries: Action | str) -> None:
        self.title = title
        self.entries = entries
