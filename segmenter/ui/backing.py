"""What has been painted of the image and its overlay, moved along when the image is dragged.

Only what comes into sight is painted then: at any zoom a drag costs a narrow strip.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPixmap, QRegion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from segmenter.ui.view_transform import ViewTransform

    Paint = Callable[[QPainter, QRect], QRegion]
    """Paints a part of the screen, and returns what of it could be sharper."""

SHARPENED_AT_ONCE = 80_000
"""Screen pixels: a few milliseconds' worth, where the image is made smaller."""


class Backing:
    """Holds a picture of the screen, in screen pixels."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._view: ViewTransform | None = None
        self._unsharp = QRegion()

    @property
    def is_sharp(self) -> bool:
        """Whether all of it is as sharp as it can be."""
        return self._unsharp.isEmpty()

    def clear(self) -> None:
        """Forget all: it would look otherwise now."""
        self._view = None

    def paint(
        self, painter: QPainter, view: ViewTransform, screen: QSize, paint: Paint,
        *, divider: int | None = None,
    ) -> None:  # fmt: skip
        """Bring the picture up to date, paint it, and sharpen a bit of it.

        Parameters
        ----------
        divider
            The first column of the screen from which on something else is shown; it stands still.
        """
        if self._picture.size() != screen:
            self._picture = QPixmap(screen)
            self._view = None
        everything = QRect(QPoint(0, 0), screen)
        step = None if self._view is None else view.pixels_from(self._view)
        if step is None:
            self._unsharp = QRegion()
            wanted = QRegion(everything)
        else:
            self._unsharp = self._unsharp.translated(step) & everything
            wanted = self._moved(step, everything) + _first(self._unsharp, SHARPENED_AT_ONCE)
            if divider is not None:
                wanted += _passed(divider, step.x(), screen)
        self._view = view
        self._unsharp -= wanted
        inner = QPainter(self._picture)
        for part in _parts(wanted):
            inner.save()
            inner.setClipRect(part)
            self._unsharp += paint(inner, part) & part
            inner.restore()
        inner.end()
        painter.drawPixmap(0, 0, self._picture)

    def _moved(self, step: QPoint, everything: QRect) -> QRegion:
        """Move the picture; return what comes into sight."""
        exposed = QRegion()
        if not step.isNull():
            self._picture.scroll(step.x(), step.y(), everything, exposed)
        return exposed


def _passed(divider: int, step: int, screen: QSize) -> QRegion:
    """Return what has come to the other side of the divider by moving so far to the right."""
    first, last = sorted((divider, divider + step))
    return QRegion(first, 0, last - first, screen.height()) & QRect(QPoint(0, 0), screen)


def _first(region: QRegion, most: int) -> QRegion:
    """Return about so many pixels of a region, from above."""
    first = QRegion()
    for part in _parts(region):
        if most <= 0:
            break
        rows = min(part.height(), ceil(most / part.width()))
        first += QRect(part.left(), part.top(), part.width(), rows)
        most -= rows * part.width()
    return first


def _parts(region: QRegion) -> list[QRect]:
    return list(cast("Iterable[QRect]", region))
