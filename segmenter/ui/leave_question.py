"""The question before work is left that would be lost: a batch under way, scribbles in no file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

MOST_NAMES = 5
BATCH = "A batch is under way. Quit and leave it unfinished?"
RESUMED = "What is done stays. Start it again to go on from there."
SAVING = "To keep them, cancel and choose File, Save scribbles (Ctrl+Shift+S)"


class LeaveQuestion(QMessageBox):
    """Asks whether to quit; ``leave`` is the button that says yes.

    Parameters
    ----------
    images
        Names of images whose scribbles are in no file.
    batch
        Whether a batch is under way.
    """

    def __init__(self, window: QWidget, images: Sequence[str] = (), *, batch: bool) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # Names of files are no markup.
        self.setTextFormat(Qt.TextFormat.PlainText)
        texts, hints = ([BATCH], [RESUMED]) if batch else ([], [])
        if images:
            texts.append(f"{_scribbles(images)} not saved. Quit and lose them?")
            hints.append(f"{SAVING}{'' if len(images) == 1 else ' on each image'}.")
        self.setText("\n".join(texts))
        self.setInformativeText("\n".join(hints))
        # Enter alone loses nothing.
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))
        self.leave = self.addButton("Quit", QMessageBox.ButtonRole.DestructiveRole)


def _scribbles(images: Sequence[str]) -> str:
    """Return the beginning of a sentence about the scribbles on some images."""
    if len(images) > MOST_NAMES:
        return f"Scribbles on {len(images)} images are"
    *others, last = images
    names = f"{', '.join(others)} and {last}" if others else last
    return f"The scribbles on {names} are"
