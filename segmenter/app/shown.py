"""The state of a window, how it is looked at, and the one signal that says what has changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.app.classes import class_count
from segmenter.app.listed import region_at
from segmenter.app.sides import K_MEANS, USUAL_SIDES
from segmenter.app.state import BRUSH_SIZES, LARGEST_BRUSH, State

if TYPE_CHECKING:
    from segmenter.app.choices import Pictures
    from segmenter.app.light import Corrected
    from segmenter.app.plotted import Highlight, Plot
    from segmenter.app.pyramid import Pyramid
    from segmenter.app.sides import Compared
    from segmenter.app.state import Tool
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.explanation import Explanation
    from segmenter.engine.regions import Regions


class Shown(QObject):
    """Owns the state: the one place where it changes. What is done here is not undone.

    ``changed`` carries the state before and after.
    """

    changed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = State()

    @property
    def state(self) -> State:
        """The state now."""
        return self._state

    def _change(self, **changes: object) -> None:
        self._become(replace(self._state, **changes))  # type: ignore[arg-type]

    def _become(self, after: State) -> None:
        """Put another state in place, made consistent, and say so."""
        before = self._state
        chosen = min(after.look.chosen, class_count(after))
        if chosen != after.look.chosen:
            after = replace(after, look=replace(after.look, chosen=chosen))
        if after.playing and not after.stepping:
            after = replace(after, playing=False)
        if before.regions is not after.regions or before.image is not after.image:
            after = replace(after, look=replace(after.look, region=0))
        after = _in_display(before, after)
        self._state = after
        self.changed.emit(before, after)

    def set_look(self, **changes: object) -> None:
        """Change how the result is shown: view, opacity, chosen class, overlay hidden.

        Who chooses a view, how it is drawn, or sides to compare wants to see them: the overlay is
        hidden no longer, and between the sides there is the divider.
        """
        if "sides" in changes:
            changes = {"divided": True, **changes}
        if {"view", "opacity", "divided", "outlined", "heat"} & changes.keys():
            changes = {"overlay_hidden": False, **changes}
        if changes.get("chosen", self._state.look.chosen) != self._state.look.chosen:
            # The outlined region is one of the class that was chosen.
            changes = {"region": 0, **changes}
        look = replace(self._state.look, **changes)  # type: ignore[arg-type]
        if look != self._state.look:
            self._change(look=look)

    def show_compared(self, compared: Compared | None) -> None:
        """Put what the sides show beside the result, or take it away."""
        self._change(compared=compared)

    def show_pictures(self, pictures: Pictures | None) -> None:
        """Show what other numbers of components give, or take it away."""
        self._change(pictures=pictures)

    def show_corrected(self, corrected: Corrected | None) -> None:
        """Put the image in even light in place, in the display that is chosen, or take it away."""
        if corrected is not None:
            shown = corrected.shown.displayed(self._state.look.display)
            corrected = replace(corrected, shown=shown)
        self._change(corrected=corrected)

    def show_finished(self, shown: Pyramid) -> None:
        """Put a picture of the image in place that is the same, with copies made well.

        It may be the image in even light.
        """
        corrected = self._state.corrected
        if corrected is not None and corrected.shown.image is shown.image:
            self._change(corrected=replace(corrected, shown=shown))
        else:
            self._change(shown=shown)

    def show_regions(self, regions: Regions | None) -> None:
        """Put the regions beside the result, or take them away."""
        self._change(regions=regions)

    def choose_region(self, number: int) -> None:
        """Outline a listed region, and choose its class; 0 outlines none."""
        if number and self._state.regions is not None:
            self.set_look(chosen=int(self._state.regions.classes[number - 1]), region=number)
        else:
            self.set_look(region=0)

    def choose_region_at(self, row: int, column: int) -> None:
        """Outline the region that a pixel is in, if regions are listed."""
        number = region_at(self._state, row, column)
        if number:
            self.choose_region(number)

    def show_explanation(self, explanation: Explanation | None) -> None:
        """Say why the pinned pixel has its class, or nothing."""
        self._change(explanation=explanation)

    def show_cloud(self, cloud: Cloud | None) -> None:
        """Put what the mixture sees of the image beside it."""
        self._change(cloud=cloud)

    def show_highlight(self, highlight: Highlight | None) -> None:
        """Light up the pixels in the lasso, or none."""
        self._change(highlight=highlight)

    def plot(self, **changes: object) -> None:
        """Change which plot is to be seen, and how."""
        self.set_look(plots=replace(self._state.look.plots, **changes))  # type: ignore[arg-type]

    def show_plot(self, plot: Plot) -> None:
        """Bring a plot to the front; if it was beside another, the two are exchanged."""
        plots = self._state.look.plots
        self.plot(seen=plot, beside=plots.seen if plot is plots.beside else plots.beside)

    def show_plot_beside(self, plot: Plot | None) -> None:
        """Show another plot beside the one in front, or none."""
        if plot is None or plot is not self._state.look.plots.seen:
            self.plot(beside=plot)

    def show_k_means(self, is_wanted: bool) -> None:
        """Show k-means beside EM while that goes by half steps, with a divider; or neither."""
        look = self._state.look
        is_side = K_MEANS in look.sides
        if is_wanted:
            self.set_look(k_means=True, sides=look.sides if is_side else USUAL_SIDES)
        else:
            self.set_look(k_means=False, divided=look.divided and not is_side)

    def fail(self, failure: str) -> None:
        """Say what went wrong and what to do."""
        self._change(failure=failure)

    def take(self, tool: Tool) -> None:
        """Take a tool in hand, or lay it down by `Tool.MOVE`."""
        if tool is not self._state.hand.tool:
            self._change(hand=replace(self._state.hand, tool=tool))

    def set_brush_size(self, size: int) -> None:
        """Make the brush this many image pixels across, or one more: sizes are odd."""
        size = min(max(size, 1), LARGEST_BRUSH) // 2 * 2 + 1
        self._change(hand=replace(self._state.hand, size=size))

    def change_brush_size(self, steps: int) -> None:
        """Make the brush larger or smaller by so many of its sizes."""
        now = self._state.hand.size
        place = bisect_left(BRUSH_SIZES, now) if steps < 0 else bisect_right(BRUSH_SIZES, now) - 1
        self.set_brush_size(BRUSH_SIZES[min(max(place + steps, 0), len(BRUSH_SIZES) - 1)])

    def set_pause(self, milliseconds: int) -> None:
        """Let so much time pass from one half step to the next while a run plays."""
        if milliseconds != self._state.pause:
            self._change(pause=milliseconds)

    def dismiss_failure(self) -> None:
        """Take the failure away: the user has read it."""
        self._change(failure="")

    def say(self, notice: str) -> None:
        """Put one sentence of news into the status bar."""
        self._change(notice=notice)

    def take_back(self, notice: str) -> None:
        """Take a sentence out of the status bar if it is still there: it is true no longer."""
        if notice and notice == self._state.notice:
            self._change(notice="")


def _in_display(before: State, after: State) -> State:
    """Return a state whose pictures of the image have the shades that its look asks for."""
    display, corrected = after.look.display, after.corrected
    if display == before.look.display:
        return after
    if after.shown is not None:
        after = replace(after, shown=after.shown.displayed(display))
    if corrected is not None:
        corrected = replace(corrected, shown=corrected.shown.displayed(display))
        after = replace(after, corrected=corrected)
    return after
