"""Text from outside, such as file names, shown as it is: Qt would take some of it for HTML."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

if TYPE_CHECKING:
    from pathlib import Path


def plain_label(text: str = "", name: str = "") -> QLabel:
    """Return a label that never reads its text as HTML; `name` is looked up by the style sheet."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setObjectName(name)
    return label


def plain_tip(text: str) -> str:
    """Return what a tool tip needs to show `text` as it is."""
    return f"<span>{escape(text)}</span>"


def title_of(path: Path) -> str:
    """Return a file's name as a title: 'cells_16bit.tif' is 'Cells, 16 bit'."""
    words = path.stem.replace("_", " ")
    return re.sub(r" (\d+)bit\b", r", \1 bit", words).capitalize()
