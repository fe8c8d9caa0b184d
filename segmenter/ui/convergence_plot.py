"""The log-likelihood per pixel against the iteration, growing as EM goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segmenter.app.plotted import Plot, end_of, is_seen
from segmenter.app.run_words import iterations_of
from segmenter.app.sides import clusters_of
from segmenter.app.state import is_running
from segmenter.ui.plain import plain_label
from segmenter.ui.plots import WholeNumbers, headed, note_label, plain_plot, say, tint

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from segmenter.app.session import Session
    from segmenter.app.state import State

SYMBOL_LIMIT = 60
LITTLE = 0.1  # of the height of the curve, so that 0 has room beside the scale
HEADROOM = 0.35  # the same, for the words above the expected end
BESIDE = 0.03  # of the width, for the marks at both ends
MINUS = "\N{MINUS SIGN}"
SCALE_WIDTH = 48  # px
# From which height of the curve on a unit is used, the unit and its name.
UNITS = (
    (5e-3, 1.0, ""),
    (5e-5, 1e-3, "thousandths "),
    (5e-8, 1e-6, "millionths "),
    (0.0, 1e-9, "billionths "),
)


class _Below(pyqtgraph.AxisItem):  # type: ignore[misc] # it is not typed
    """An axis that tells how far below a value others are, in a unit that makes numbers short."""

    _top, _unit = 0.0, 1.0

    def measure_from(self, top: float, lowest: float) -> str:
        """Call this value 0; return the name of the unit."""
        self._top = top
        # A single value is at the end: there is nothing to make short.
        height = max(top - lowest, 0.0) or 1.0
        self._unit, name = next((unit, name) for least, unit, name in UNITS if height >= least)
        self.picture = None
        self.update()
        return name

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Return (spacing, values) of the ticks; there are none above 0."""
        ticks = super().tickValues(low - self._top, high - self._top, size)
        return [
            (step, [value + self._top for value in values if value < step / 2])
            for step, values in ticks
        ]

    def tickStrings(self, values: list[float], _: float, spacing: float) -> list[str]:
        """Return what is written at the ticks."""
        # Rounded to their grid, so that 0 is not -1e-17.
        below = [round((self._top - value) / spacing) * spacing for value in values]
        return [f"{difference / self._unit + 0.0:.4g}" for difference in below]


