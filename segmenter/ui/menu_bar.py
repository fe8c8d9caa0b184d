"""The menus as the window shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.ui.action import Action
from segmenter.ui.actions import MENUS
from segmenter.ui.submenus import add_submenu

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from segmenter.ui.main_window import MainWindow


def fill_menu_bar(window: MainWindow) -> None:
    """Put all menus with their commands and submenus into the menu bar."""
    for entry in MENUS:
        menu = window.menuBar().addMenu(entry.title)
        menu.setToolTipsVisible(True)
        for part in entry.entries:
            _add(menu, part, window)


def _add(menu: QMenu, part: Action | str, window: MainWindow) -> None:
    if isinstance(part, Action):
        menu.addAction(window.commands.by_id[part.id])
    elif part == "-":
        menu.addSeparator()
    else:
        add_submenu(menu, part, window)
