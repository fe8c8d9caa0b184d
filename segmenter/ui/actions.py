"""Every command of the window in one table, and the menus made of it.

The menus, the toolbar, the shortcuts and their page in the help all come from here.
"""

from __future__ import annotations

from functools import partial
from operator import methodcaller
from typing import TYPE_CHECKING

from segmenter.app import reasons
from segmenter.app.plotted import Plot
from segmenter.app.sides import K_MEANS, USUAL_SIDES
from segmenter.app.state import State, Tool
from segmenter.engine.overlay import LABEL_VIEWS, View
from segmenter.ui.action import Action, Menu
from segmenter.ui.class_actions import CLASS_ACTIONS, CLASS_MENU
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.ui.main_window import MainWindow


def _compare(window: MainWindow) -> None:
    window.session.set_look(divided=not window.session.state.look.divided)


def _k_means(window: MainWindow) -> None:
    look = window.session.state.look
    is_side = K_MEANS in look.sides
    if look.k_means:
        window.session.set_look(k_means=False, divided=look.divided and not is_side)
    else:
        window.session.set_look(k_means=True, sides=look.sides if is_side else USUAL_SIDES)


def _outline(window: MainWindow) -> None:
    look = window.session.state.look
    view = look.view if look.view in LABEL_VIEWS else View.LABELS
    window.session.set_look(view=view, outlined=not look.is_outlined)


def _heat(window: MainWindow) -> None:
    is_heat = window.session.state.look.is_heat
    window.session.set_look(view=View.SOFT_MASK, heat=not is_heat)


