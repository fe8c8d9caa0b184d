"""Smaller and smaller copies of an image as Qt paints them: means of squares of its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from segmenter.app.toning import Tone
from segmenter.engine.display import greyed, part_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.display import Shades
    from segmenter.engine.types import Image

SMALLEST_COPY = 64
"""Pixels along the long side: nothing is ever seen smaller."""
BAND = 2**18
"""Pixels of the image that are made smaller at once."""


def copies_of(
    image: Image, shades: Shades, first: int, *, has_gaps: bool
) -> Generator[None, None, tuple[QImage, ...]]:
    """Make the image at the depth `first`, and ever smaller ones."""
    copies = [(yield from _in_bands(image, shades, first, has_gaps=has_gaps))]
    while max(copies[-1].width(), copies[-1].height()) > SMALLEST_COPY:
        copies.append(_smaller(copies[-1], 1))
        yield
    return tuple(copies)


def in_grey(picture: QImage) -> Generator[None, None, QImage]:
    """Make a picture without its colours, a few rows at a time to save memory."""
    width, height = picture.size().toTuple()
    made, step = QImage(picture.size(), picture.format()), max(1, BAND // width)
    for top in range(0, height, step):
        painter = QPainter(made)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(0, top, Tone(is_grey=True).of(picture.copy(0, top, width, step)))
        painter.end()
        yield
    return made


def along(pixels: int, depth: int) -> int:
    """Return the length of a side that is halved so often."""
    return -(-pixels >> depth)


def _in_bands(
    image: Image, shades: Shades, depth: int, *, has_gaps: bool
) -> Generator[None, None, QImage]:
    """Make the whole image smaller, a few rows at a time to save memory."""
    rows, columns = image.shape
    step = max(1, BAND // (columns << depth)) << depth
    made = QImage(along(columns, depth), along(rows, depth), _format(has_gaps=has_gaps))
    for top in range(0, rows, step):
        band = part_of(image, slice(top, top + step), slice(None))
        painter = QPainter(made)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(0, top >> depth, reduced(band, shades, depth))
        # One that is given up in between must not be painted on any more.
        painter.end()
        yield
    return made


def _format(*, has_gaps: bool) -> QImage.Format:
    # Four bytes a pixel are painted without conversion.
    return QImage.Format.Format_ARGB32_Premultiplied if has_gaps else QImage.Format.Format_RGB32


def reduced(part: Image, shades: Shades, depth: int, *, is_grey: bool = False) -> QImage:
    """Return a part of an image halved so often, perhaps without its colours."""
    shown = shades.of(part)
    return _smaller(_painted(greyed(shown) if is_grey else shown, part.valid), depth)


def _painted(shown: NDArray[np.uint8], valid: NDArray[np.bool_]) -> QImage:
    rows, columns, channels = shown.shape
    kind = QImage.Format.Format_Grayscale8 if channels == 1 else QImage.Format.Format_RGB888
    wrapped = QImage(shown.data, columns, rows, channels * columns, kind)
    # Converting also copies, so that the array need not outlive the image.
    image = wrapped.convertToFormat(QImage.Format.Format_RGB32)
    if not valid.all():
        opaque = np.where(valid, np.uint8(255), np.uint8(0))
        alpha = QImage(opaque.data, columns, rows, columns, QImage.Format.Format_Alpha8)
        image.setAlphaChannel(alpha)
        return image.convertToFormat(_format(has_gaps=True))
    return image


def _smaller(image: QImage, depth: int) -> QImage:
    """Return the means of squares of 2 to the power of `depth` pixels."""
    if depth == 0:
        return image
    size = QSize(along(image.width(), depth), along(image.height(), depth))
    return _filled_up(image, QSize(size.width() << depth, size.height() << depth)).scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _filled_up(image: QImage, size: QSize) -> QImage:
    """Repeat the last row and column up to a size, so that every square is whole."""
    width, height = image.width(), image.height()
    if size == image.size():
        return image
    filled = image.copy(QRect(0, 0, size.width(), size.height()))
    more_x, more_y = size.width() - width, size.height() - height
    painter = QPainter(filled)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    right, bottom = QRect(width - 1, 0, 1, height), QRect(0, height - 1, width, 1)
    painter.drawImage(QRect(width, 0, more_x, height), image, right)
    painter.drawImage(QRect(0, height, width, more_y), image, bottom)
    corner = QRect(width - 1, height - 1, 1, 1)
    painter.drawImage(QRect(width, height, more_x, more_y), image, corner)
    painter.end()
    return filled
