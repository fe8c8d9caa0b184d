"""What lies over the image: one overlay, or two with the divider between them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QRegion

from segmenter.app.light import wants_corrected
from segmenter.app.sides import EM, K_MEANS, differing_beside, is_beside, is_coming, is_compared
from segmenter.app.state import coming_mixture
from segmenter.engine.overlay import LABEL_VIEWS, View
from segmenter.ui.hatch import paint_hatched
from segmenter.ui.image_layer import ImageLayer
from segmenter.ui.outline_layer import OutlineLayer
from segmenter.ui.overlay_layer import OverlayLayer
from segmenter.ui.overlay_source import is_bare, source_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainter

    from segmenter.app.sides import Layer
    from segmenter.app.state import State
    from segmenter.ui.overlay_source import Source
    from segmenter.ui.tile_cache import Allowance
    from segmenter.ui.view_transform import ViewTransform


class Frame(NamedTuple):
    """One painting of the screen, or a part of it, in screen pixels.

    Parameters
    ----------
    view
        Where the image lies.
    wanted
        The part of the screen that is to be painted.
    ratio
        Screen pixels per logical pixel.
    is_rough
        Whether it is to be there soon, and well later.
    """

    view: ViewTransform
    screen: QSize
    wanted: QRectF
    ratio: float
    allowance: Allowance
    is_rough: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all of the screen is to be painted, as it is when anything looks otherwise."""
        return self.wanted.contains(QRectF(QPointF(0, 0), self.screen.toSizeF()))


class Layers:
    """Paints the overlays of a state within the painter's clip, in screen pixels."""

    def __init__(self) -> None:
        self._sides = _Side(), _Side()
        self._made_by: tuple[object, ...] = ()

    @property
    def leaves_out(self) -> bool:
        """Whether outlines are drawn, but not those of specks, which are too many."""
        return any(side.leaves_out for side in self._sides)

    def paint(self, painter: QPainter, state: State, frame: Frame) -> QRegion:
        """Lay over the image what the state shows; return what could be sharper."""
        if state.shown is None:
            return QRegion()
        rows, columns = frame.view.visible(state.shown.size, frame.wanted)
        unsharp = QRegion()
        if frame.is_whole:
            for side in self._sides:
                side.begin()
        for side, (layer, whole) in zip(self._sides, parts_of(state, frame.screen), strict=False):
            part = frame._replace(wanted=whole & frame.wanted)
            if part.wanted.isEmpty():
                continue
            painter.save()
            painter.setClipRect(part.wanted, Qt.ClipOperation.IntersectClip)
            area = _within(part.wanted, rows, columns, frame.view)
            unsharp += side.paint(painter, state, layer, part, area)
            painter.restore()
        self._let_go(state)
        marked = _hatched(state)
        lit = None if state.highlight is None else state.highlight.marked
        for each in (marked, lit):
            if each is not None:
                _paint_marked(painter, each, state.shown.size, frame)
        return unsharp

    def _let_go(self, state: State) -> None:
        """Keep nothing of what was shown before alive where it is not painted: it is large."""
        made_by = state.image, state.result, state.compared, state.corrected
        if made_by != self._made_by:
            self._made_by = made_by
            for side in self._sides:
                side.clear_undrawn()


class _Side:
    """Paints one overlay, filled or as outlines, and the image in even light."""

    def __init__(self) -> None:
        self._source: Source | None = None
        self._filled, self._outlines = OverlayLayer(), OutlineLayer()
        self._corrected = ImageLayer()
        self._drawn: set[object] = set()

    @property
    def leaves_out(self) -> bool:
        """Whether outlines are drawn, but not those of specks, which are too many."""
        return self._outlines in self._drawn and self._outlines.leaves_out

    def begin(self) -> None:
        """Look anew at what is drawn."""
        self._drawn = set()

    def clear_undrawn(self) -> None:
        """Let go of what has not been drawn since the beginning."""
        if not self._drawn:
            self._source = None
        for each in (self._filled, self._outlines, self._corrected):
            if each not in self._drawn:
                each.clear()

    def paint(
        self, painter: QPainter, state: State, layer: Layer, part: Frame, area: QRectF
    ) -> QRegion:
        """Paint an area of the image; return what of the screen could be sharper."""
        assert state.shown is not None
        view = part.view
        unsharp = QRegion()
        is_even = layer == EM and wants_corrected(state) and not state.look.overlay_hidden
        if is_even and state.corrected is not None:
            self._drawn.add(self._corrected)
            unsharp += self._corrected.paint(
                painter, state.corrected.shown, view,
                area=area, ground=QBrush(), allowance=part.allowance,
            )  # fmt: skip
        source = self._source_of(layer, state)
        if source is None:
            return unsharp
        if state.look.outlined and source.view in LABEL_VIEWS:
            self._drawn.add(self._outlines)
            target = (view.to_screen(area) & part.wanted).toRect()
            self._outlines.paint(painter, state, source, part, target=target)
            return unsharp
        self._drawn.add(self._filled)
        tiles = state.shown.tiles(state.shown.depth(view.scale), area)
        return unsharp + self._filled.paint(painter, state, source, view, tiles, part.allowance)

    def _source_of(self, layer: Layer, state: State) -> Source | None:
        source = source_of(layer, state)
        if source is None and not is_bare(layer, state) and is_coming(layer, state):
            # What was there stays until the next is, so that nothing flickers.
            return self._source
        self._source = source
        return source


def _paint_marked(painter: QPainter, marked: NDArray[np.bool_], image: QSize, frame: Frame) -> None:
    """Hatch what is marked of the image's pixels, or of fewer that stand for all."""
    rows, columns = marked.shape
    view = replace(frame.view, scale=frame.view.scale * image.height() / rows)
    down, across = view.visible(QSize(columns, rows), frame.wanted)
    paint_hatched(painter, marked, view, rows=down, columns=across, ratio=frame.ratio)


def _within(part: QRectF, rows: range, columns: range, view: ViewTransform) -> QRectF:
    """Return what of these rows and columns of the image lies on a part of the screen."""
    area = QRectF(columns.start, rows.start, len(columns), len(rows))
    seen = QRectF(view.to_image(part.topLeft()), view.to_image(part.bottomRight()))
    return area & seen


def divided_at(state: State, screen: QSize) -> int:
    """Return the first column of the screen that is right of the divider."""
    return round(state.look.divider * screen.width())


def parts_of(state: State, screen: QSize) -> list[tuple[Layer, QRectF]]:
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
    if look.view is not View.DIFFERENCES or look.overlay_hidden:
        return None
    if K_MEANS in look.sides and is_beside(state):
        return differing_beside(state)
    if not is_compared(state) or coming_mixture(state) is not None:
        return None
    return None if state.compared is None else state.compared.differs
