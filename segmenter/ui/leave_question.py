"""The question before a batch is left unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class LeaveQuestion(QMessageBox):
    """Asks whether to quit; ``leave`` is the button that says yes."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setText("A batch is under way. Quit and leave it unfinished?")
        self.setInformativeText("What is done stays. Start it again to go on from there.")
        self.addButton(QMessageBox.StandardButton.Cancel)
        self.leave = self.addButton("Quit", QMessageBox.ButtonRole.DestructiveRole)
