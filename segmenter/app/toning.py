"""What is done to a picture that was made in other shades, or in colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage

from segmenter.engine.display import greyed

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
        """Return a picture of the same format in this tone; what is clear stays clear."""
        if self.is_plain:
            return picture
        # Bytes in an order that is the same everywhere, and not multiplied by how clear they are.
        made = picture.convertToFormat(QImage.Format.Format_RGBA8888)
        shape = made.height(), made.width(), 4
        pixels = np.frombuffer(made.bits(), np.uint8).reshape(shape)
        colours = pixels[:, :, :3]
        if self.table is not None:
            colours = np.take(self.table, colours)
        pixels[:, :, :3] = greyed(colours) if self.is_grey else colours
        return made.convertToFormat(picture.format())


PLAIN = Tone()
