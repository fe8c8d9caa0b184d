"""Every command of the window in one table, and the menus made of it.

The menus, the toolbar, the shortcuts and their page in the help all come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING, NamedTuple

from segmenter.app.joining import can_join, can_separate
from segmenter.app.state import (
    Layer,
    State,
    Tool,
    can_draw,
    can_export,
    can_run,
    class_count,
    has_scribbles,
    is_running,
)
from segmenter.engine.overlay import View
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.ui.main_window import MainWindow


def _always(_: State) -> bool:
    return True


def _has_result(state: State) -> bool:
    return state.result is not None


def _compare(window: MainWindow) -> None:
    is_comparing = window.session.state.look.sides is not None
    window.session.set_look(sides=None if is_comparing else (Layer.EM, Layer.K_MEANS))


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
    enabled: Callable[[State], bool] = _always
    checked: Callable[[State], bool] | None = None


class Menu(NamedTuple):
    """A menu: ids of actions, '-' for a line, '@name' for a submenu that is filled on opening."""

    title: str
    entries: tuple[str, ...]


def _view_action(view: View, icon: Icon, shortcut: str, tip: str) -> Action:
    return Action(
        f"view-{view.name.lower().replace('_', '-')}",
        view.value,
        tip,
        lambda window: window.session.set_look(view=view),
        icon,
        shortcut,
        enabled=can_run,
        checked=lambda state: state.look.view is view,
    )


def _tool_action(tool: Tool, text: str, icon: Icon, shortcut: str, tip: str) -> Action:
    return Action(
        tool.value,
        text,
        tip,
        lambda window: window.session.take(tool),
        icon,
        shortcut,
        enabled=can_run,
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
        enabled=can_draw,
    )


def _has_class(number: int, state: State) -> bool:
    return number <= class_count(state)


def _is_chosen(number: int, state: State) -> bool:
    return number == state.look.chosen


def _class_action(number: int) -> Action:
    return Action(
        f"class-{number}",
        f"Class {number}",
        f"Choose class {number}: its soft mask is shown, the brush draws it.",
        lambda window: window.session.set_look(chosen=number),
        shortcut=str(number),
        enabled=partial(_has_class, number),
        checked=partial(_is_chosen, number),
    )


ACTIONS: tuple[Action, ...] = (
    Action("open", "&Open…", "Open an image.", methodcaller("choose_image"), Icon.OPEN, "Ctrl+O"),
    Action(
        "export",
        "&Export…",
        "Write masks, tables and overlays.",
        methodcaller("open_export"),
        Icon.EXPORT,
        "Ctrl+E",
        enabled=can_export,
    ),
    Action("quit", "&Quit", "Close Segmenter.", methodcaller("close"), Icon.QUIT, "Ctrl+Q"),
    Action(
        "undo",
        "&Undo",
        "Take the last change of settings, names or colours back.",
        lambda window: window.session.undo_stack.undo(),
        Icon.UNDO,
        "Ctrl+Z",
        enabled=lambda state: bool(state.undo_text),
    ),
    Action(
        "redo",
        "&Redo",
        "Do again what was undone.",
        lambda window: window.session.undo_stack.redo(),
        Icon.REDO,
        "Ctrl+Shift+Z",
        enabled=lambda state: bool(state.redo_text),
    ),
    Action(
        "run",
        "&Run",
        "Segment the image with the settings as they stand; a run by half steps goes to its end.",
        lambda window: window.session.run(),
        Icon.RUN,
        "F5",
        enabled=can_run,
    ),
    Action(
        "step",
        "Half a s&tep",
        "Do half a step of EM, colours or mixture, and wait; a finished run starts anew.",
        lambda window: window.session.step(),
        Icon.STEP,
        "F10",
        enabled=can_run,
    ),
    Action(
        "play",
        "&Play",
        "Go on by half steps without being asked, or wait again.",
        lambda window: window.session.play(),
        Icon.PLAY,
        "Ctrl+F10",
        enabled=can_run,
    ),
    Action(
        "restart",
        "Start a&new",
        "Begin the run anew and wait where EM begins.",
        lambda window: window.session.restart(),
        Icon.RESTART,
        "Shift+F5",
        enabled=can_run,
    ),
    Action(
        "step-through",
        "Step t&hrough",
        "Show the panel in which EM is followed step by step.",
        methodcaller("show_flow"),
        Icon.FLOW,
        "F9",
    ),
    Action(
        "stop",
        "&Stop",
        "End the run and keep the best so far.",
        lambda window: window.session.stop(),
        Icon.STOP,
        "Esc",
        enabled=is_running,
    ),
    Action(
        "live",
        "&Live",
        "Run by itself whenever a setting changes.",
        lambda window: window.session.set_live(not window.session.state.live),
        Icon.LIVE,
        "Ctrl+L",
        checked=lambda state: state.live,
    ),
    _view_action(View.LABELS, Icon.LABELS, "Ctrl+1", "Every pixel in its class's colour."),
    _view_action(View.SOFT_MASK, Icon.SOFT_MASK, "Ctrl+2", "How probable the chosen class is."),
    _view_action(View.UNCERTAINTY, Icon.UNCERTAINTY, "Ctrl+3", "Where the class is in doubt."),
    _view_action(View.IMAGE, Icon.IMAGE, "Ctrl+4", "The plain image."),
    _view_action(
        View.DIFFERENCES, Icon.DIFFERENCES, "Ctrl+5", "Labels, hatched where k-means differs."
    ),
    Action(
        "compare",
        "&Compare",
        "Show EM and k-means left and right of a divider.",
        _compare,
        Icon.COMPARE,
        "C",
        enabled=_has_result,
        checked=lambda state: state.look.sides is not None,
    ),
    Action(
        "hide-overlay",
        "&Hide overlay",
        "Hide or show the overlay.",
        lambda window: window.session.set_look(
            overlay_hidden=not window.session.state.look.overlay_hidden
        ),
        Icon.HIDDEN,
        "Space",
        enabled=_has_result,
        checked=lambda state: state.look.overlay_hidden,
    ),
    Action(
        "join-classes",
        "&Join classes",
        "Make one class of those selected in the classes panel.",
        lambda window: window.session.join_classes(),
        Icon.JOIN,
        "J",
        enabled=can_join,
    ),
    Action(
        "separate-classes",
        "Se&parate classes",
        "Make a class of every component of those selected in the classes panel.",
        lambda window: window.session.separate_classes(),
        Icon.SEPARATE,
        "Shift+J",
        enabled=can_separate,
    ),
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
    _size_action("brush-smaller", "&Smaller brush", Icon.BRUSH_SMALLER, "[", -1),
    _size_action("brush-larger", "&Larger brush", Icon.BRUSH_LARGER, "]", 1),
    Action(
        "clear-scribbles",
        "&Clear scribbles",
        "Take all scribbles away; undo brings them back.",
        lambda window: window.session.clear_scribbles(),
        Icon.CLEAR,
        "Ctrl+Shift+X",
        enabled=has_scribbles,
    ),
    Action(
        "load-scribbles",
        "Load s&cribbles…",
        "Take the scribbles of a PNG in place of those there are.",
        methodcaller("choose_scribbles"),
        Icon.LOAD,
        "Ctrl+Shift+O",
        enabled=can_run,
    ),
    Action(
        "save-scribbles",
        "S&ave scribbles…",
        "Write the scribbles to a PNG whose pixel values are class numbers.",
        methodcaller("save_scribbles"),
        Icon.SAVE,
        "Ctrl+Shift+S",
        enabled=has_scribbles,
    ),
    Action(
        "zoom-in",
        "Zoom &in",
        "Make the image larger.",
        lambda window: window.canvas.zoom_in(),
        Icon.ZOOM_IN,
        "Ctrl++",
        enabled=can_run,
    ),
    Action(
        "zoom-out",
        "Zoom &out",
        "Make the image smaller.",
        lambda window: window.canvas.zoom_out(),
        Icon.ZOOM_OUT,
        "Ctrl+-",
        enabled=can_run,
    ),
    Action(
        "zoom-actual",
        "&Actual size",
        "One pixel of the image on one of the screen.",
        lambda window: window.canvas.zoom_to_actual(),
        Icon.ZOOM_ACTUAL,
        "Ctrl+0",
        enabled=can_run,
    ),
    Action(
        "fit",
        "&Fit to window",
        "Show the whole image.",
        lambda window: window.canvas.fit(),
        Icon.FIT,
        "F",
        enabled=can_run,
    ),
    *(_class_action(number) for number in range(1, 10)),
    Action(
        "process-folder",
        "Process &folder…",
        "Segment every image of a folder in the background.",
        methodcaller("open_batch"),
        Icon.BATCH,
        "Ctrl+B",
    ),
    Action(
        "shortcuts",
        "&Keyboard shortcuts",
        "Every command and its key.",
        methodcaller("show_shortcuts"),
        Icon.KEYBOARD,
        "F1",
    ),
    Action(
        "how-em-works",
        "&How EM works",
        "What the program does, in plain words and pictures.",
        methodcaller("show_lesson"),
        Icon.LESSON,
    ),
    Action("about", "&About", "Version and system.", methodcaller("show_about"), Icon.ABOUT),
)

VIEW_ACTIONS = {view: f"view-{view.name.lower().replace('_', '-')}" for view in View}

MENUS: tuple[Menu, ...] = (
    Menu(
        "&File",
        (
            "open",
            "@samples",
            "@recent",
            "@pages",
            "-",
            "load-scribbles",
            "save-scribbles",
            "-",
            "export",
            "-",
            "quit",
        ),
    ),
    Menu("&Edit", ("undo", "redo", "-", "join-classes", "separate-classes")),
    Menu(
        "&Scribble",
        ("move", "brush", "eraser", "-", "brush-smaller", "brush-larger", "-", "clear-scribbles"),
    ),
    Menu("&Run", ("run", "stop", "-", "step-through", "step", "play", "restart", "-", "live")),
    Menu(
        "&View",
        (
            *VIEW_ACTIONS.values(),
            "-",
            "compare",
            "@sides",
            "-",
            "hide-overlay",
            "@classes",
            "-",
            "zoom-in",
            "zoom-out",
            "zoom-actual",
            "fit",
            "-",
            "@panels",
            "@themes",
        ),
    ),
    Menu("&Batch", ("process-folder",)),
    Menu("&Help", ("how-em-works", "shortcuts", "about")),
)

TOOLBAR = ("open", "-", "undo", "redo", "-", "run", "step", "stop", "-", "brush", "eraser")
