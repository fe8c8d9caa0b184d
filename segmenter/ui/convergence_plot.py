"""The log-likelihood per pixel against the iteration, growing as EM goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmenter.app.state import is_running, iterations_of

if TYPE_CHECKING:
    from segmenter.app.session import Session
    from segmenter.app.state import State

SYMBOL_LIMIT = 60


class ConvergencePlot(QWidget):
    """A curve that tells when EM has arrived; its title says why it ended."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Convergence")
        self.plot = pyqtgraph.PlotWidget(self, enableMenu=False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setMinimumHeight(110)
        self.plot.setLabel("bottom", "Iteration")
        self.plot.getAxis("left").enableAutoSIPrefix(False)
        self.curve = self.plot.plot([], [], antialias=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 0, 8, 4)
        column.addWidget(self.plot)
        self._state = session.state
        self._show()
        session.changed.connect(self.show_state)

    def show_state(self, before: State, after: State) -> None:
        """Show the curve and its title where they differ."""
        if before.progress is not after.progress or before.result is not after.result:
            self._state = after
            self._show()

    def _show(self) -> None:
        values = self._state.curve
        colours = self.palette()
        ink = colours.color(QPalette.ColorRole.WindowText)
        accent = colours.color(QPalette.ColorRole.Accent)
        self.plot.setBackground(colours.color(QPalette.ColorRole.Window))
        for side in ("left", "bottom"):
            self.plot.showAxis(side, show=bool(values))
            self.plot.getAxis(side).setPen(colours.color(QPalette.ColorRole.Dark))
            self.plot.getAxis(side).setTextPen(ink)
        self.plot.setTitle(describe_curve(self._state), color=ink, size="9pt")
        self.curve.setPen(pyqtgraph.mkPen(accent, width=2))
        # Single points would be invisible as a line.
        self.curve.setSymbol("o" if len(values) <= SYMBOL_LIMIT else None)
        self.curve.setSymbolSize(5)
        self.curve.setSymbolBrush(accent)
        self.curve.setSymbolPen(accent)
        self.curve.setData(range(len(values)), values)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_state"):
            self._show()
        super().changeEvent(event)


def describe_curve(state: State) -> str:
    """Say how far the curve has come, or why it ended."""
    if not state.curve:
        return "The log-likelihood of a run grows here"
    iterations = iterations_of(state.curve)
    if is_running(state):
        return f"Log-likelihood per pixel · {iterations} so far"
    reason = "" if state.result is None else f": {state.result.stopped.value}"
    return f"Log-likelihood per pixel · {iterations}{reason}"
