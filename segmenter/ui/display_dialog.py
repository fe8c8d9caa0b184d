"""How the image is shown: what is black, what is white, and how bright it is between."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log2, log10
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)
from superqt import QDoubleRangeSlider

from segmenter.ui import theme
from segmenter.ui.editor import leave_keys_to

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.display import Display

GAMMAS = 0.2, 5.0
MARGIN = 16
SLIDER_WIDTH = 288
FIELD_WIDTH = 88
DIGITS = 4
"""Of the width of the range: what can be told apart on a slider."""
HINT = "Only how the image is shown: what is segmented stays as it is."


class DisplayDialog(QDialog):
    """Changes the display of a session's image while one drags; stays beside the canvas."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setWindowTitle("Display")
        self._session = session
        self._make_fields()
        self._make_buttons()
        self._lay_out()
        session.changed.connect(self.show_state)
        self._show(session.state)

    def _make_fields(self) -> None:
        range_slider: Any = QDoubleRangeSlider  # superqt's slider is untyped
        self.range = range_slider(Qt.Orientation.Horizontal, self)
        self.range.setMinimumWidth(SLIDER_WIDTH)
        self.low, self.high = (self._field(name) for name in ("Black", "White"))
        leave_keys_to(self.low, self.range)
        self.bend = QSlider(Qt.Orientation.Horizontal, self)
        self.bend.setRange(_bend(GAMMAS[1]), _bend(GAMMAS[0]))
        self.bend.setSingleStep(10)
        self.gamma = self._field("Gamma")
        self.gamma.setDecimals(2)
        self.gamma.setRange(*GAMMAS)
        self.gamma.setSingleStep(0.05)
        self.range.setAccessibleName("Values from black to white")
        self.range.setToolTip("Values of the image that are shown black and white")
        self.low.setToolTip("Values up to this one are black")
        self.high.setToolTip("Values from this one on are white")
        self.bend.setAccessibleName("Brightness between")
        for widget in (self.bend, self.gamma):
            widget.setToolTip("Below 1 dark parts are brighter, above 1 darker")
        self.range.valueChanged.connect(self._on_range_moved)
        self.low.valueChanged.connect(self._on_low)
        self.high.valueChanged.connect(self._on_high)
        self.bend.valueChanged.connect(self._on_bend)
        self.gamma.valueChanged.connect(self._on_gamma)

    def _field(self, name: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox(self)
        field.setKeyboardTracking(False)
        field.setFixedWidth(FIELD_WIDTH)
        field.setAccessibleName(name)
        field.lineEdit().setAccessibleName(name)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        theme.use_tabular_figures(field)
        return field

    def _make_buttons(self) -> None:
        self.automatic = QPushButton("&Automatic", self)
        self.automatic.setToolTip("Black and white are 0.5% of the values each")
        self.whole = QPushButton("&Whole range", self)
        self.reset = QPushButton("&Reset", self)
        self.reset.setToolTip("As the image was shown first")
        self.automatic.clicked.connect(self._on_automatic)
        self.whole.clicked.connect(self._on_whole)
        self.reset.clicked.connect(self._on_reset)
        for button in (self.automatic, self.whole, self.reset):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        ends = QHBoxLayout()
        ends.setSpacing(8)
        ends.addWidget(QLabel("Black", self))
        ends.addWidget(self.low)
        ends.addStretch(1)
        ends.addWidget(QLabel("White", self))
        ends.addWidget(self.high)
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.addRow("Range", self.range)
        form.addRow("", ends)
        between = QHBoxLayout()
        between.setSpacing(8)
        between.addWidget(self.bend, 1)
        between.addWidget(self.gamma)
        form.addRow("Gamma", between)
        row = QHBoxLayout()
        for button in (self.automatic, self.whole, self.reset):
            row.addWidget(button, 1)
        hint = QLabel(HINT, self)
        hint.setObjectName("quiet")
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        column.setSpacing(8)
        column.addLayout(form)
        column.addLayout(row)
        column.addWidget(hint)

    def show_over(self, canvas: QWidget) -> None:
        """Show the dialog beside the window, or else in the canvas where it covers least."""
        self.adjustSize()
        needed = QPoint(self.width() + MARGIN, self.height() + 3 * MARGIN)
        place = canvas.mapToGlobal(QPoint(canvas.width(), canvas.height())) - needed
        # A window may reach beyond the screen, at any side.
        screen, window = canvas.screen().availableGeometry(), canvas.window().frameGeometry()
        if window.right() + needed.x() <= screen.right():
            place.setX(window.right() + MARGIN // 2)
        first, last = screen.topLeft(), screen.bottomRight() - needed
        self.move(
            max(first.x(), min(place.x(), last.x())), max(first.y(), min(place.y(), last.y()))
        )
        self.show()
        self.activateWindow()

    # ---- From the session -----------------------------------------------------------------

    def show_state(self, before: State, after: State) -> None:
        """Show the display where it differs."""
        if _told(before) != _told(after):
            self._show(after)

    def _show(self, state: State) -> None:
        self.setEnabled(state.shown is not None)
        if state.shown is None:
            return
        now, shown = state.shown.display, state.shown
        low = min(shown.whole[0], now.low)
        high = max(shown.whole[1], now.high, low)
        is_whole = shown.image.pixels.dtype.kind in "ui"
        decimals = 0 if is_whole else max(0, DIGITS - ceil(log10(max(high - low, 1e-30))))
        for field, value in ((self.low, now.low), (self.high, now.high)):
            with QSignalBlocker(field):
                field.setDecimals(decimals)
                field.setRange(*_possible(shown.image.pixels.dtype))
                field.setSingleStep(1 if is_whole else (high - low) / 100)
                field.setValue(value)
        with QSignalBlocker(self.range), QSignalBlocker(self.bend), QSignalBlocker(self.gamma):
            self.range.setRange(low, high if high > low else low + 1)
            self.range.setValue((now.low, now.high))
            self.bend.setValue(_bend(now.gamma))
            self.gamma.setValue(now.gamma)
        least, greatest = map(self.low.textFromValue, shown.whole)
        self.whole.setToolTip(f"Black is {least} and white is {greatest}")
        self.reset.setEnabled(state.look.display is not None)

    # ---- From the user --------------------------------------------------------------------

    @property
    def _now(self) -> Display:
        shown = self._session.state.shown
        assert shown is not None
        return shown.display

    def _choose(self, **changes: float) -> None:
        self._session.set_look(display=replace(self._now, **changes))

    def _on_range_moved(self, ends: tuple[float, float]) -> None:
        low, high = (round(end, self.low.decimals()) for end in ends)
        self._choose(low=low, high=high)

    def _on_low(self, value: float) -> None:
        self._choose(low=value, high=max(value, self._now.high))

    def _on_high(self, value: float) -> None:
        self._choose(low=min(value, self._now.low), high=value)

    def _on_bend(self, bend: int) -> None:
        self._choose(gamma=2.0 ** (-bend / 100))

    def _on_gamma(self, gamma: float) -> None:
        self._choose(gamma=gamma)

    def _on_automatic(self) -> None:
        shown = self._session.state.shown
        assert shown is not None
        self._choose(low=shown.bulk[0], high=shown.bulk[1])

    def _on_whole(self) -> None:
        shown = self._session.state.shown
        assert shown is not None
        self._choose(low=shown.whole[0], high=shown.whole[1])

    def _on_reset(self) -> None:
        self._session.set_look(display=None)


def _told(state: State) -> tuple[object, ...]:
    """Return what the fields are about: with better copies alone they stay, perhaps half typed."""
    shown = state.shown
    return () if shown is None else (shown.image, shown.display, state.look.display)


def _bend(gamma: float) -> int:
    """Return where a slider is, 0 in its middle: 100 to the right for each halving."""
    return round(-100 * log2(gamma))


def _possible(kind: np.dtype[Any]) -> tuple[float, float]:
    """Return the least and the greatest number of a type of pixels."""
    limits = np.iinfo(kind) if kind.kind in "ui" else np.finfo(np.float32)
    return float(limits.min), float(limits.max)
