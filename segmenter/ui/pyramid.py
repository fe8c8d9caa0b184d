"""An image as Qt paints it quickly, with smaller copies for zooming out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Pyramid:
    """The image at full, half, quarter, … size; each made when it is first needed.

    Parameters
    ----------
    shown
        (rows, columns, 3) uint8, as the eye sees it.
    valid
        (rows, columns); where False, 'no data', the image is clear.
    """

    def __init__(self, shown: NDArray[np.uint8], valid: NDArray[np.bool_]) -> None:
        self._levels = [_painted(shown, valid)]
        self.size = self._levels[0].size()

    def level(self, scale: float) -> QImage:
        """Return the smallest copy that needs no enlarging at `scale`."""
        depth, size = 0, self.size
        while scale <= 0.5 and min(size.width(), size.height()) > 1:
            depth, scale = depth + 1, scale * 2
            size = QSize((size.width() + 1) // 2, (size.height() + 1) // 2)
            if depth == len(self._levels):
                self._levels.append(_shrunk(self._levels[-1], size))
        return self._levels[depth]

    def source(self, level: QImage, area: QRectF) -> QRectF:
        """Return where an area of the full image lies on one of its copies."""
        across = level.width() / self.size.width()
        down = level.height() / self.size.height()
        return QRectF(
            area.left() * across, area.top() * down, area.width() * across, area.height() * down
        )


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


def _shrunk(image: QImage, size: QSize) -> QImage:
    return image.scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
