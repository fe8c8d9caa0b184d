"""The image and its overlay as they stand on the screen: first soon, then well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QRegion

from segmenter.app.classes import classes_of
from segmenter.app.sides import clusters_of, is_coming
from segmenter.app.state import coming_mixture, is_uncoloured
from segmenter.ui import painting
from segmenter.ui.backing import Backing
from segmenter.ui.ground_layer import GroundLayer
from segmenter.ui.layers import Frame, Layers, divided_at
from segmenter.ui.tile_cache import Allowance

if TYPE_CHECKING:
    from segmenter.app.state import State
    from segmenter.ui.painting import Greys
    from segmenter.ui.view_transform import ViewTransform

SETTLED_MS = 120
"""Steps of a zoom that follow each other so closely are painted roughly, and well at the end."""
RIM = 2
"""Screen pixels."""


class Scene(QObject):
    """Paints what moves with the image, and remembers it as long as it looks the same."""

    improvable = Signal()
    """Another painting would be sharper."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._image = GroundLayer()
        self._layers = Layers()
        self._backing = Backing()
        self._last_zoom = QElapsedTimer()
        self._hurry = QTimer(self, singleShot=True, interval=SETTLED_MS)
        self._sharpening = QTimer(self, singleShot=True)
        self._sharpening.timeout.connect(self.improvable)

    @property
    def leaves_out(self) -> bool:
        """Whether outlines are drawn, but not those of specks, which are too many."""
        return self._layers.leaves_out

    def clear(self) -> None:
        """Forget what was painted: it would look otherwise now."""
        self._backing.clear()

    def hurry(self) -> None:
        """Say that the zoom changes; twice within a moment, and it is painted roughly."""
        if self._last_zoom.isValid() and not self._last_zoom.hasExpired(SETTLED_MS):
            self._hurry.start()
        self._last_zoom.start()

    def paint(
        self, painter: QPainter, state: State, view: ViewTransform,
        *, screen: QSize, ratio: float, greys: Greys,
    ) -> None:  # fmt: skip
        """Paint image and overlay of a state that has an image, and the surround.

        Parameters
        ----------
        screen
            What there is to paint on, in screen pixels.
        ratio
            Screen pixels per logical pixel.
        """
        is_rough = view.scale < 1 and self._hurry.isActive()
        whole = Frame(view, screen, QRectF(), ratio, Allowance(), is_rough)

        def paint_part(inner: QPainter, part: QRect) -> QRegion:
            return self._paint(inner, state, whole._replace(wanted=QRectF(part)), greys)

        divider = divided_at(state, screen) if state.look.divided else None
        self._backing.paint(painter, view, screen, paint_part, divider=divider)
        if not self._backing.is_sharp:
            # Further paintings make it so, with events in between.
            self._sharpening.start(SETTLED_MS if is_rough else 0)

    def _paint(self, painter: QPainter, state: State, frame: Frame, greys: Greys) -> QRegion:
        """Paint a part of the screen; return what could be sharper."""
        pyramid, view = state.shown, frame.view
        assert pyramid is not None
        painter.fillRect(frame.wanted, greys.surround)
        rows, columns = view.visible(pyramid.size, frame.wanted)
        seen = QRectF(columns.start, rows.start, len(columns), len(rows))
        painter.setClipRect(view.to_screen(seen), Qt.ClipOperation.IntersectClip)
        is_smooth = view.scale < 1 and not frame.is_rough
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        # Between pixels both are mixed: those beyond the edge of the part, too.
        beyond = RIM / min(1.0, view.scale)
        area = seen.adjusted(-beyond, -beyond, beyond, beyond) & pyramid.area
        ground = painting.checkerboard(greys)
        unsharp = self._image.paint(painter, state, frame, area=area, ground=ground)
        unsharp += self._layers.paint(painter, state, frame)
        return QRegion(frame.wanted.toRect()) if frame.is_rough else unsharp


def drawn_from(state: State) -> tuple[object, ...]:
    """Return what image and overlay are made from, to be compared."""
    clusters = clusters_of(state)
    large = (
        state.shown,
        state.result,
        state.compared,
        state.corrected,
        state.highlight,
        None if state.progress is None else state.progress.preview,
        None if clusters is None else clusters.preview,
    )
    has_mixture = coming_mixture(state) is not None
    coming = (has_mixture, is_uncoloured(state), *(is_coming(s, state) for s in state.look.sides))
    look = state.look.without_marks()
    return *map(id, large), classes_of(state), look, *coming, state.made_from


def marked_from(state: State) -> tuple[object, ...]:
    """Return what the marks over image and overlay are made from, to be compared."""
    return state.look, state.hand, id(state.regions), state.inputs.scribbles, state.conflicts