def _view_action(
    view: View,
    icon: Icon,
    shortcut: str,
    tip: str,
    why_not: Callable[[State], str] = reasons.no_image,
) -> Action:
    return Action(
        f"view-{view.name.lower().replace('_', '-')}",
        view.value,
        tip,
        lambda window: window.session.set_look(view=view),
        icon,
        shortcut,
        why_not=why_not,
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


def _is_chosen(number: int, state: State) -> bool:
    return number == state.look.chosen


def _class_action(number: int) -> Action:
    return Action(
        f"class-{number}",
        f"Class {number}",
        f"Choose class {number}: its soft mask is shown, the brush draws it.",
        lambda window: window.session.set_look(chosen=number),
        shortcut=str(number),
        why_not=partial(reasons.no_class, number),
        checked=partial(_is_chosen, number),
    )


def _plot_action(plot: Plot, number: int) -> Action:
    def show(window: MainWindow) -> None:
        window.show_plot(plot)

    return Action(
        PLOT_ACTIONS[plot],
        str(plot),
        f"Bring the plot '{plot}' to the front.",
        show,
        Icon.PLOT,
        f"Alt+{number}",
        why_not=reasons.no_image,
        checked=lambda state: state.look.plots.seen is plot,
    )


PLOT_ACTIONS = {plot: f"plot-{plot.name.lower()}" for plot in Plot}

ACTIONS: tuple[Action, ...] = (
    Action("open", "&Open…", "Open an image.", methodcaller("choose_image"), Icon.OPEN, "Ctrl+O"),
    Action(
        "next-image",
        "&Next image",
        "Open the next image of the folder.",
        lambda window: window.session.open_beside(1),
        Icon.NEXT,
        "Ctrl+PgDown",
        why_not=reasons.no_file,
    ),
    Action(
        "previous-image",
        "Pre&vious image",
        "Open the image before this one in the folder.",
        lambda window: window.session.open_beside(-1),
        Icon.PREVIOUS,
        "Ctrl+PgUp",
        why_not=reasons.no_file,
    ),
    Action(
        "export",
        "&Export…",
        "Write masks, tables and overlays.",
        methodcaller("open_export"),
        Icon.EXPORT,
        "Ctrl+E",
        why_not=reasons.no_export,
    ),
    Action("quit", "&Quit", "Close Segmenter.", methodcaller("close"), Icon.QUIT, "Ctrl+Q"),
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
    Action(
        "reset-settings",
        "Reset &settings",
        "Put all settings to their defaults; undo brings them back.",
        lambda window: window.session.reset_settings(),
        Icon.RESET,
        why_not=reasons.no_changed_settings,
    ),
    Action(
        "run",
        "&Run",
        "Segment the image with the settings as they stand; a run by half steps goes to its end.",
        lambda window: window.session.run(),
        Icon.RUN,
        "F5",
        why_not=reasons.no_image,
    ),
    Action(
        "step",
        "Half a s&tep",
        "Do half a step of EM, colours or mixture, and wait; a finished run starts anew.",
        lambda window: window.session.step(),
        Icon.STEP,
        "F10",
        why_not=reasons.no_image,
    ),
    Action(
        "play",
        "&Play",
        "Go on by half steps without being asked, or wait again.",
        lambda window: window.session.play(),
        Icon.PLAY,
        "Ctrl+F10",
        why_not=reasons.no_image,
    ),
    Action(
        "restart",
        "Start a&new",
        "Begin the run anew and wait where EM begins.",
        lambda window: window.session.restart(),
        Icon.RESTART,
        "Shift+F5",
        why_not=reasons.no_image,
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
        "k-means",
        "&k-means beside",
        "Let k-means do its half steps beside those of EM: on the canvas, in plots, in the chart.",
        _k_means,
        Icon.K_MEANS,
        "K",
        why_not=reasons.no_image,
        checked=lambda state: state.look.k_means,
    ),
    Action(
        "stop",
        "&Stop",
        "End the run and keep the best so far.",
        lambda window: window.session.stop(),
        Icon.STOP,
        "Esc",
        why_not=reasons.no_run,
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
        View.DIFFERENCES, Icon.DIFFERENCES, "Ctrl+5", "Labels, hatched where the two sides differ."
    ),
    _view_action(
        View.SHADING,
        Icon.SHADING,
        "Ctrl+6",
        "By what uneven light multiplies the image.",
        reasons.no_light,
    ),
    _view_action(
        View.CORRECTED,
        Icon.CORRECTED,
        "Ctrl+7",
        "The image with the light evened out.",
        reasons.no_light,
    ),
    Action(
        "outlines",
        "&Outlines",
        "Draw only the borders of the classes, or fill them.",
        _outline,
        Icon.OUTLINES,
        "O",
        why_not=reasons.no_image,
        checked=lambda state: state.look.is_outlined,
    ),
    Action(
        "heat-map",
        "Soft mask as heat map",
        "Draw the soft mask from dark to bright, or in its class's colour.",
        _heat,
        Icon.HEAT,
        "H",
        why_not=reasons.no_image,
        checked=lambda state: state.look.is_heat,
    ),
    Action(
        "compare",
        "&Compare",
        "Show two results, or k-means, left and right of a divider.",
        _compare,
        Icon.COMPARE,
        "C",
        why_not=reasons.no_result,
        checked=lambda state: state.look.divided,
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
        why_not=reasons.no_result,
        checked=lambda state: state.look.overlay_hidden,
    ),
    Action(
        "regions",
        "&Regions",
        "List the connected regions of the chosen class, each with its size and place.",
        methodcaller("show_regions"),
        Icon.REGIONS,
        "R",
        why_not=reasons.no_image,
    ),
    *CLASS_ACTIONS,
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
        why_not=reasons.no_scribbles,
    ),
    Action(
        "load-scribbles",
        "Load s&cribbles…",
        "Take the scribbles of a PNG in place of those there are.",
        methodcaller("choose_scribbles"),
        Icon.LOAD,
        "Ctrl+Shift+O",
        why_not=reasons.no_image,
    ),
    Action(
        "save-scribbles",
        "S&ave scribbles…",
        "Write the scribbles to a PNG whose pixel values are class numbers.",
        methodcaller("save_scribbles"),
        Icon.SAVE,
        "Ctrl+Shift+S",
        why_not=reasons.no_scribbles,
    ),
    Action(
        "zoom-in",
        "Zoom &in",
        "Make the image larger.",
        lambda window: window.canvas.zoom_in(),
        Icon.ZOOM_IN,
        "Ctrl++",
        why_not=reasons.no_image,
    ),
    Action(
        "zoom-out",
        "Zoom &out",
        "Make the image smaller.",
        lambda window: window.canvas.zoom_out(),
        Icon.ZOOM_OUT,
        "Ctrl+-",
        why_not=reasons.no_image,
    ),
    Action(
        "zoom-actual",
        "&Actual size",
        "One pixel of the image on one of the screen.",
        lambda window: window.canvas.zoom_to_actual(),
        Icon.ZOOM_ACTUAL,
        "Ctrl+0",
        why_not=reasons.no_image,
    ),
    Action(
        "fit",
        "&Fit to window",
        "Show the whole image.",
        lambda window: window.canvas.fit(),
        Icon.FIT,
        "F",
        why_not=reasons.no_image,
    ),
    Action(
        "pixel-grid",
        "Pixel &grid",
        "Lines between the pixels, from 12 times their size on.",
        lambda window: window.session.set_look(grid=not window.session.state.look.grid),
        Icon.GRID,
        "G",
        why_not=reasons.no_image,
        checked=lambda state: state.look.grid,
    ),
    Action(
        "minimap",
        "&Minimap",
        "A small picture of the whole image while only a part is seen; drag in it to move.",
        lambda window: window.session.set_look(minimap=not window.session.state.look.minimap),
        Icon.MINIMAP,
        "M",
        why_not=reasons.no_image,
        checked=lambda state: state.look.minimap,
    ),
    Action(
        "scale-bar",
        "Scale &bar",
        "A bar of known length, where the file tells the size of a pixel.",
        lambda window: window.session.set_look(scale_bar=not window.session.state.look.scale_bar),
        Icon.SCALE_BAR,
        why_not=reasons.no_image,
        checked=lambda state: state.look.scale_bar,
    ),
    *(_plot_action(plot, number) for number, plot in enumerate(Plot, start=1)),
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
        "How &EM works",
        "What the program does, in plain words and pictures.",
        methodcaller("show_lesson"),
        Icon.LESSON,
    ),
    Action(
        "hints",
        "&First hints",
        "Show above the image what to try first.",
        methodcaller("show_hints"),
        Icon.HINT,
        why_not=reasons.no_image,
    ),
    Action("about", "&About", "Version and system.", methodcaller("show_about"), Icon.ABOUT),
)

