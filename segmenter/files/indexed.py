"""Class numbers as an indexed PNG, in the colours of the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import PIL.Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmenter.engine.styles import ClassStyle


def write_indexed(
    file: BinaryIO, numbers: NDArray[np.uint8], classes: Sequence[ClassStyle]
) -> None:
    """Write (rows, columns) class numbers; 0 is transparent, what has no colour is black."""
    palette = np.zeros((256, 3), np.uint8)
    for number, style in enumerate(classes[:255], start=1):
        palette[number] = style.colour
    indexed = PIL.Image.fromarray(numbers)
    indexed.putpalette(palette.tobytes())
    indexed.save(file, "PNG", transparency=b"\0", bits=8)
