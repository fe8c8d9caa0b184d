"""Undo: one command that replaces the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.app.state import Inputs

NEVER_MERGED = -1


class Edit(QUndoCommand):
    """Replace the inputs; what one gesture does is one step.

    Parameters
    ----------
    text
        What the menu shows after 'Undo'.
    gesture
        Commands with the same number are joined; 0 stands alone.
    """

    def __init__(
        self,
        text: str,
        before: Inputs,
        after: Inputs,
        *,
        show: Callable[[Inputs], None],
        gesture: int = 0,
    ) -> None:
        super().__init__(text)
        self.before = before
        self.after = after
        self._show = show
        self._gesture = gesture

    def id(self) -> int:
        """Return the number of the gesture."""
        return self._gesture or NEVER_MERGED

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        """Take the later command's outcome over."""
        assert isinstance(other, Edit)
        self.after = other.after
        self.setObsolete(self.before == self.after)
        return True

    def redo(self) -> None:
        """Put the later inputs in place."""
        self._show(self.after)

    def undo(self) -> None:
        """Put the earlier inputs back."""
        self._show(self.before)
