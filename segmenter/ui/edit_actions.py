"""The commands that take changes back."""

from __future__ import annotations

from segmenter.app import reasons
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

EDIT_MENU = Menu(
    "&Edit",
    Action(
        "undo",
        "&Undo",
        "Take the last change of settings, names or colours back.",
        lambda window: window.session.undo_stack.undo(),
        Icon.UNDO,
        "Ctrl+Z",
        why_not=reasons.no_undo,
    ),
    Action(
        "redo",
        "&Redo",
        "Do again what was undone.",
        lambda window: window.session.undo_stack.redo(),
        Icon.REDO,
        "Ctrl+Shift+Z",
        why_not=reasons.no_redo,
    ),
    "-",
    Action(
        "reset-settings",
        "Reset &settings",
        "Put all settings to their defaults; undo brings them back.",
        lambda window: window.session.reset_settings(),
        Icon.RESET,
        why_not=reasons.no_changed_settings,
    ),
)
