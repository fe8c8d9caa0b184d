"""Why something cannot be done now, in words for the user.

Each function returns one sentence that also says what to do, or nothing where it can be done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app.class_commands import are_all_shown, has_own_colours, has_start, is_shown_alone
from segmenter.app.classes import class_count
from segmenter.app.joining import can_join, can_separate
from segmenter.app.light import has_light
from segmenter.app.state import (
    can_draw,
    can_export,
    can_run,
    has_scribbles,
    is_outdated,
    is_running,
)
from segmenter.app.surgery import can_delete, can_freeze, can_move, can_split
from segmenter.engine.settings import Settings

if TYPE_CHECKING:
    from segmenter.app.plotted import Plot
    from segmenter.app.state import State

STEPPING = "A run waits: let it go to its end (F5), or stop it (Esc)."
OUTDATED = "The settings have changed since this result: run (F5) first."
RUNNING = "A run is under way: wait for its end, or stop it (Esc)."

IN_FRONT = "This plot is the one in front."


def nothing(_: State) -> str:
    """Say nothing: it can always be done."""
    return ""


def no_image(state: State) -> str:
    """Say why nothing can be done to the image."""
    return "" if can_run(state) else "Open an image first."


def no_colours(state: State) -> str:
    """Say why there are no colours that could be left out."""
    if state.shown is not None and not state.shown.is_coloured:
        return "This image is grey already."
    return no_image(state)


def no_file(state: State) -> str:
    """Say why there are no images beside that of the window."""
    if state.image is not None and state.image.path is None:
        return "This image has no folder: it is not from a file."
    return no_image(state)


def no_result(state: State) -> str:
    """Say why there is no result to be shown."""
    if state.result is not None:
        return ""
    return no_image(state) or (why_running(state) if is_running(state) else "Run (F5) first.")


def no_explanation(state: State) -> str:
    """Say why no pixel can be explained."""
    return no_result(state) or (why_running(state) if is_running(state) else "")


def why_running(state: State) -> str:
    """Say what to do about the run under way."""
    return STEPPING if state.stepping and not state.playing else RUNNING


def why_past(state: State) -> str:
    """Say why the result is not that of the inputs; nothing where it is, or there is none."""
    if state.result is None:
        return ""
    return why_running(state) if is_running(state) else OUTDATED * is_outdated(state)


def no_overlay(state: State) -> str:
    """Say why there is nothing over the image to hide."""
    return "" if is_running(state) else no_result(state)


def no_light(state: State) -> str:
    """Say why there is no light to be shown."""
    if has_light(state):
        return ""
    return no_result(state) or (
        "No light was estimated: switch Shading on in the settings, under More."
    )


def no_export(state: State) -> str:
    """Say why nothing can be exported."""
    if can_export(state):
        return ""
    return no_result(state) or (
        why_running(state) if is_running(state) else "Files are still being written."
    )


def no_undo(state: State) -> str:
    """Say why nothing can be undone."""
    return "" if state.undo_text else "Nothing has been changed."


def no_redo(state: State) -> str:
    """Say why nothing can be done again."""
    return "" if state.redo_text else "Nothing has been undone."


def no_changed_settings(state: State) -> str:
    """Say why there are no settings to put to their defaults."""
    is_plain = state.inputs.settings == Settings()
    return "All settings are at their defaults." if is_plain else ""


def no_run(state: State) -> str:
    """Say why nothing can be stopped."""
    return "" if is_running(state) else "No run is under way."


def no_tool(state: State) -> str:
    """Say why nothing can be drawn."""
    if can_draw(state):
        return ""
    return no_image(state) or "Take the brush (B) or the eraser (E) first."


def no_scribbles(state: State) -> str:
    """Say why there are no scribbles to do something with."""
    return "" if has_scribbles(state) else "Nothing is scribbled."


def no_class(number: int, state: State) -> str:
    """Say why class `number` cannot be chosen."""
    return "" if number <= class_count(state) else f"There is no class {number}."


def no_plot_beside(plot: Plot, state: State) -> str:
    """Say why a plot cannot be beside the one in front."""
    is_in_front = state.image is not None and plot is state.look.plots.seen
    return IN_FRONT if is_in_front else no_image(state)


def no_joining(state: State) -> str:
    """Say why the selected classes cannot be made one."""
    if can_join(state):
        return ""
    return _unsettled(state) or (
        "Select two classes or more in the classes panel, by Ctrl and a click; outliers do not "
        "count."
    )


def no_separating(state: State) -> str:
    """Say why the selected classes cannot be taken apart."""
    if can_separate(state):
        return ""
    return _unsettled(state) or "The selected class is not made of several components."


def no_split(state: State) -> str:
    """Say why the chosen class cannot be split."""
    if can_split(state):
        return ""
    return _untouchable(state) or "There are as many components as there may be."


def no_freezing(state: State) -> str:
    """Say why the chosen class cannot be frozen."""
    return "" if can_freeze(state) else _untouchable(state)


def no_deletion(state: State) -> str:
    """Say why the chosen class cannot be taken away."""
    return "" if can_delete(state) else _untouchable(state) or "It is the only class."


def no_move(steps: int, state: State) -> str:
    """Say why the chosen class cannot come so many places later (or earlier, if negative)."""
    if can_move(state, steps):
        return ""
    return _untouchable(state) or f"It is the {'first' if steps < 0 else 'last'} class."


def no_other_shown(state: State) -> str:
    """Say why no other class can be hidden."""
    return no_image(state) or "No other class is shown." * is_shown_alone(state)


def no_hidden(state: State) -> str:
    """Say why no class can be shown again."""
    return no_image(state) or "All classes are shown." * are_all_shown(state)


def no_start(state: State) -> str:
    """Say why there are no changes to forget."""
    return "" if has_start(state) else "EM has found its own start."


def no_own_colours(state: State) -> str:
    """Say why there are no colours to take back."""
    return "" if has_own_colours(state) else "All classes have the colours of the palette."


def _untouchable(state: State) -> str:
    """Say why the chosen class cannot be changed by hand."""
    is_noise = state.result is not None and state.look.chosen == state.result.mixture.noise_number
    return _unsettled(state) or "The class of outliers has no mean to change." * is_noise


def _unsettled(state: State) -> str:
    """Say why the classes that are shown are not those that would be changed."""
    if state.inputs.scribbles:
        return (
            "Classes cannot be changed while there are scribbles: these say what the classes are. "
            "Clear them first (Ctrl+Shift+X)."
        )
    if state.result is None or is_running(state):
        return no_result(state) or why_running(state)
    return OUTDATED * is_outdated(state)
