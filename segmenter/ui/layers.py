"""What lies over the image: one overlay, or two with the divider between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from segmenter.app.sides import EM, is_compared
from segmenter.app.state import coming_mixture, wants_corrected
from segmenter.engine.overlay import View
from segmenter.ui import painting
from segmenter.ui.hatch import paint_hatched
from segmenter.ui.overlay_layer import OverlayLayer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QPainter

    from segmenter.app.sides import Layer
    from segmenter.app.state import State
    from segmenter.ui.view_transform import ViewTransform


class Layers:
    """Paints the overlays of a state within the painter's clip, in screen pixels."""

    def __init__(self) -> None:
        self._overlays = OverlayLayer(), OverlayLayer()

    def paint(
        self, painter: QPainter, state: State, view: ViewTransform, *, screen: QSize, ratio: float
    ) -> None:
        """Lay over the image, of which `view` says where it is, what the state shows.

        Parameters
        ----------
        ratio
            Screen pixels per logical pixel.
        """
        if state.shown is None:
            return
        rows, columns = view.visible(state.shown.size, screen)
        for overlay, (layer, part) in zip(self._overlays, _parts(state, screen), strict=False):
            painter.save()
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            if layer == EM and wants_corrected(state) and not state.look.overlay_hidden:
                _paint_corrected(painter, state, view, rows=rows, columns=columns)
            patch = overlay.patch(state, rows, columns, scale=view.scale, layer=layer)
            painting.paint_patch(painter, patch, view)
            painter.restore()
        marked = _hatched(state)
        if marked is not None:
            paint_hatched(painter, marked, view, rows=rows, columns=columns, ratio=ratio)
        if state.highlight is not None:
            marked = state.highlight.marked
            paint_hatched(painter, marked, view, rows=rows, columns=columns, ratio=ratio)


def _paint_corrected(
    painter: QPainter, state: State, view: ViewTransform, *, rows: range, columns: range
) -> None:
    if state.corrected is not None:
        area = QRectF(columns.start, rows.start, len(columns), len(rows))
        painting.paint_pixels(painter, state.corrected.shown, view, area=area)


def divided_at(state: State, screen: QSize) -> int:
    """Return the first column of the screen that is right of the divider."""
    return round(state.look.divider * screen.width())


def _parts(state: State, screen: QSize) -> list[tuple[Layer, QRectF]]:
    """Return what is shown on which parts of the screen."""
    width, height = screen.width(), screen.height()
    if not state.look.divided:
        return [(EM, QRectF(0, 0, width, height))]
    left, right = state.look.sides
    middle = divided_at(state, screen)
    return [
        (left, QRectF(0, 0, middle, height)),
        (right, QRectF(middle, 0, width - middle, height)),
    ]


def _hatched(state: State) -> NDArray[np.bool_] | None:
    """Return where the sides differ, if that is to be seen."""
    look = state.look
    is_seen = look.view is View.DIFFERENCES and not look.overlay_hidden
    if not is_seen or not is_compared(state) or coming_mixture(state) is not None:
        return None
    return None if state.compared is None else state.compared.differs
