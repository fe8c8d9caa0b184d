"""Every command of the window in one table, put together from the menus.

The menus, the toolbar, the shortcuts and their page in the help all come from here.
"""

from __future__ import annotations

from segmenter.ui.action import Action
from segmenter.ui.batch_actions import BATCH_MENU
from segmenter.ui.class_actions import CLASS_CHOICES, CLASS_MENU
from segmenter.ui.edit_actions import EDIT_MENU
from segmenter.ui.file_actions import FILE_MENU
from segmenter.ui.help_actions import HELP_MENU
from segmenter.ui.run_actions import RUN_MENU
from segmenter.ui.scribble_actions import SCRIBBLE_MENU
from segmenter.ui.view_actions import PLOTS_BESIDE, VIEW_MENU

MENUS = (
    FILE_MENU,
    EDIT_MENU,
    CLASS_MENU,
    SCRIBBLE_MENU,
    RUN_MENU,
    VIEW_MENU,
    BATCH_MENU,
    HELP_MENU,
)

ACTIONS: tuple[Action, ...] = (
    *(entry for menu in MENUS for entry in menu.entries if isinstance(entry, Action)),
    *CLASS_CHOICES,
    *PLOTS_BESIDE,
)

BY_ID = {entry.id: entry for entry in ACTIONS}

TOOLBAR = (
    "open",
    "export",
    "-",
    "undo",
    "redo",
    "-",
    "run",
    "step",
    "stop",
    "-",
    "brush",
    "eraser",
)