class ConvergencePlot(QWidget):
    """A curve that tells when EM has arrived; its title says why it ended."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Convergence")
        self._scale = _Below("left")
        self._scale.setWidth(SCALE_WIDTH)
        axes = {"left": self._scale, "bottom": WholeNumbers("bottom")}
        self.plot = plain_plot(self, **axes)
        self.plot.setLabel("bottom", "Iteration")
        # Not the plot's own title, which would push the curve out of a small panel.
        self.title, self.scale_words = note_label(self), plain_label()
        self.end = self.plot.plot([], [])
        self.curve = self.plot.plot([], [], antialias=True)
        self.end_words = pyqtgraph.TextItem(anchor=(1, 1))
        self.costs = self.plot.plot([], [], antialias=True)
        self.cost_words = pyqtgraph.TextItem(anchor=(1, 1))
        for words in (self.end_words, self.cost_words):
            self.plot.addItem(words, ignoreBounds=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 8, 4)
        column.addLayout(headed(self.title, self.scale_words))
        column.addWidget(self.plot, 1)
        self._state = session.state
        tint(self.plot, self.palette())
        self._show()
        session.changed.connect(self.show_state)

    def show_state(self, before: State, after: State) -> None:
        """Show the curve and its title where they differ."""
        self._state = after
        is_other = before.progress is not after.progress or before.result is not after.result
        is_other |= before.look.k_means != after.look.k_means
        is_new_here = is_seen(after, Plot.CONVERGENCE) and not is_seen(before, Plot.CONVERGENCE)
        if is_new_here or (is_other and is_seen(after, Plot.CONVERGENCE)):
            self._show()

    def _show(self) -> None:
        values = self._state.curve
        colours = self.palette()
        ink = colours.color(QPalette.ColorRole.WindowText)
        accent = colours.color(QPalette.ColorRole.Accent)
        for side in ("left", "bottom"):
            if self.plot.getAxis(side).isVisible() != bool(values):
                self.plot.showAxis(side, show=bool(values))
        self.scale_words.setVisible(bool(values))
        say(self.title, describe_curve(self._state))
        self.curve.setPen(pyqtgraph.mkPen(accent, width=2))
        # Single points would be invisible as a line.
        self.curve.setSymbol("o" if len(values) <= SYMBOL_LIMIT else None)
        self.curve.setSymbolSize(5)
        self.curve.setSymbolBrush(accent)
        self.curve.setSymbolPen(accent)
        self.curve.setData(range(len(values)), values)
        if values:
            self._measure(values)
        self._show_end(len(values), ink)
        self._show_costs(values, ink)

    def _measure(self, values: tuple[float, ...]) -> None:
        """Let the scale begin at the end: the expected one or, if none can be told, the last."""
        end = end_of(self._state)
        top = values[-1] if end is None else end
        is_last = end is None and is_running(self._state)
        lowest, highest = min(values), max(*values, top)
        unit = self._scale.measure_from(top, lowest)
        words = f"{unit}below the {'latest' if is_last else 'end'}"
        self.scale_words.setText(words.capitalize())
        height = highest - lowest or 1.0
        above = (LITTLE if end is None else HEADROOM) * height
        self.plot.setYRange(lowest - LITTLE * height, highest + above, padding=0)
        # From the start on, and one iteration at least, so that nothing stands before it.
        self.plot.setXRange(0, max(1, len(values) - 1), padding=BESIDE)

    def _show_end(self, count: int, ink: QColor) -> None:
        """Draw where the curve will end, as far as that can be told."""
        end = end_of(self._state)
        self.end_words.setVisible(end is not None)
        self.end.setPen(pyqtgraph.mkPen(ink, style=Qt.PenStyle.DashLine))
        self.end.setData([] if end is None else [0, count - 1], [] if end is None else [end, end])
        if end is not None:
            self.end_words.setText(describe_end_of(end), color=ink)
            self.end_words.setPos(max(count - 1, 0), end)

    def _show_costs(self, values: tuple[float, ...], ink: QColor) -> None:
        """Draw what k-means costs after each of its half steps, as high as the curve and falling.

        It has no scale: what counts is that it never rises; words tell the last value.
        """
        clusters = clusters_of(self._state)
        costs = clusters.costs if clusters is not None and values else ()
        self.cost_words.setVisible(bool(costs))
        if not costs:
            self.costs.setData([], [])
            return
        low, high = min(costs), max(costs)
        bottom, height = min(values), (max(values) - min(values)) or 1.0
        places = [bottom + height * (cost - low) / ((high - low) or 1.0) for cost in costs]
        self.costs.setPen(pyqtgraph.mkPen(ink, style=Qt.PenStyle.DotLine))
        self.costs.setSymbol("x" if len(costs) <= SYMBOL_LIMIT else None)
        self.costs.setSymbolSize(7)
        self.costs.setSymbolPen(ink)
        # Two half steps are one iteration.
        self.costs.setData([half / 2 for half in range(len(costs))], places)
        self.cost_words.setText(f"k-means: cost {costs[-1]:.4f}", color=ink)
        # Above its end: there the curve of EM is high.
        self.cost_words.setPos((len(costs) - 1) / 2, places[-1])

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_state"):
            tint(self.plot, self.palette())
            self._show()
        super().changeEvent(event)


def describe_curve(state: State) -> str:
    """Say how far the curve has come, or why it ended."""
    if not state.curve:
        return "The log-likelihood of a run grows here"
    iterations = iterations_of(state.curve)
    value = "Log-likelihood per pixel " + f"{state.curve[-1]:.4f}".replace("-", MINUS)
    if is_running(state):
        return f"{value} · {iterations} so far"
    reason = "" if state.result is None else f": {state.result.stopped.value}"
    return f"{value} · {iterations}{reason}"


def describe_end_of(value: float) -> str:
    """Say to which log-likelihood a run climbs."""
    return f"expected end {value:.4f}".replace("-", MINUS)
