"""The commands for scribbling."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segmenter.app import reasons
from segmenter.app.state import Tool
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from segmenter.ui.main_window import MainWindow


def _take(tool: Tool, window: MainWindow) -> None:
    window.session.take(tool)
    # Digits now mean classes, whatever field had the focus.
    window.canvas.setFocus()


def _tool_action(tool: Tool, text: str, icon: Icon, shortcut: str, tip: str) -> Action:
    return Action(
        tool.value,
        text,
        tip,
        partial(_take, tool),
        icon,
        shortcut,
        why_not=reasons.no_image,
        checked=lambda state: state.hand.tool is tool,
    )


def _size_action(name: str, text: str, icon: Icon, shortcut: str, steps: int) -> Action:
    return Action(
        name,
        text,
        f"{text.replace('&', '')}, in pixels of the image.",
        lambda window: window.session.change_brush_size(steps),
        icon,
        shortcut,
        why_not=reasons.no_tool,
    )


SCRIBBLE_MENU = Menu(
    "&Scribble",
    _tool_action(
        Tool.MOVE, "&Move", Icon.MOVE, "V", "Drag the image; lay brush and eraser down (Esc, too)."
    ),
    _tool_action(
        Tool.BRUSH,
        "&Brush",
        Icon.BRUSH,
        "B",
        "Scribble which pixels are of the chosen class; right button erases, Shift draws straight.",
    ),
    _tool_action(Tool.ERASER, "&Eraser", Icon.ERASER, "E", "Take scribbles away."),
    "-",
    _size_action("brush-smaller", "&Smaller brush", Icon.BRUSH_SMALLER, "[", -1),
    _size_action("brush-larger", "&Larger brush", Icon.BRUSH_LARGER, "]", 1),
    "-",
    Action(
        "clear-scribbles",
        "&Clear scribbles",
        "Take all scribbles away; undo brings them back.",
        lambda window: window.session.clear_scribbles(),
        Icon.CLEAR,
        "Ctrl+Shift+X",
        why_not=reasons.no_scribbles,
    ),
)
