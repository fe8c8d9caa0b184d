"""What the user can undo: settings, names and colours of classes, scribbles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoStack

from segmenter.app.begun import begun_from, suits_start
from segmenter.app.carried import named_on
from segmenter.app.classes import completed
from segmenter.app.edit import Edit
from segmenter.app.joining import can_join, can_separate, joined, separated
from segmenter.app.scribbles import Scribbles
from segmenter.app.shown import Shown
from segmenter.app.state import Inputs
from segmenter.engine.settings import Settings
from segmenter.engine.styles import named_by_place, renamed

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Mixture


class Edited(Shown):
    """Changes the inputs by commands on one stack."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last_gesture = 0
        self.undo_stack = QUndoStack(self)
        self.undo_stack.indexChanged.connect(self._on_undo_stack_changed)

    def edit(
        self,
        text: str,
        *,
        settings: Settings | None = None,
        classes: tuple[ClassStyle, ...] | None = None,
        scribbles: Scribbles | None = None,
        gesture: int = 0,
    ) -> None:
        """Change inputs so that it can be undone; edits of one gesture are undone together.

        A start that the user made stays as long as it suits the settings.
        """
        before = self._state.inputs
        chosen = settings or before.settings
        after = Inputs(
            chosen,
            classes or (),
            before.scribbles if scribbles is None else scribbles,
            before.start if suits_start(before.settings, chosen) else None,
        )
        if classes is None or settings is None:
            kept = replace(after, classes=renamed(after.classes, before.classes))
            after = replace(after, named_on=named_on(self._state, kept))
        self.replace_inputs(text, after, gesture=gesture)

    def replace_inputs(self, text: str, after: Inputs, *, gesture: int = 0) -> None:
        """Put other inputs in place so that it can be undone; classes left unsaid stay."""
        before = self._state.inputs
        after = replace(after, classes=renamed(after.classes, before.classes))
        after = replace(after, classes=named_by_place(completed(after)))
        if after != before:
            self.undo_stack.push(Edit(text, before, after, show=self.show_inputs, gesture=gesture))

    def reset_settings(self) -> None:
        """Put every setting to its default; classes and scribbles stay."""
        self.edit("Reset settings", settings=Settings())

    def join_classes(self) -> None:
        """Make one class of the selected ones."""
        if can_join(self._state):
            first = min(self._state.look.selected)
            self.replace_inputs("Join classes", joined(self._state))
            # What was several is one now, and what comes next is meant for it.
            self.set_look(chosen=first, selected=(first,))

    def separate_classes(self) -> None:
        """Make a class of every component of the selected ones."""
        if can_separate(self._state):
            self.replace_inputs("Separate classes", separated(self._state))

    def begin_from(self, text: str, mixture: Mixture, *, gesture: int = 0) -> None:
        """Let EM go on from a mixture in the file's units, of the features of the result."""
        self.replace_inputs(text, begun_from(self._state.inputs, mixture), gesture=gesture)

    def clear_scribbles(self) -> None:
        """Take all scribbles away."""
        self.edit("Clear scribbles", scribbles=Scribbles())

    def new_gesture(self) -> int:
        """Return a number under which the edits of one drag or one spell of typing are joined."""
        self._last_gesture += 1
        return self._last_gesture

    def show_inputs(self, inputs: Inputs) -> None:
        """Put inputs in place, and with them the result they had or, if live, a run for one."""
        before, look = self._state.inputs, self._state.look
        decides_otherwise = not inputs.decides_like(before)
        if _hidden(inputs) != _hidden(before):
            look = replace(look, overlay_hidden=False)
        self._change(inputs=inputs, look=look)
        if decides_otherwise and self._state.image is not None:
            self._follow(inputs)

    def _on_undo_stack_changed(self) -> None:
        undo, redo = self.undo_stack.undoText(), self.undo_stack.redoText()
        self._change(undo_text=undo, redo_text=redo)

    def _follow(self, inputs: Inputs) -> None:
        """Bring the result up to date: inputs that decide it have changed."""
        raise NotImplementedError


def _hidden(inputs: Inputs) -> set[int]:
    """Return the places of the classes that are not shown."""
    return {place for place, style in enumerate(inputs.classes) if not style.visible}
