"""An editor for every sort of parameter, made from its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QLocale, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSlider,
    QSpinBox,
    QWidget,
)
from superqt import QDoubleSlider

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segmenter.engine.settings import Parameter

# Numbers with more room than this are typed; a slider could not place them.
SLIDER_RANGE = 50


class Editor(QObject):
    """Shows and edits one parameter.

    ``compact`` stands beside the label, ``wide`` below it; either may be missing.
    """

    edited = Signal(object)
    released = Signal()

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.compact: QWidget | None = None
        self.wide: QWidget | None = None

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - each editor knows its type
        """Show `value` without reporting it as an edit."""
        raise NotImplementedError

    def widgets(self) -> list[QWidget]:
        """Return the widgets there are."""
        return [widget for widget in (self.compact, self.wide) if widget is not None]

    def _name(self, widget: QWidget) -> None:
        widget.setAccessibleName(self.parameter.label)
        widget.setAccessibleDescription(self.parameter.help)
        widget.setToolTip(self.parameter.help)


class NumberEditor(Editor):
    """A number in a field with its unit, and a slider where the range is short."""

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        is_whole = parameter.kind is int
        self._field = QSpinBox(parent) if is_whole else QDoubleSpinBox(parent, decimals=1)
        self._make_field(self._field)
        self._slider: Any = None
        if parameter.high is not None and parameter.high <= SLIDER_RANGE:
            self._make_slider(QSlider(parent) if is_whole else QDoubleSlider(parent))  # type: ignore[no-untyped-call]

    def _make_field(self, field: QSpinBox | QDoubleSpinBox) -> None:
        low, high = cast("float", self.parameter.low), cast("float", self.parameter.high)
        if isinstance(field, QSpinBox):
            field.setRange(int(low), int(high))
        else:
            field.setSingleStep(0.5)
            field.setRange(low if self.parameter.low_is_allowed else 0.1, high)
        # Typed digits count when the number is complete, not one by one.
        field.setKeyboardTracking(False)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        if self.parameter.unit:
            field.setSuffix(f" {self.parameter.unit}")
        field.valueChanged.connect(self.edited.emit)
        field.editingFinished.connect(self.released.emit)
        ignore_stray_wheel(field)
        self._name(field)
        self.compact = field

    def _make_slider(self, slider: Any) -> None:  # noqa: ANN401 - superqt's slider is untyped
        slider.setOrientation(Qt.Orientation.Horizontal)
        slider.setRange(self._field.minimum(), self._field.maximum())
        slider.valueChanged.connect(self._field.setValue)
        slider.sliderReleased.connect(self.released.emit)
        ignore_stray_wheel(slider)
        self._name(slider)
        self._slider = self.wide = slider

    def show_value(self, value: float) -> None:
        """Show a number in the field and on the slider."""
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
        self._name(self._field)
        self._field.setToolTip(f"{parameter.help} In {parameter.unit}.")
        self.compact = self._field

    def show_value(self, value: float) -> None:
        """Show a number."""
        with QSignalBlocker(self._field):
            self._field.setValue(value)


class ChoiceEditor(Editor):
    """One of several words."""

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        self._list = QComboBox(parent)
        for choice in parameter.choices:
            self._list.addItem(choice.capitalize(), choice)
        self._list.activated.connect(self._on_activated)
        ignore_stray_wheel(self._list)
        self._name(self._list)
        self.compact = self._list

    def _on_activated(self, place: int) -> None:
        self.edited.emit(self._list.itemData(place))

    def show_value(self, value: str) -> None:
        """Show a choice."""
        self._list.setCurrentIndex(self.parameter.choices.index(value))


class ManyChoicesEditor(Editor):
    """Any of several words; none is 'Automatic', which stands for some of them."""

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        self.compact = self._automatic = QCheckBox("Automatic", parent)
        self._automatic.clicked.connect(self._on_automatic_clicked)
        self._stands_for: tuple[str, ...] = ()
        self.wide = QWidget(parent)
        grid = QGridLayout(self.wide)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        self._boxes = {
            choice: QCheckBox(spelled(choice), self.wide) for choice in parameter.choices
        }
        for place, box in enumerate(self._boxes.values()):
            box.clicked.connect(self._on_box_clicked)
            box.setToolTip(parameter.help)
            grid.addWidget(box, place // 2, place % 2)
        for box in (self._automatic, *self._boxes.values()):
            # After a click *Space* goes on to mean the overlay.
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._automatic.setToolTip(parameter.help)
        self._automatic.setAccessibleName(f"{parameter.label}: automatic")

    def offer(self, stands_for: Sequence[str], unsuitable: Mapping[str, str]) -> None:
        """Say what 'Automatic' stands for, and which choices do not suit now and why."""
        self._stands_for = tuple(stands_for)
        meaning = ", ".join(spelled(choice) for choice in stands_for)
        text = f"'Automatic' now means {meaning}." if meaning else ""
        self._automatic.setToolTip(f"{self.parameter.help} {text}".strip())
        for choice, box in self._boxes.items():
            box.setEnabled(choice not in unsuitable or box.isChecked())
            box.setToolTip(unsuitable.get(choice, self.parameter.help))

    def _on_automatic_clicked(self) -> None:
        self._automatic.setChecked(True)
        self.edited.emit(())

    def _on_box_clicked(self) -> None:
        ticked = {choice for choice, box in self._boxes.items() if box.isChecked()}
        if self._automatic.isChecked():
            # A first choice comes on top of what was there, it does not replace it.
            ticked.update(self._stands_for)
        self.edited.emit(tuple(choice for choice in self._boxes if choice in ticked))

    def show_value(self, value: tuple[str, ...]) -> None:
        """Tick the choices."""
        self._automatic.setChecked(not value)
        for choice, box in self._boxes.items():
            box.setChecked(choice in value)


class _WheelGuard(QObject):
    """Leaves the wheel to the scroll area, unless the widget has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drop wheel events of a widget without focus."""
        if event.type() == QEvent.Type.Wheel and not cast("QWidget", watched).hasFocus():
            event.ignore()
            return True
        return False


def ignore_stray_wheel(widget: QWidget) -> None:
    """Keep a widget's value when the wheel only scrolls past it."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_WheelGuard(widget))


def spelled(choice: str) -> str:
    """Return a choice as the window writes it."""
    return choice.upper() if choice in {"rgb", "hsv"} else choice.capitalize()


def make_editor(parameter: Parameter, parent: QWidget) -> Editor:
    """Return the editor that suits the declaration of `parameter`."""
    if parameter.many:
        return ManyChoicesEditor(parameter, parent)
    if parameter.choices:
        return ChoiceEditor(parameter, parent)
    if parameter.kind is float and parameter.default < 0.01 and not parameter.low_is_allowed:
        return SmallNumberEditor(parameter, parent)
    return NumberEditor(parameter, parent)
