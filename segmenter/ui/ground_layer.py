"""The image under all else on the canvas: grey where colours lie over it, else in its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QRegion

from segmenter.ui.image_layer import ImageLayer
from segmenter.ui.layers import parts_of
from segmenter.ui.overlay_source import is_tinted

if TYPE_CHECKING:
    from PySide6.QtGui import QBrush, QPainter

    from segmenter.app.pyramid import Pyramid
    from segmenter.app.state import State
    from segmenter.ui.layers import Frame


class GroundLayer:
    """Paints the image of a state; tiles in colours and in grey are both remembered."""

    def __init__(self) -> None:
        self._pyramid: Pyramid | None = None
        self._grey: Pyramid | None = None
        self._in_colours, self._in_grey = ImageLayer(), ImageLayer()

    def paint(
        self, painter: QPainter, state: State, frame: Frame, *, area: QRectF, ground: QBrush
    ) -> QRegion:
        """Paint an area of the image; return what of the screen could be sharper.

        Parameters
        ----------
        ground
            What lies behind 'no data'.
        """
        pyramid = state.shown
        unsharp = QRegion()
        if pyramid is None:
            return unsharp
        if pyramid is not self._pyramid:
            self._pyramid, self._grey = pyramid, pyramid.greyed()
            # What is painted in one of them alone must not keep the image before in the other.
            self._in_colours.clear()
            self._in_grey.clear()
        parts = [(is_tinted(layer, state), part) for layer, part in parts_of(state, frame.screen)]
        if len({is_grey for is_grey, _ in parts}) == 1:
            # One painting has no seam.
            parts = [(parts[0][0], QRectF(frame.wanted))]
        for is_grey, part in parts:
            painter.save()
            painter.setClipRect(part, Qt.ClipOperation.IntersectClip)
            layer = self._in_grey if is_grey else self._in_colours
            shown = self._grey if is_grey else pyramid
            assert shown is not None
            unsharp += layer.paint(
                painter, shown, frame.view, area=area, ground=ground, allowance=frame.allowance
            )
            painter.restore()
        return unsharp
