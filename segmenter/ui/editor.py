"""What all editors of a parameter have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QEvent, QObject, Qt, Signal

from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from PySide6.QtWidgets import QCheckBox, QWidget

    from segmenter.engine.parameters import Parameter


class Editor(QObject):
    """Shows and edits one parameter.

    ``compact`` stands beside the label, ``word`` between the two, ``wide`` below; each may be
    missing.
    """

    edited = Signal(object)
    released = Signal()

    def __init__(self, parameter: Parameter, parent: QWidget) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.word: QCheckBox | None = None
        self.compact: QWidget | None = None
        self.wide: QWidget | None = None
        self._reason = ""

    def show_value(self, value: Any) -> None:  # noqa: ANN401 - each editor knows its type
        """Show `value` without reporting it as an edit."""
        raise NotImplementedError

    def widgets(self) -> list[QWidget]:
        """Return the widgets there are."""
        return [widget for widget in (self.compact, self.word, self.wide) if widget is not None]

    def set_idle(self, reason: str) -> None:
        """Take no edits, for a reason that the tool tip says; take them again without one."""
        if reason == self._reason:
            return
        self._reason = reason
        for widget in self.widgets():
            widget.setEnabled(not reason)
            widget.setToolTip(plain_tip(f"{reason} {self.parameter.help}".strip()))

    def _name(self, widget: QWidget) -> None:
        widget.setAccessibleName(self.parameter.label)
        widget.setAccessibleDescription(self.parameter.help)
        widget.setToolTip(plain_tip(self.parameter.help))


class _WheelGuard(QObject):
    """Leaves the wheel to the scroll area, unless the widget has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drop wheel events of a widget without focus."""
        if event.type() == QEvent.Type.Wheel and not cast("QWidget", watched).hasFocus():
            event.ignore()
            return True
        return False


def leave_keys_to(field: QWidget, slider: QWidget) -> None:
    """Give the keys of a slider that knows none, as superqt's, to the field beside it.

    The Tab key passes it by; who clicks it has the field in hand.
    """
    slider.setFocusProxy(field)


def ignore_stray_wheel(widget: QWidget) -> None:
    """Keep a widget's value when the wheel only scrolls past it."""
    widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    widget.installEventFilter(_WheelGuard(widget))
