"""The borders of classes, worked out in screen pixels: as crisp far out as close up.

Where specks are so many that their borders would hide the others, and the image, they have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from segmenter.engine.overlay import colour_table
from segmenter.engine.specks import without_specks
from segmenter.engine.types import UNKNOWN
from segmenter.ui.overlay_source import styles_of
from segmenter.ui.patches import indexed
from segmenter.ui.screen_pixels import places_under
from segmenter.ui.view_transform import ViewTransform

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    from segmenter.app.state import State
    from segmenter.ui.layers import Frame
    from segmenter.ui.overlay_source import Source


SPECK = 16
"""Logical pixels of the screen: a region of fewer is a speck."""
ROOM = 200
"""Logical pixels of the screen for each speck that there are at least, or they are too many."""
REACH = 3
"""Logical pixels from the edge of a cluster of specks that belong to what is around it."""
WINDOWS, WINDOW = 4, 128
"""How many windows along each side, of how many screen pixels, tell whether specks are too many."""


class _Wanted(NamedTuple):
    """All that decides on the lines but the labels."""

    view: ViewTransform
    target: QRect
    width: int

    @property
    def area(self) -> QRectF:
        """What of the image lies under the target."""
        corner = self.view.to_image(QPointF(self.target.topLeft()))
        return QRectF(corner, QSizeF(self.target.size()) / self.view.scale)


class _Seen(NamedTuple):
    """What a label map is seen at."""

    scale: float
    width: int


class OutlineLayer:
    """Paints the borders of a label map, and remembers the last ones."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._wanted: _Wanted | None = None
        self._picture: QImage | None = None
        self._crowd: tuple[_Seen, bool] | None = None
        self._whole: tuple[_Wanted, QImage] | None = None

    @property
    def leaves_out(self) -> bool:
        """Whether specks have no lines."""
        return self._crowd is not None and self._crowd[1]

    def paint(
        self, painter: QPainter, state: State, source: Source, frame: Frame, *, target: QRect
    ) -> None:
        """Draw the borders that lie in a part of the screen, each class on its own side.

        Where the painting is rough, the last lines of the whole screen will do, moved and stretched
        with the image.

        Parameters
        ----------
        target
            Screen pixels, all of them of the image.
        """
        if target.isEmpty():
            return
        wanted = _Wanted(frame.view, target, max(1, round(frame.ratio)))
        seen = _Seen(frame.view.scale, wanted.width)
        if not source.same_as(self._source):
            self.clear()
            self._source = source
        if frame.is_rough and self._whole is not None:
            last, lines = self._whole
            lines.setColorTable(_colours(state, source))
            painter.drawImage(frame.view.to_screen(last.area), lines)
            return
        if self._crowd is None or self._crowd[0] != seen:
            self._crowd = seen, _is_crowded(source, seen)
        if self._picture is None or wanted != self._wanted:
            self._wanted = wanted
            self._picture = indexed(_borders(source, wanted, is_sparse=self.leaves_out))
        self._picture.setColorTable(_colours(state, source))
        painter.drawImage(target.topLeft(), self._picture)
        if frame.is_whole:
            self._whole = wanted, self._picture

    def clear(self) -> None:
        """Let go of the last borders."""
        self._source = self._wanted = self._picture = self._crowd = self._whole = None


def _is_crowded(source: Source, seen: _Seen) -> bool:
    """Whether there are too many specks, by a few windows of the image as it is seen."""
    scale, width = seen
    least = SPECK * width**2
    if min(_steps(source, scale)) ** 2 >= least:
        return False
    rows, columns = (_windows(side * scale) for side in source.shape)
    count = area = 0
    for down in rows:
        for across in columns:
            part, _ = _labels_under(source, ViewTransform(scale), down, across)
            count += without_specks(part, least, 0)[1]
            area += part.size
    return count * ROOM * width**2 > area


def _windows(length: float) -> list[NDArray[np.intp]]:
    """Return the screen pixels of windows along a side that is so long."""
    pixels = max(1, int(length))
    if pixels <= WINDOWS * WINDOW:
        return [np.arange(pixels)]
    starts = np.linspace(0, pixels - WINDOW, WINDOWS).astype(np.intp)
    return [np.arange(start, start + WINDOW) for start in starts]


def _steps(source: Source, scale: float) -> tuple[float, float]:
    """Return the screen pixels that a label takes, down and across."""
    # The labels of a run under way are fewer than the pixels.
    rows, columns = source.labels.shape
    height, breadth = source.shape
    return scale * height / rows, scale * breadth / columns


def _labels_under(
    source: Source, view: ViewTransform, down: NDArray[np.intp], across: NDArray[np.intp]
) -> tuple[NDArray[np.uint8], tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Return the labels under rows and columns of the screen, and which are of the image.

    Beyond the edge the labels there are repeated.
    """
    rows, columns = source.labels.shape
    step_down, step_across = _steps(source, view.scale)
    ys = places_under(down, view.top, step_down)
    xs = places_under(across, view.left, step_across)
    seen = source.labels[np.ix_(np.clip(ys, 0, rows - 1), np.clip(xs, 0, columns - 1))]
    return seen, ((ys >= 0) & (ys < rows), (xs >= 0) & (xs < columns))


def _nearest(inside: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return for every place along a side the nearest one that is of the image."""
    places = np.flatnonzero(inside)
    return np.clip(np.arange(len(inside)), places[0], places[-1])


def _borders(source: Source, wanted: _Wanted, *, is_sparse: bool) -> NDArray[np.uint8]:
    """Return the class of every screen pixel that lies at a border, and 0 elsewhere."""
    view, target, width = wanted
    # Specks that lie partly beyond the target are measured whole.
    rim = SPECK * width**2 + 1 if is_sparse else width
    # Borders at the rim of the target are those to what lies beyond it.
    down = np.arange(target.top() - rim, target.bottom() + rim + 1)
    across = np.arange(target.left() - rim, target.right() + rim + 1)
    seen, inside = _labels_under(source, view, down, across)
    if is_sparse:
        # Of what is repeated beyond the edge of the image a speck there would look larger.
        seen[~np.logical_and.outer(*inside)] = 0
        seen, _ = without_specks(seen, SPECK * width**2, REACH * width)
        seen = seen[np.ix_(*map(_nearest, inside))]
        seen = seen[rim - width : width - rim, rim - width : width - rim]
    inner = seen[width:-width, width:-width]
    is_border = np.zeros(inner.shape, np.bool_)
    for away in range(1, width + 1):
        for step in (-away, away):
            for beside in (_moved(seen, step, 0, width), _moved(seen, 0, step, width)):
                is_border |= (inner != beside) & (beside != UNKNOWN)
    if is_sparse:
        is_border &= inner != UNKNOWN
    return inner * is_border


def _moved(seen: NDArray[np.uint8], down: int, across: int, rim: int) -> NDArray[np.uint8]:
    """Return what lies beside the inner pixels."""
    rows, columns = seen.shape
    return seen[rim + down : rows - rim + down, rim + across : columns - rim + across]


def _colours(state: State, source: Source) -> list[int]:
    red, green, blue, alpha = colour_table(styles_of(source, state), 1.0).astype(np.uint32).T
    table: list[int] = (alpha << 24 | red << 16 | green << 8 | blue).tolist()
    return table
