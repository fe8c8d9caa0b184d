"""What screen readers need of a window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget


def nameless(window):
    """Return the widgets that the Tab key reaches and that have no name to be read out."""
    reached = [
        widget
        for widget in (window, *window.findChildren(QWidget))
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not _is_popup(widget)
    ]
    assert reached
    return [widget for widget in reached if not _name(widget)]


def _is_popup(widget):
    return widget.window().windowType() == Qt.WindowType.Popup


def _name(widget):
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
