"""How the canvas is painted: surround, checkerboard, image and overlay, in screen pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPalette, QPen

if TYPE_CHECKING:
    from segmenter.app.pyramid import Pyramid
    from segmenter.ui.overlay_layer import Patch
    from segmenter.ui.view_transform import ViewTransform

CHECK_SIZE = 8


class Greys(NamedTuple):
    """What lies around the image and behind 'no data'.

    Neutral greys only: a tint around the image would fool the eye about its colours.
    """

    surround: QColor
    checks: tuple[QColor, QColor]


LIGHT = Greys(QColor(190, 190, 190), (QColor(214, 214, 214), QColor(238, 238, 238)))
DARK = Greys(QColor(38, 38, 38), (QColor(72, 72, 72), QColor(92, 92, 92)))


def greys(palette: QPalette) -> Greys:
    """Return the greys that go with a light or dark window."""
    return DARK if palette.window().color().lightness() < 128 else LIGHT


def paint_image(
    painter: QPainter, pyramid: Pyramid, view: ViewTransform, *, area: QRectF, greys: Greys
) -> None:
    """Paint an area of the image: its pixels as squares when enlarged, smooth when made smaller."""
    if pyramid.levels[0].hasAlphaChannel():
        painter.fillRect(view.to_screen(area), _checkerboard(greys))
    paint_pixels(painter, pyramid, view, area=area)


def paint_pixels(painter: QPainter, pyramid: Pyramid, view: ViewTransform, *, area: QRectF) -> None:
    """Paint an area of an image over what is there already."""
    if area.isEmpty():
        return
    level = pyramid.level(view.scale)
    target = view.to_screen(area)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.scale < 1)
    painter.drawImage(target, level, pyramid.source(level, area))


def paint_patch(painter: QPainter, patch: Patch | None, view: ViewTransform) -> None:
    """Lay the overlay over the image, drawn the same way."""
    if patch is not None:
        whole = QRectF(QPointF(0, 0), patch.image.size().toSizeF())
        painter.drawImage(view.to_screen(patch.area), patch.image, whole)


def paint_ring(painter: QPainter, screen: QSize, colour: QColor, ratio: float) -> None:
    """Frame the canvas, to show that keys go to it."""
    painter.setPen(QPen(colour, 2 * ratio))
    frame = QRectF(QPointF(0, 0), screen.toSizeF())
    painter.drawRect(frame.adjusted(ratio, ratio, -ratio, -ratio))


def _checkerboard(greys: Greys) -> QBrush:
    tile = QImage(2 * CHECK_SIZE, 2 * CHECK_SIZE, QImage.Format.Format_RGB32)
    tile.fill(greys.checks[0])
    painter = QPainter(tile)
    painter.fillRect(CHECK_SIZE, 0, CHECK_SIZE, CHECK_SIZE, greys.checks[1])
    painter.fillRect(0, CHECK_SIZE, CHECK_SIZE, CHECK_SIZE, greys.checks[1])
    painter.end()
    return QBrush(tile)
