"""Editors of choices: yes or no, one of several, any of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from segmenter.ui.editor import Editor, ignore_stray_wheel
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segmenter.engine.parameters import Parameter

IN_CAPITALS = {"rgb", "hsv", "bic", "icl"}


class SwitchEditor(Editor):
    """Yes or no."""

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        self._box = QCheckBox("On", parent)
        # After a click *Space* goes on to mean the overlay.
        self._box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._box.clicked.connect(self._on_clicked)
        self._name(self._box)
        self.compact = self._box

    def _on_clicked(self, is_ticked: bool) -> None:
        # Not the signal itself: Qt would take it for a slot without an argument.
        self.edited.emit(is_ticked)

    def show_value(self, value: bool) -> None:
        """Tick for yes."""
        self._box.setChecked(value)


class ChoiceEditor(Editor):
    """One of several words or numbers."""

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parameter, parent)
        self._list = QComboBox(parent)
        for choice in parameter.choices:
            self._list.addItem(spelled(choice), choice)
        self._list.activated.connect(self._on_activated)
        ignore_stray_wheel(self._list)
        self._name(self._list)
        self.compact = self._list

    def _on_activated(self, place: int) -> None:
        self.edited.emit(self._list.itemData(place))

    def show_value(self, value: str | int) -> None:
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
            box.setToolTip(plain_tip(parameter.help))
            grid.addWidget(box, place // 2, place % 2)
        for box in (self._automatic, *self._boxes.values()):
            # After a click *Space* goes on to mean the overlay.
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._automatic.setToolTip(plain_tip(parameter.help))
        self._automatic.setAccessibleName(f"{parameter.label}: automatic")

    def offer(self, stands_for: Sequence[str], unsuitable: Mapping[str, str]) -> None:
        """Say what 'Automatic' stands for, and which choices do not suit now and why."""
        self._stands_for = tuple(stands_for)
        meaning = ", ".join(spelled(choice) for choice in stands_for)
        text = f"'Automatic' now means {meaning}." if meaning else ""
        self._automatic.setToolTip(plain_tip(f"{self.parameter.help} {text}".strip()))
        for choice, box in self._boxes.items():
            box.setEnabled(choice not in unsuitable or box.isChecked())
            box.setToolTip(plain_tip(unsuitable.get(choice, self.parameter.help)))

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


def spelled(choice: str | int) -> str:
    """Return a choice as the window writes it."""
    word = str(choice)
    return word.upper() if word in IN_CAPITALS else word.capitalize()
