"""The overlay as Qt paints it: an indexed image of what is visible, and a colour table.

Only the pixels that reach the screen are worked out; colours, opacity and visibility are the
table's, so changing them costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from segmenter.app.sides import EM, IMAGE, is_coming
from segmenter.app.state import classes_of, is_uncoloured
from segmenter.engine.outcome import Result
from segmenter.engine.overlay import View, plane, plane_colours
from segmenter.engine.styles import fitted_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.sides import Layer
    from segmenter.app.state import State
    from segmenter.engine.styles import ClassStyle

MOST_NUMBERS = 4_000_000
"""Probabilities looked at for one painting; above it the overlay is drawn coarser."""


class Patch(NamedTuple):
    """An overlay image and the area of the full image, in its pixels, that it covers."""

    image: QImage
    area: QRectF


@dataclass(frozen=True, slots=True)
class Grid:
    """Every `step`-th of these rows and columns, counted from 0 so that panning keeps them."""

    rows: range
    columns: range
    step: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """The (rows, columns) that are taken, one for each block of `step`."""
        return self._every(self.rows), self._every(self.columns)

    def area(self, taken: tuple[int, ...]) -> QRectF:
        """Return what (rows, columns) blocks cover; the last may reach beyond the image."""
        rows, columns = self.slices
        height, width = taken
        return QRectF(columns.start, rows.start, width * self.step, height * self.step)

    def _every(self, pixels: range) -> slice:
        return slice(pixels.start - pixels.start % self.step, pixels.stop, self.step)


class OverlayLayer:
    """Makes the overlay of a state as one layer has it, and remembers the last one."""

    def __init__(self) -> None:
        self._source: Result | NDArray[np.uint8] | None = None
        self._key: tuple[View, int, Grid] | None = None
        self._patch: Patch | None = None

    def patch(
        self, state: State, rows: range, columns: range, *, scale: float, layer: Layer = EM
    ) -> Patch | None:
        """Return what to draw over these rows and columns at `scale`; None for nothing."""
        source = _source(layer, state)
        if source is None and not _is_bare(layer, state) and is_coming(layer, state):
            # What was there stays until the next is, so that nothing flickers.
            source = self._source
        if layer != EM:
            state = replace(state, look=replace(state.look, view=View.LABELS))
        if source is None or not rows or not columns:
            self._source = None
            return None
        grid = Grid(rows, columns, _step(state, len(rows) * len(columns), scale))
        key = (state.look.view, state.look.chosen, grid)
        if self._patch is None or source is not self._source or key != self._key:
            self._source, self._key = source, key
            self._patch = _patch(source, state, grid)
        self._patch.image.setColorTable(_argb(state, _styles(layer, state)))
        return self._patch


def _is_bare(layer: Layer, state: State) -> bool:
    """Whether nothing is to be laid over the image."""
    look = state.look
    is_plain = look.view is View.IMAGE or (layer == EM and look.view is View.CORRECTED)
    return look.overlay_hidden or layer == IMAGE or is_plain


def _source(layer: Layer, state: State) -> Result | NDArray[np.uint8] | None:
    """Return what the overlay shows: the growing preview, the last result, a map, or nothing."""
    look, result = state.look, state.result
    if state.image is None or _is_bare(layer, state):
        return None
    if layer != EM:
        return None if state.compared is None else state.compared.maps.get(layer)
    if is_uncoloured(state):
        return None
    preview = None if state.progress is None else state.progress.preview
    if preview is not None and look.view not in {View.UNCERTAINTY, View.SHADING}:
        return preview
    if result is None or result.labels.shape != state.image.shape:
        return None
    has_mask = look.chosen <= result.class_count
    return result if has_mask or look.view is not View.SOFT_MASK else None


def _step(state: State, pixels: int, scale: float) -> int:
    """Return how many image pixels go to one overlay pixel, along each side."""
    result = state.result
    each = {View.SOFT_MASK: 1, View.UNCERTAINTY: result.class_count if result else 1}
    affordable = sqrt(pixels * each.get(state.look.view, 0) / MOST_NUMBERS)
    return max(1, round(1 / scale), ceil(affordable))


def _patch(source: Result | NDArray[np.uint8], state: State, grid: Grid) -> Patch:
    if isinstance(source, Result):
        rows, columns = grid.slices
        values = plane(source, state.look.view, state.look.chosen, rows=rows, columns=columns)
        return Patch(indexed(values), grid.area(values.shape))
    shape = state.image.shape if state.image else source.shape
    area = QRectF(0, 0, shape[1], shape[0])
    if source.shape == shape:
        source = source[grid.slices]
        area = grid.area(source.shape)
    if state.look.view is View.SOFT_MASK:
        source = np.where(source == state.look.chosen, np.uint8(255), np.uint8(0))
    return Patch(indexed(source), area)


def indexed(values: NDArray[np.uint8]) -> QImage:
    """Return an image of these values, for a colour table."""
    rows, columns = values.shape
    pixels = np.ascontiguousarray(values)
    wrapped = QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    return wrapped.copy()


def _styles(layer: Layer, state: State) -> tuple[ClassStyle, ...]:
    """Return the styles of the classes, and of those that only another layer has."""
    if layer == EM or state.compared is None:
        return classes_of(state)
    return fitted_classes(state.inputs.classes, state.compared.class_count)


def _argb(state: State, styles: tuple[ClassStyle, ...]) -> list[int]:
    look = state.look
    colours = plane_colours(look.view, styles, look.chosen, look.opacity)
    red, green, blue, alpha = colours.astype(np.uint32).T
    table: list[int] = (alpha << 24 | red << 16 | green << 8 | blue).tolist()
    return table
