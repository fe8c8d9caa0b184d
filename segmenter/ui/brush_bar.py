"""The size of the brush and the class that it draws, in the toolbar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSpinBox, QWidget

from segmenter.app.classes import style_of
from segmenter.app.state import LARGEST_BRUSH, can_draw, nib_of
from segmenter.ui.editor import ignore_stray_wheel
from segmenter.ui.field_keys import share_keys
from segmenter.ui.swatch import readable_on

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State


class SizeField(QSpinBox):
    """A size in pixels; a step leads to the next size that makes a difference."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setRange(1, LARGEST_BRUSH)
        self.setSuffix(" px")
        self.setKeyboardTracking(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName("Brush size")
        self.setToolTip("Pixels of the image across the brush ([ and ])")
        self.valueChanged.connect(session.set_brush_size)
        ignore_stray_wheel(self)
        share_keys(self)

    def stepBy(self, steps: int) -> None:
        """Go through the sizes."""
        self._session.change_brush_size(steps)


class BrushBar(QWidget):
    """What the tool in hand will leave; dull while none is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.number = QLabel(self)
        self.number.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.number.setToolTip("Class under the brush (1 … 9, or a row of the classes)")
        self.number.setFixedSize(24, 20)
        self.size_field = SizeField(session, self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.number)
        row.addWidget(self.size_field)
        session.changed.connect(self.show_state)
        self._show(session.state)

    def show_state(self, before: State, after: State) -> None:
        """Show the class and the size where they differ."""
        if _drawn_with(before) != _drawn_with(after):
            self._show(after)

    def _show(self, state: State) -> None:
        is_drawing = can_draw(state)
        self.size_field.setEnabled(is_drawing)
        self.number.setEnabled(is_drawing)
        with QSignalBlocker(self.size_field):
            self.size_field.setValue(state.hand.size)
        number = nib_of(state).number if is_drawing else 0
        self.number.setText(str(number or ""))
        self.number.setAccessibleName(f"Brush: {style_of(state, number).name}" if number else "")
        self.number.setStyleSheet(_swatch(style_of(state, number).colour) if number else "")


def _drawn_with(state: State) -> tuple[object, ...]:
    return can_draw(state), nib_of(state), style_of(state, state.look.chosen)


def _swatch(colour: tuple[int, int, int]) -> str:
    ink = readable_on(QColor(*colour)).name()
    return f"background: rgb{colour}; color: {ink}; border-radius: 3px;"
