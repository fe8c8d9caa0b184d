"""Text from outside, such as file names, shown as it is: Qt would take some of it for HTML."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel


def plain_label(text: str = "", name: str = "") -> QLabel:
    """Return a label that never reads its text as HTML; `name` is looked up by the style sheet."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setObjectName(name)
    return label


def plain_tip(text: str) -> str:
    """Return what a tool tip needs to show `text` as it is."""
    return f"<span>{escape(text)}</span>"
