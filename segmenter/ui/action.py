"""What a command and a menu are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.app.state import State
    from segmenter.ui.icons import Icon
    from segmenter.ui.main_window import MainWindow


def always(_: State) -> bool:
    """Answer yes, whatever the state."""
    return True


@dataclass(frozen=True)
class Action:
    """One command.

    Parameters
    ----------
    text, tip
        What menus and tool tips say.
    run
        What it does to the window.
    enabled, checked
        Questions to the state; ``checked`` is None where there is nothing to tick.
    """

    id: str
    text: str
    tip: str
    run: Callable[[MainWindow], object]
    icon: Icon | None = None
    shortcut: str = ""
    enabled: Callable[[State], bool] = always
    checked: Callable[[State], bool] | None = None


class Menu(NamedTuple):
    """A menu: ids of actions, '-' for a line, '@name' for a submenu that is filled on opening."""

    title: str
    entries: tuple[str, ...]
