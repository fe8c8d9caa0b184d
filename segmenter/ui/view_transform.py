"""Where the image lies on the canvas: zoom and position, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize

HIGHEST_SCALE = 64.0
SMALLEST_SIDE = 64.0
"""A zoomed-out image is never shorter than this on its long side, in screen pixels."""

SAME_PLACE = 1e-6
"""Screen pixels that nobody sees."""
NEARLY = 0.9
"""Share of the screen that an area may take."""


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """Maps image pixels (x right, y down, from the top left corner) to screen pixels.

    Parameters
    ----------
    scale
        Screen pixels per image pixel.
    left, top
        Screen position of the image's top left corner.
    """

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def to_image(self, point: QPointF) -> QPointF:
        """Return the image position under a screen position."""
        return QPointF((point.x() - self.left) / self.scale, (point.y() - self.top) / self.scale)

    @property
    def corner(self) -> QPoint:
        """The screen pixel that patterns begin at, so that they move with the image."""
        return QPoint(floor(self.left), floor(self.top))

    def pixel_at(self, position: QPointF) -> tuple[int, int]:
        """Return the (row, column) under a position on the screen, be it outside the image."""
        place = self.to_image(position)
        return floor(place.y()), floor(place.x())

    def to_screen(self, area: QRectF) -> QRectF:
        """Return where an area of the image lies on the screen."""
        return QRectF(
            self.left + area.left() * self.scale,
            self.top + area.top() * self.scale,
            area.width() * self.scale,
            area.height() * self.scale,
        )

    def visible(self, image: QSize, screen: QRectF) -> tuple[range, range]:
        """Return the (rows, columns) of the image that lie on this part of the screen."""
        first, last = self.to_image(screen.topLeft()), self.to_image(screen.bottomRight())
        return (
            _within(first.y(), last.y(), image.height()),
            _within(first.x(), last.x(), image.width()),
        )

    def moved(self, right: float, down: float) -> ViewTransform:
        """Return the view with the image moved by so many screen pixels."""
        return ViewTransform(self.scale, self.left + right, self.top + down)

    def pixels_from(self, other: ViewTransform) -> QPoint | None:
        """Return by how many whole screen pixels the other view is moved; None if it is not."""
        right, down = self.left - other.left, self.top - other.top
        step = QPoint(round(right), round(down))
        error = max(abs(right - step.x()), abs(down - step.y()))
        return step if self.scale == other.scale and error < SAME_PLACE else None

    def on_whole_pixels(self) -> ViewTransform:
        """Return the nearest view that begins on a screen pixel, so that none is drawn twice."""
        return ViewTransform(self.scale, float(round(self.left)), float(round(self.top)))

    def zoomed(self, scale: float, image: QSize, anchor: QPointF) -> ViewTransform:
        """Return the view at `scale`, with the image point nearest to `anchor` kept in place."""
        lowest = min(1.0, SMALLEST_SIDE / max(image.width(), image.height()))
        scale = min(max(scale, lowest), HIGHEST_SCALE)
        under = self.to_image(anchor)
        x = min(max(under.x(), 0.0), float(image.width()))
        y = min(max(under.y(), 0.0), float(image.height()))
        change = self.scale - scale
        return ViewTransform(scale, self.left + x * change, self.top + y * change)

    def held(self, image: QSize, screen: QSize) -> ViewTransform:
        """Return the nearest view that has a point of the image in the middle of the screen."""
        middle_x, middle_y = screen.width() / 2, screen.height() / 2
        return ViewTransform(
            self.scale,
            min(max(self.left, middle_x - image.width() * self.scale), middle_x),
            min(max(self.top, middle_y - image.height() * self.scale), middle_y),
        )

    def showing(self, area: QRectF, screen: QSize) -> ViewTransform:
        """Return the view that shows an area of the image: as it is, moved, or made smaller."""
        room = QRectF(0, 0, screen.width(), screen.height())
        if room.contains(self.to_screen(area)):
            return self
        scale = min(
            self.scale,
            NEARLY * screen.width() / max(1.0, area.width()),
            NEARLY * screen.height() / max(1.0, area.height()),
        )
        middle = area.center()
        return ViewTransform(
            scale,
            room.center().x() - middle.x() * scale,
            room.center().y() - middle.y() * scale,
        )


def fitted(image: QSize, screen: QSize) -> ViewTransform:
    """Return the view that shows the whole image, in the middle; small images grow."""
    scale = min(screen.width() / image.width(), screen.height() / image.height(), HIGHEST_SCALE)
    scale = max(scale, 1e-6)
    return ViewTransform(
        scale,
        (screen.width() - image.width() * scale) / 2,
        (screen.height() - image.height() * scale) / 2,
    )


def _within(first: float, last: float, size: int) -> range:
    return range(min(max(floor(first), 0), size), min(max(ceil(last), 0), size))
