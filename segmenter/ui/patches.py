"""Numbers for what is visible of an image, as pictures for a colour table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Patch(NamedTuple):
    """A picture and the area of the full image, in its pixels, that it covers."""

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


def indexed(values: NDArray[np.uint8]) -> QImage:
    """Return an image of these values, for a colour table."""
    rows, columns = values.shape
    pixels = np.ascontiguousarray(values)
    wrapped = QImage(pixels.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    return wrapped.copy()
