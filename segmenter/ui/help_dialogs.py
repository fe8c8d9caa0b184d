"""The page of keyboard shortcuts, and what this program is."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import PySide6
from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

import segmenter
from segmenter.app.logs import log_file
from segmenter.ui.actions import ACTIONS

POINTER_HELP = (
    ("Wheel", "Zoom at the pointer"),
    ("Ctrl+wheel", "Opacity of the overlay"),
    ("Drag", "Move the image"),
    ("Double click", "Fit to window"),
)
LIBRARIES = ("numpy", "numba", "scikit-image", "Pillow", "tifffile", "pyqtgraph")


def shortcut_rows() -> list[tuple[str, str]]:
    """Return (keys, what they do) for everything that has keys."""
    native = QKeySequence.SequenceFormat.NativeText
    rows = [
        (QKeySequence(entry.shortcut).toString(native), entry.tip[:-1])
        for entry in ACTIONS
        if entry.shortcut and not entry.id.startswith("class-")
    ]
    return [
        *rows,
        ("1 … 9", "Choose the class whose soft mask is shown"),
        *POINTER_HELP,
    ]


def system_report() -> str:
    """Return the versions that a bug report needs, one per line."""
    lines = [
        f"Segmenter {segmenter.__version__}",
        f"Python {platform.python_version()}, {platform.platform()}",
        f"Qt {qVersion()}, PySide6 {PySide6.__version__}, {QGuiApplication.platformName()}",
        f"Log: {log_file()}",
    ]
    return "\n".join([*lines, *(f"{name} {_version_of(name)}" for name in LIBRARIES)])


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


class ShortcutsDialog(QDialog):
    """Every command that has a key, made from the table of actions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        rows = shortcut_rows()
        table = QTableWidget(len(rows), 2, self)
        table.setAccessibleName("Keyboard shortcuts")
        table.setHorizontalHeaderLabels(["Keys", "What they do"])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.verticalHeader().hide()
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.setItem(row, column, QTableWidgetItem(text))
        table.resizeColumnsToContents()
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        column_layout = QVBoxLayout(self)
        column_layout.addWidget(table)
        column_layout.addWidget(_close_button(self))
        self.resize(620, 640)


class AboutDialog(QDialog):
    """Version, licence, and a report to copy."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Segmenter")
        words = QLabel(
            f"<h2>Segmenter {segmenter.__version__}</h2>"
            "<p>Finds the kinds of pixel in an image by Expectation-Maximization "
            "on a Gaussian mixture.</p><p>BSD 3-Clause License.</p>",
            self,
            wordWrap=True,
            textFormat=Qt.TextFormat.RichText,
        )
        report = QPlainTextEdit(system_report(), self, readOnly=True)
        report.setAccessibleName("Versions")
        copy = QPushButton("Copy", self)
        copy.clicked.connect(self._copy)
        buttons = _close_button(self)
        buttons.addButton(copy, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.addWidget(words)
        column.addWidget(report, 1)
        column.addWidget(buttons)
        self.resize(480, 400)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(system_report())


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.rejected.connect(dialog.reject)
    return buttons
