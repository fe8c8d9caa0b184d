"""The state of a window, how it is looked at, and the one signal that says what has changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from segmenter.app.state import BRUSH_SIZES, LARGEST_BRUSH, State, class_count

if TYPE_CHECKING:
    from segmenter.app.state import Tool
    from segmenter.engine.compare import Comparison


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
        before = self._state
        after = replace(before, **changes)  # type: ignore[arg-type]
        chosen = min(after.look.chosen, class_count(after))
        if chosen != after.look.chosen:
            after = replace(after, look=replace(after.look, chosen=chosen))
        if after.playing and not after.stepping:
            after = replace(after, playing=False)
        self._state = after
        self.changed.emit(before, after)

    def set_look(self, **changes: object) -> None:
        """Change how the result is shown: view, opacity, chosen class, overlay hidden.

        Who chooses a view, an opacity or sides to compare wants to see them: the overlay is hidden
        no longer.
        """
        if {"view", "opacity", "sides"} & changes.keys():
            changes = {"overlay_hidden": False, **changes}
        look = replace(self._state.look, **changes)  # type: ignore[arg-type]
        if look != self._state.look:
            self._change(look=look)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Put k-means beside the result, or take it away."""
        self._change(comparison=comparison)

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
