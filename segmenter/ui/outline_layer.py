"""The borders of classes, worked out in screen pixels: as crisp far out as close up."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.overlay import colour_table
from segmenter.ui.overlay_source import styles_of
from segmenter.ui.patches import indexed
from segmenter.ui.screen_pixels import places_under

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    from segmenter.app.state import State
    from segmenter.ui.overlay_source import Source
    from segmenter.ui.view_transform import ViewTransform


class _Wanted(NamedTuple):
    """All that decides on the lines but the labels."""

    view: ViewTransform
    target: QRect
    width: int


class OutlineLayer:
    """Paints the borders of a label map, and remembers the last ones."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._wanted: _Wanted | None = None
        self._picture: QImage | None = None

    def paint(
        self, painter: QPainter, state: State, source: Source,
        *, view: ViewTransform, target: QRect, ratio: float,
    ) -> None:  # fmt: skip
        """Draw the borders that lie in a part of the screen, each class on its own side.

        Parameters
        ----------
        target
            Screen pixels, all of them of the image.
        ratio
            Screen pixels per logical pixel, so that lines are as wide on every screen.
        """
        if target.isEmpty():
            return
        wanted = _Wanted(view, target, max(1, round(ratio)))
        if self._picture is None or wanted != self._wanted or not source.same_as(self._source):
            self._source, self._wanted = source, wanted
            self._picture = indexed(_borders(source, wanted))
        self._picture.setColorTable(_colours(state, source))
        painter.drawImage(target.topLeft(), self._picture)

    def clear(self) -> None:
        """Let go of the last borders."""
        self._source = self._wanted = self._picture = None


def _borders(source: Source, wanted: _Wanted) -> NDArray[np.uint8]:
    """Return the class of every screen pixel that lies at a border, and 0 elsewhere."""
    view, target, width = wanted
    rows, columns = source.labels.shape
    height, breadth = source.shape
    # Borders at the rim of the target are those to what lies beyond it.
    down = np.arange(target.top() - width, target.bottom() + width + 1)
    across = np.arange(target.left() - width, target.right() + width + 1)
    # The labels of a run under way are fewer than the pixels.
    ys = places_under(down, view.top, view.scale * height / rows)
    xs = places_under(across, view.left, view.scale * breadth / columns)
    seen = source.labels[np.ix_(np.clip(ys, 0, rows - 1), np.clip(xs, 0, columns - 1))]
    inner = seen[width:-width, width:-width]
    is_border = np.zeros(inner.shape, np.bool_)
    for away in range(1, width + 1):
        for step in (-away, away):
            is_border |= inner != _moved(seen, step, 0, width)
            is_border |= inner != _moved(seen, 0, step, width)
    return inner * is_border


def _moved(seen: NDArray[np.uint8], down: int, across: int, rim: int) -> NDArray[np.uint8]:
    """Return what lies beside the inner pixels."""
    rows, columns = seen.shape
    return seen[rim + down : rows - rim + down, rim + across : columns - rim + across]


def _colours(state: State, source: Source) -> list[int]:
    red, green, blue, alpha = colour_table(styles_of(source, state), 1.0).astype(np.uint32).T
    table: list[int] = (alpha << 24 | red << 16 | green << 8 | blue).tolist()
    return table