BY_ID = {entry.id: entry for entry in ACTIONS}
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
            "next-image",
            "previous-image",
            "-",
            "load-scribbles",
            "save-scribbles",
            "-",
            "export",
            "-",
            "quit",
        ),
    ),
    Menu("&Edit", ("undo", "redo", "-", "reset-settings")),
    CLASS_MENU,
    Menu(
        "&Scribble",
        ("move", "brush", "eraser", "-", "brush-smaller", "brush-larger", "-", "clear-scribbles"),
    ),
    Menu(
        "&Run",
        ("run", "stop", "-", "step-through", "step", "play", "restart", "k-means", "-", "live"),
    ),
    Menu(
        "&View",
        (
            *VIEW_ACTIONS.values(),
            "-",
            "outlines",
            "heat-map",
            "-",
            "compare",
            "@left-side",
            "@right-side",
            "-",
            "hide-overlay",
            "explain-pixel",
            "@classes",
            "-",
            "zoom-in",
            "zoom-out",
            "zoom-actual",
            "fit",
            "-",
            "pixel-grid",
            "minimap",
            "scale-bar",
            "-",
            "regions",
            *PLOT_ACTIONS.values(),
            "-",
            "@panels",
            "@themes",
        ),
    ),
    Menu("&Batch", ("process-folder",)),
    Menu("&Help", ("how-em-works", "shortcuts", "hints", "about")),
)

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
