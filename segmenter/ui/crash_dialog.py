"""What happens to an error that nobody expected: a line in the log, a dialog, and work goes on."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segmenter.ui.help_dialogs import system_report

if TYPE_CHECKING:
    from types import TracebackType

log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """The traceback with the versions, ready to copy."""

    def __init__(self, details: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unexpected problem")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.details = f"{details}\n{system_report()}"
        words = QLabel(
            "Something went wrong that Segmenter did not expect. You can go on; if things look "
            "odd, export what you have and start again. Please report the details below.",
            self,
            wordWrap=True,
        )
        text = QPlainTextEdit(self.details, self, readOnly=True)
        text.setAccessibleName("Details")
        copy = QPushButton("Copy details", self)
        copy.clicked.connect(self._copy)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(text, 1)
        column.addWidget(buttons)
        self.resize(640, 400)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.details)


class CrashReporter(QObject):
    """A `sys.excepthook` that may be called from any thread and shows one dialog at a time."""

    _crashed = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: CrashDialog | None = None
        self._crashed.connect(self._show)

    def install(self) -> None:
        """Take the place of Python's own hook."""
        sys.excepthook = self.report

    def report(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log the error and have it shown; Ctrl+C closes the window instead."""
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
            return
        log.critical("Unexpected problem", exc_info=(kind, error, trace))
        self._crashed.emit("".join(traceback.format_exception(kind, error, trace)))

    def _show(self, details: str) -> None:
        # An error in a paint event comes sixty times a second: the first tells enough.
        if self._dialog is None:
            self._dialog = CrashDialog(details, self._window)
            self._dialog.destroyed.connect(self._on_destroyed)
            self._dialog.open()

    def _on_destroyed(self) -> None:
        self._dialog = None
