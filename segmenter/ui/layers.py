"""What lies over the image: one overlay, or two with the divider between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from segmenter.app.state import Layer, coming_mixture, is_compared
from segmenter.engine.overlay import LABEL_VIEWS, View
from segmenter.ui.hatch import paint_hatched
from segmenter.ui.outline_layer import OutlineLayer
from segmenter.ui.overlay_layer import OverlayLayer
from segmenter.ui.overlay_source import source_of

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter

    from segmenter.app.state import State
    from segmenter.ui.view_transform import ViewTransform


class Layers:
    """Paints the overlays of a state within the painter's clip, in screen pixels."""

    def __init__(self) -> None:
        self._overlays = {layer: OverlayLayer() for layer in Layer}
        self._outlines = {layer: OutlineLayer() for layer in Layer}

    def paint(
        self, painter: QPainter, state: State, view: ViewTransform, *, screen: QSize, ratio: float
    ) -> bool:
        """Lay over the image, of which `view` says where it is, what the state shows.

        Return whether all of it is as sharp as it can be.

        Parameters
        ----------
        ratio
            Screen pixels per logical pixel.
        """
        if state.shown is None:
            return True
        rows, columns = view.visible(state.shown.size, screen)
        is_sharp = True
        depth = state.shown.depth(view.scale)
        for layer, part in _parts(state, screen):
            painter.save()
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            area = _within(part, rows, columns, view)
            source = source_of(layer, state)
            if source is not None and state.look.outlined and source.view in LABEL_VIEWS:
                target = (view.to_screen(area) & part).toRect()
                self._outlines[layer].paint(
                    painter, state, source, view=view, target=target, ratio=ratio
                )
            elif source is not None:
                tiles = state.shown.tiles(depth, area)
                is_sharp &= self._overlays[layer].paint(painter, state, source, view, tiles)
            painter.restore()
        if _is_hatched(state) and state.comparison is not None:
            marked = state.comparison.differs
            paint_hatched(painter, marked, view, rows=rows, columns=columns, ratio=ratio)
        return is_sharp


def _within(part: QRectF, rows: range, columns: range, view: ViewTransform) -> QRectF:
    """Return what of these rows and columns of the image lies on a part of the screen."""
    area = QRectF(columns.start, rows.start, len(columns), len(rows))
    seen = QRectF(view.to_image(part.topLeft()), view.to_image(part.bottomRight()))
    return area & seen


def divided_at(state: State, screen: QSize) -> int:
    """Return the first column of the screen that is right of the divider."""
    return round(state.look.divider * screen.width())


def _parts(state: State, screen: QSize) -> list[tuple[Layer, QRectF]]:
    """Return what is shown on which parts of the screen."""
    width, height = screen.width(), screen.height()
    if state.look.sides is None:
        return [(Layer.EM, QRectF(0, 0, width, height))]
    left, right = state.look.sides
    middle = divided_at(state, screen)
    return [
        (left, QRectF(0, 0, middle, height)),
        (right, QRectF(middle, 0, width - middle, height)),
    ]


def _is_hatched(state: State) -> bool:
    look = state.look
    is_seen = look.view is View.DIFFERENCES and not look.overlay_hidden
    return is_seen and is_compared(state) and coming_mixture(state) is None
