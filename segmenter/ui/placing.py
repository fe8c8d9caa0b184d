"""How large windows begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 48)
"""Room for what the desktop draws around a window."""


def resize_on_screen(window: QWidget, size: QSize) -> None:
    """Give a window its size, or as much of it as the screen has room for."""
    window.resize(size.boundedTo(window.screen().availableSize() - FRAME))
