"""An image as Qt paints it quickly, with smaller copies for zooming out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage

from segmenter.engine.overlay import displayed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Image


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The image at full, half, quarter, … size, down to one pixel on its short side."""

    levels: tuple[QImage, ...]

    @property
    def size(self) -> QSize:
        """The size of the full image."""
        return self.levels[0].size()

    def level(self, scale: float) -> QImage:
        """Return the smallest copy that needs no enlarging at `scale`."""
        depth = 0
        while scale <= 0.5 and depth + 1 < len(self.levels):
            depth, scale = depth + 1, scale * 2
        return self.levels[depth]

    def source(self, level: QImage, area: QRectF) -> QRectF:
        """Return where an area of the full image lies on one of its copies."""
        across = level.width() / self.size.width()
        down = level.height() / self.size.height()
        return QRectF(
            area.left() * across, area.top() * down, area.width() * across, area.height() * down
        )


def pyramid_of(image: Image) -> Pyramid:
    """Make the copies of an image as the eye sees it; where there is 'no data' it is clear."""
    levels = [_painted(displayed(image), image.valid)]
    while min(levels[-1].width(), levels[-1].height()) > 1:
        levels.append(_halved(levels[-1]))
    return Pyramid(tuple(levels))


def _painted(shown: NDArray[np.uint8], valid: NDArray[np.bool_]) -> QImage:
    rows, columns = valid.shape
    pixels = np.ascontiguousarray(shown)
    wrapped = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888)
    # Four bytes a pixel are painted without conversion; converting also copies, so that the
    # array need not outlive the image.
    image = wrapped.convertToFormat(QImage.Format.Format_RGB32)
    if not valid.all():
        opaque = np.where(valid, np.uint8(255), np.uint8(0))
        alpha = QImage(opaque.data, columns, rows, columns, QImage.Format.Format_Alpha8)
        image.setAlphaChannel(alpha)
    return image


def _halved(image: QImage) -> QImage:
    return image.scaled(
        QSize((image.width() + 1) // 2, (image.height() + 1) // 2),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
