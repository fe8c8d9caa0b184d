"""Axes that several plots share."""

from __future__ import annotations

import pyqtgraph


class WholeNumbers(pyqtgraph.AxisItem):  # type: ignore[misc] # it is not typed
    """An axis whose ticks are whole numbers: there is no half iteration."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Return (spacing, offset) of the ticks, the coarsest first."""
        spacings = super().tickSpacing(low, high, size)
        return [(step, at) for step, at in spacings if step >= 1] or [(1.0, 0.0)]
