"""An editor of text that only the settings themselves can judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from segmenter.engine.parameters import make_settings
from segmenter.engine.types import SegmenterError
from segmenter.ui.editor import Editor, ignore_stray_wheel
from segmenter.ui.field_keys import FieldKeys

if TYPE_CHECKING:
    from segmenter.engine.parameters import Parameter

ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class TextEditor(Editor):
    """A line to type in, with the words there are on a list.

    What the settings refuse is framed and told why below; leaving the line takes it back.
    """

    def __init__(self, parameter: Parameter, words: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parameter, parent)
        self._value = str(parameter.default)
        self._words = words
        self._list = QComboBox(parent, editable=True)
        self._list.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._list.addItems([word.capitalize() for word in words])
        self._line = QLineEdit(parent)
        self._list.setLineEdit(self._line)
        self._list.setCompleter(None)  # type: ignore[arg-type]  # Qt takes it for 'no completing'
        self._list.activated.connect(self._on_activated)
        self._line.textEdited.connect(self._on_typed)
        self._line.returnPressed.connect(self._on_entered)
        # The list has the focus in place of its line.
        self._list.installEventFilter(self)
        FieldKeys(self._list, self._is_edited, lambda: self.show_value(self._value))
        ignore_stray_wheel(self._list)
        self._name(self._list)
        self._name(self._line)
        self.reason = QLabel(parent, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.reason.setObjectName("wrong")
        self.reason.setAccessibleName(f"What is wrong with {parameter.label}")
        self.reason.hide()
        self.compact, self.wide = self._list, self.reason

    def show_value(self, value: str) -> None:
        """Show a value, with a capital where it is one of the words."""
        self._value = value
        with QSignalBlocker(self._list):
            self._list.setEditText(value.capitalize() if value in self._words else value)
        self._complain("")

    def _on_activated(self, place: int) -> None:
        self._complain("")
        self.edited.emit(self._words[place])

    def _on_typed(self, text: str) -> None:
        self._complain(self._wrong_with(text))

    def _on_entered(self) -> None:
        text = self._read()
        self._complain(self._wrong_with(text))
        if not self._wrong_with(text):
            self.edited.emit(text)
            self.released.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take over what is right when the line is left, and take back what is not."""
        if _is_entering(event) and self._wrong_with(self._read()):
            # What is wrong is told, and the line is not left.
            self._on_entered()
            return True
        is_left = event.type() == QEvent.Type.FocusOut and watched is self._list
        if is_left and self._is_edited():
            if self._wrong_with(self._read()):
                self.show_value(self._value)
            else:
                self._on_entered()
        return super().eventFilter(watched, event)

    def _is_edited(self) -> bool:
        return self._read() != self._value

    def _read(self) -> str:
        text = self._line.text().strip()
        return text.lower() if text.lower() in self._words else text

    def _wrong_with(self, text: str) -> str:
        word = text.strip().lower()
        try:
            make_settings({self.parameter.name: word})
        except SegmenterError:
            return f"Give {self.parameter.values.replace('`', '')}."
        return ""

    def _complain(self, reason: str) -> None:
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        if bool(reason) != bool(self._list.property("wrong")):
            self._list.setProperty("wrong", bool(reason))
            # A style sheet looks at properties only when asked to.
            self._list.style().unpolish(self._list)
            self._list.style().polish(self._list)


def _is_entering(event: QEvent) -> bool:
    is_press = event.type() == QEvent.Type.KeyPress
    return is_press and isinstance(event, QKeyEvent) and event.key() in ENTER
