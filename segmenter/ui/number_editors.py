"""Editors of numbers: in a field, on a slider, or a word in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QLocale, QSignalBlocker, Qt
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QSlider, QSpinBox, QWidget
from superqt import QDoubleSlider

from segmenter.engine.settings import Group
from segmenter.ui.editor import Editor, ignore_stray_wheel, leave_keys_to
from segmenter.ui.field_keys import share_keys
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from segmenter.engine.parameters import Parameter

# Numbers with more room than this are typed; a slider could not place them.
SLIDER_RANGE = 50
# In a range shorter than this, tenths are what one tries next.
FINE_RANGE = 5
LONGEST = 1e15  # more digits than a person types


class AnyNumberField(QDoubleSpinBox):
    """A field for numbers of any size, written as short as they can be."""

    def textFromValue(self, value: float) -> str:
        """Write -9999 without decimals."""
        return f"{value:.12g}"


class NumberEditor(Editor):
    """A number in a field with its unit, and a slider where the range is short.

    Where a word may stand for it, ticking that takes the place of the number.
    """

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        low, high = cast("float", parameter.low), cast("float", parameter.high)
        has_slider = high - low <= SLIDER_RANGE
        self._field = self._made_field(parent, low, high, has_slider=has_slider)
        self._slider: Any = None
        self._found: float | None = None
        if has_slider:
            is_whole = parameter.kind is int
            self._make_slider(QSlider(parent) if is_whole else QDoubleSlider(parent))  # type: ignore[no-untyped-call]
        if parameter.word:
            self._make_word(QCheckBox(parameter.word.capitalize(), parent))

    def _made_field(
        self, parent: QWidget, low: float, high: float, *, has_slider: bool
    ) -> QSpinBox | QDoubleSpinBox:
        if self.parameter.kind is int:
            field: QSpinBox | QDoubleSpinBox = QSpinBox(parent)
            field.setRange(int(low), int(high))
            if not has_slider and self.parameter.group is Group.CLEANUP:
                # Sizes differ by factors: a step is a tenth of what is there.
                field.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        elif has_slider:
            # What may also be estimated matters in small steps.
            is_fine = high - low <= FINE_RANGE or bool(self.parameter.word)
            field = QDoubleSpinBox(parent, decimals=2 if is_fine else 1)
            field.setSingleStep(0.1 if is_fine else 0.5)
            field.setRange(low if self.parameter.low_is_allowed else 0.1, high)
        else:
            field = AnyNumberField(parent, decimals=9)
            field.setRange(max(low, -LONGEST), min(high, LONGEST))
            field.setGroupSeparatorShown(False)
            field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        # Typed digits count when the number is complete, not one by one.
        field.setKeyboardTracking(False)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        if self.parameter.unit:
            field.setSuffix(f" {self.parameter.unit}")
        field.valueChanged.connect(self.edited.emit)
        field.editingFinished.connect(self.released.emit)
        ignore_stray_wheel(field)
        share_keys(field)
        self._name(field)
        self.compact = field
        return field

    def _make_slider(self, slider: Any) -> None:  # noqa: ANN401 - superqt's slider is untyped
        slider.setOrientation(Qt.Orientation.Horizontal)
        slider.setRange(self._field.minimum(), self._field.maximum())
        slider.valueChanged.connect(self._field.setValue)
        slider.sliderReleased.connect(self.released.emit)
        ignore_stray_wheel(slider)
        if isinstance(slider, QDoubleSlider):
            leave_keys_to(self._field, slider)
        self._name(slider)
        self._slider = self.wide = slider

    def _make_word(self, box: QCheckBox) -> None:
        # After a click *Space* goes on to mean the overlay.
        box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        box.clicked.connect(self._on_word_clicked)
        self._name(box)
        box.setAccessibleName(f"{self.parameter.label}: {self.parameter.word}")
        self.word = box

    def _on_word_clicked(self, is_ticked: bool) -> None:
        self.edited.emit(self.parameter.meaning if is_ticked else self._field.value())

    def show_value(self, value: float | str | None) -> None:
        """Show a number in the field and on the slider, or that a word stands for it."""
        is_word = self._stands(value)
        if self.word is not None:
            self.word.setChecked(is_word)
        if not is_word:
            self._show_number(cast("float", value))
        elif self._found is not None:
            self._show_number(self._found)
        self._enable(is_word=is_word)

    def show_found(self, number: float | None) -> None:
        """Say what the word has come to, which the field then shows; None before that."""
        self._found = number
        if self.word is not None and self.word.isChecked() and number is not None:
            self._show_number(number)

    def set_idle(self, reason: str) -> None:
        """Take no edits, for a reason."""
        super().set_idle(reason)
        self._enable(is_word=self.word is not None and self.word.isChecked())

    def _stands(self, value: object) -> bool:
        return bool(self.parameter.word) and value == self.parameter.meaning

    def _enable(self, *, is_word: bool) -> None:
        for widget in filter(None, (self._field, self._slider)):
            widget.setEnabled(not is_word and not self._reason)

    def _show_number(self, value: float) -> None:
        shown: Any
        for shown in filter(None, (self._field, self._slider)):
            with QSignalBlocker(shown):
                shown.setValue(value)


class SmallNumberField(QDoubleSpinBox):
    """A field for small numbers in scientific notation; a step is a factor of ten."""

    def textFromValue(self, value: float) -> str:
        """Write 0.00001 as 1e-05."""
        return f"{value:g}"

    def valueFromText(self, text: str) -> float:
        """Read what `textFromValue` writes."""
        return float(text.removesuffix(self.suffix()).strip())

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Accept what Python reads as a number in range; let the rest be typed further."""
        try:
            is_in_range = self.minimum() <= self.valueFromText(text) <= self.maximum()
        except ValueError:
            is_in_range = False
        state = QValidator.State.Acceptable if is_in_range else QValidator.State.Intermediate
        return state, text, position

    def stepBy(self, steps: int) -> None:
        """Multiply or divide by ten."""
        self.setValue(float(f"{self.value() * 10.0**steps:.3g}"))


class SmallNumberEditor(Editor):
    """A positive number that may be very small."""

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        self._field = SmallNumberField(parent, decimals=15)
        self._field.setLocale(QLocale.c())
        self._field.setRange(1e-12, cast("float", parameter.high))
        self._field.setKeyboardTracking(False)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._field.valueChanged.connect(self.edited.emit)
        ignore_stray_wheel(self._field)
        share_keys(self._field)
        self._name(self._field)
        self._field.setToolTip(plain_tip(f"{parameter.help} In {parameter.unit}."))
        self.compact = self._field

    def show_value(self, value: float) -> None:
        """Show a number."""
        with QSignalBlocker(self._field):
            self._field.setValue(value)
