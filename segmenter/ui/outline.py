"""The outline of one region over the image: white and black, to be seen on any colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from segmenter.app.listed import are_listed
from segmenter.ui.patches import indexed
from segmenter.ui.screen_pixels import grown, places_under

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter

    from segmenter.app.state import State
    from segmenter.engine.regions import Regions
    from segmenter.ui.view_transform import ViewTransform

WIDTH = 2
"""Logical pixels of each of the two lines."""
COLOURS = [0x00000000, 0xFFFFFFFF, 0xFF000000]


class Outline:
    """Paints around the region that a state has chosen, and remembers the last one."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._image, self._place = QImage(), QPointF()

    def paint(
        self, painter: QPainter, state: State, view: ViewTransform, *, screen: QSize, ratio: float
    ) -> None:
        """Paint in screen pixels; `ratio` of them are a logical pixel."""
        number, regions = state.look.region, state.regions
        if not number or regions is None or not are_listed(state):
            self._key = ()
            return
        width = max(1, round(WIDTH * ratio))
        # The regions themselves: what is kept alive shares its identity with nothing else.
        key = (regions, number, view, screen.width(), screen.height(), width)
        if key != self._key:
            self._key = key
            self._make(regions, number, view, screen, width)
        painter.drawImage(self._place, self._image)

    def _make(
        self, regions: Regions, number: int, view: ViewTransform, screen: QSize, width: int
    ) -> None:
        """Work out what of the outline is on the screen."""
        around = view.to_screen(box_of(regions, number)).toAlignedRect()
        margin = 2 * width + 1
        seen = around.adjusted(-margin, -margin, margin, margin)
        seen = seen.intersected(QRectF(QPointF(0, 0), screen.toSizeF()).toAlignedRect())
        self._place, self._image = QPointF(seen.topLeft()), QImage()
        if seen.isEmpty():
            return
        rows = np.arange(seen.top(), seen.bottom() + 1)
        columns = np.arange(seen.left(), seen.right() + 1)
        inside = _inside(regions, number, view, rows, columns)
        corners = [step % 2 == 1 for step in range(width)]
        near = grown(inside, corners)
        lines = grown(near, corners).astype(np.uint8) * np.uint8(2)
        lines[near] = 1
        lines[inside] = 0
        self._image = indexed(lines)
        self._image.setColorTable(COLOURS)


def box_of(regions: Regions, number: int) -> QRectF:
    """Return the bounding box of a region, in image pixels."""
    top, left, bottom, right = regions.boxes[number - 1].tolist()
    return QRectF(left, top, right - left, bottom - top)


def _inside(
    regions: Regions,
    number: int,
    view: ViewTransform,
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> NDArray[np.bool_]:
    """Return which of these pixels of the screen lie on the region."""
    height, width = regions.numbers.shape
    ys = places_under(rows, view.top, view.scale)
    xs = places_under(columns, view.left, view.scale)
    taken_rows, taken_columns = np.clip(ys, 0, height - 1), np.clip(xs, 0, width - 1)
    # Only what is seen is looked at, however large the region.
    found: NDArray[np.bool_] = regions.numbers[np.ix_(taken_rows, taken_columns)] == number
    found &= ((ys >= 0) & (ys < height))[:, None] & ((xs >= 0) & (xs < width))[None, :]
    if view.scale < 1:
        # Too small to be met by a pixel of the screen.
        top, left, *_ = regions.boxes[number - 1].tolist()
        y = int(np.clip(view.top + (top + 0.5) * view.scale - rows[0], 0, len(rows) - 1))
        x = int(np.clip(view.left + (left + 0.5) * view.scale - columns[0], 0, len(columns) - 1))
        found[y, x] |= not found.any()
    return found
