"""A field for a folder or file: typed, or chosen from the disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QToolButton, QWidget

from segmenter.ui.icons import Icon


class PathField(QWidget):
    """A line to type a path in, and a button that opens the system's chooser.

    Parameters
    ----------
    name
        What is chosen, for the chooser's title and screen readers.
    files
        The chooser's filter when a file is wanted; empty for a folder.
    """

    edited = Signal()

    def __init__(self, name: str, *, files: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._files = name, files
        self.line = QLineEdit(self)
        self.line.setAccessibleName(name)
        self.line.textChanged.connect(self.edited)
        self.button = QToolButton(self)
        self.button.setToolTip(f"Choose: {name.lower()}")
        self.button.setAccessibleName(f"Choose: {name.lower()}")
        self.button.clicked.connect(self._on_button_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)
        self.button.setIcon(Icon.OPEN.icon())

    @property
    def path(self) -> Path | None:
        """What the line says; None while it is empty."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def show_path(self, path: Path | str) -> None:
        """Put a path into the line."""
        self.line.setText(str(path))

    def _on_button_clicked(self) -> None:
        start = self.line.text() or str(Path.home())
        if self._files:
            chosen, _ = QFileDialog.getOpenFileName(self, self._name, start, self._files)
        else:
            chosen = QFileDialog.getExistingDirectory(self, self._name, start)
        if chosen:
            self.show_path(chosen)
