"""What is done to a picture that was made in other shades, or in colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from segmenter.engine.display import LUMA

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLOUR, BYTE, HALF = np.uint32(0x00FFFFFF), np.uint32(0xFF), np.uint32(0x80)
EQUAL = np.uint32(0x010101)
"""Times a shade: equally much red, green and blue."""


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """Other shades for each of a picture's own, and no colours where they are not wanted.

    Parameters
    ----------
    table
        (256,) uint8 what becomes of every shade; None: it stays.
    """

    table: NDArray[np.uint8] | None = None
    is_grey: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether pictures stay as they are."""
        return self.table is None and not self.is_grey

    def of(self, picture: QImage) -> QImage:
        """Return a picture of 4 bytes a pixel in this tone; what is clear stays clear."""
        if self.is_plain:
            return picture
        kind, size = picture.format(), picture.size()
        # Not multiplied by how clear they are.
        plain = QImage.Format.Format_ARGB32 if picture.hasAlphaChannel() else kind
        made = picture.convertToFormat(plain)
        before = colours = np.frombuffer(made.constBits(), np.uint32)
        if self.table is not None:
            # Several times as quick as looking up by numpy.
            shown = bytes(made.constBits()).translate(self.table.tobytes())
            colours = np.frombuffer(shown, np.uint32)
        if self.is_grey:
            colours = _grey(colours)
        pixels = (colours & COLOUR) | (before & ~COLOUR)
        toned = QImage(pixels.data, size.width(), size.height(), 4 * size.width(), plain)
        # Converting copies; where there is nothing to convert, the array must not be needed.
        return toned.copy() if plain == kind else toned.convertToFormat(kind)


def _grey(colours: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return colours, 8 bits each of red, green and blue, as `greyed` does."""
    luma = np.full_like(colours, HALF)
    for shift, weight in zip((16, 8, 0), LUMA, strict=True):
        luma += (colours >> np.uint32(shift) & BYTE) * np.uint32(weight)
    return (luma >> np.uint32(8)) * EQUAL


PLAIN = Tone()
