"""Keys in a field that is typed in: which are the field's own, and which are the window's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

LEAVING = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}


class FieldKeys(QObject):
    """Filters the keys of a field: what is only typed is undone in it, all else by the window.

    Parameters
    ----------
    is_edited
        Says whether there is something typed that does not count yet.
    take_back
        Shows what counts in place of what is typed.
    """

    def __init__(
        self, field: QWidget, is_edited: Callable[[], bool], take_back: Callable[[], None]
    ) -> None:
        super().__init__(field)
        self._is_edited, self._take_back = is_edited, take_back
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leave undo to the window while nothing is typed; take back what is typed by *Esc*."""
        if isinstance(event, QKeyEvent):
            is_escape = event.key() == Qt.Key.Key_Escape
            if event.type() == QEvent.Type.ShortcutOverride:
                if is_escape:
                    # It leaves the field; a run goes on.
                    event.accept()
                    return True
                if _is_undo(event) and not self._is_edited():
                    event.ignore()
                    return True
            elif event.type() == QEvent.Type.KeyPress and is_escape:
                self._take_back()
        return super().eventFilter(watched, event)


def share_keys(field: QSpinBox | QDoubleSpinBox) -> None:
    """Leave to the window the keys that are not a number field's own."""

    def is_edited() -> bool:
        shown = field.textFromValue(field.value())  # type: ignore[arg-type]  # of its own kind
        return field.text() != f"{field.prefix()}{shown}{field.suffix()}"

    def take_back() -> None:
        field.setValue(field.value())  # type: ignore[arg-type]  # of its own kind

    FieldKeys(field, is_edited, take_back)


def is_left_by(focused: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key that a field has seen leaves it: *Return*, and *Esc*."""
    is_list = isinstance(focused, QComboBox) and focused.isEditable()
    return event.key() in LEAVING and (is_list or isinstance(focused, QAbstractSpinBox))


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo) or event.matches(
        QKeySequence.StandardKey.Redo
    )
