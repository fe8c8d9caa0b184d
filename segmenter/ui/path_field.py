"""A field for a folder or file: typed, or chosen from the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QStyle,
    QStyleOptionFrame,
    QStylePainter,
    QToolButton,
    QWidget,
)

from segmenter.ui.icons import Icon
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

Role = QPalette.ColorRole


class PathLine(QLineEdit):
    """A line whose path, while nobody types in it, is cut at its beginning: its end tells more."""

    @property
    def shown(self) -> str:
        """What is seen of the path while nobody types."""
        room = self._room(self._option()).width()
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideLeft, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the frame and the end of a path that is too long."""
        if self.hasFocus() or self.shown == self.text():
            super().paintEvent(event)
            return
        option, painter = self._option(), QStylePainter(self)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawItemText(
            self._room(option), left, self.palette(), self.isEnabled(), self.shown, Role.Text
        )
        painter.end()

    def _option(self) -> QStyleOptionFrame:
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        return option

    def _room(self, option: QStyleOptionFrame) -> QRect:
        part = QStyle.SubElement.SE_LineEditContents
        return self.style().subElementRect(part, option, self).adjusted(2, 0, -2, 0)


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
        self.line = PathLine(self)
        self.line.setAccessibleName(name)
        self.line.textChanged.connect(self.edited)
        self.line.textChanged.connect(self._show_whole)
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

    def _show_whole(self, text: str) -> None:
        self.line.setToolTip(plain_tip(text) if text else "")

    def _on_button_clicked(self) -> None:
        start = self.line.text() or str(Path.home())
        if self._files:
            chosen, _ = QFileDialog.getOpenFileName(self, self._name, start, self._files)
        else:
            chosen = QFileDialog.getExistingDirectory(self, self._name, start)
        if chosen:
            self.show_path(chosen)
