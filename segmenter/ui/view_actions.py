"""The commands for what is to be seen, and how."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from segmenter.app import reasons
from segmenter.app.plotted import Plot
from segmenter.engine.overlay import LABEL_VIEWS, View
from segmenter.ui.action import Action, Menu
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.app.state import State
    from segmenter.ui.main_window import MainWindow


VIEW_ACTIONS = {view: f"view-{view.name.lower().replace('_', '-')}" for view in View}


def _compare(window: MainWindow) -> None:
    window.session.set_look(divided=not window.session.state.look.divided)


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
        VIEW_ACTIONS[view],
        view.value,
        tip,
        lambda window: window.session.set_look(view=view),
        icon,
        shortcut,
        why_not=why_not,
        checked=lambda state: state.look.view is view,
    )


def _plot_action(plot: Plot, number: int) -> Action:
    return Action(
        f"plot-{plot.name.lower()}",
        str(plot),
        f"Bring the plot '{plot}' to the front.",
        lambda window: window.panels.show_plot(plot),
        Icon.PLOT,
        f"Alt+{number}",
        why_not=reasons.no_image,
        checked=lambda state: state.look.plots.seen is plot,
    )


def _beside_action(plot: Plot, number: int) -> Action:
    return Action(
        f"beside-{plot.name.lower()}",
        str(plot),
        f"Show the plot '{plot}' beside the one in front, or put it away.",
        lambda window: window.panels.show_plot_beside(plot),
        Icon.PLOT_BESIDE,
        f"Shift+Alt+{number}",
        why_not=partial(reasons.no_plot_beside, plot),
        checked=lambda state: state.look.plots.beside is plot,
    )


PLOTS_BESIDE = tuple(_beside_action(plot, number) for number, plot in enumerate(Plot, start=1))

VIEW_MENU = Menu(
    "&View",
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
    "-",
    Action(
        "outlines",
        "&Outlines",
        "Draw only the borders of the classes, or fill them; specks have none where they are many.",
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
        "grey-image",
        "&Grey image under colours",
        "Draw the image grey where colours lie over it, so that classes look as in their list.",
        lambda window: window.session.set_look(grey_image=not window.session.state.look.grey_image),
        Icon.GREY_IMAGE,
        "Shift+G",
        why_not=reasons.no_colours,
        checked=lambda state: state.look.grey_image,
    ),
    Action(
        "display",
        "&Display…",
        "Choose which values of the image are shown black and white; what is fitted stays.",
        lambda window: window.show_display(),
        Icon.DISPLAY,
        "D",
        why_not=reasons.no_image,
    ),
    "-",
    Action(
        "compare",
        "&Compare",
        "Show two results, or k-means, left and right of a divider.",
        _compare,
        Icon.COMPARE,
        "C",
        why_not=reasons.no_image,
        checked=lambda state: state.look.divided,
    ),
    "@left-side",
    "@right-side",
    "-",
    Action(
        "hide-overlay",
        "&Hide overlay",
        "Hide or show the overlay.",
        lambda window: window.session.set_look(
            overlay_hidden=not window.session.state.look.overlay_hidden
        ),
        Icon.HIDDEN,
        "Space",
        why_not=reasons.no_overlay,
        checked=lambda state: state.look.overlay_hidden,
    ),
    Action(
        "explain-pixel",
        "&Explain pixel",
        "Say why the pixel under the pointer, or in the middle, has its class (so does a click).",
        lambda window: window.canvas.pin(),
        Icon.EXPLAIN,
        "I",
        why_not=reasons.no_explanation,
    ),
    "@classes",
    "-",
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
    "-",
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
    "-",
    Action(
        "regions",
        "&Regions",
        "List the connected regions of the chosen class, each with its size and place.",
        lambda window: window.panels.show_regions(),
        Icon.REGIONS,
        "R",
        why_not=reasons.no_image,
    ),
    *(_plot_action(plot, number) for number, plot in enumerate(Plot, start=1)),
    "@plots-beside",
    "-",
    "@panels",
    "@themes",
)
