"""The canvas: the image with its overlay, zoomed and panned, and where the pointer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from segmenter.app.state import State
from segmenter.ui import painting
from segmenter.ui.arrows import ARROWS
from segmenter.ui.canvas_marks import paint_marks
from segmenter.ui.clicks import Clicks
from segmenter.ui.divider import Divider
from segmenter.ui.drawing import Drawing
from segmenter.ui.flash import Flash
from segmenter.ui.minimap import Minimap
from segmenter.ui.outline import Outline, box_of
from segmenter.ui.pin import Pin
from segmenter.ui.pixel_grid import paint_grid
from segmenter.ui.scale_bar import paint_scale_bar
from segmenter.ui.scene import Scene, drawn_from, marked_from
from segmenter.ui.scribble_layer import ScribbleLayer
from segmenter.ui.side_choices import SideChoices
from segmenter.ui.view_transform import ViewTransform, fitted

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QWheelEvent,
    )

    from segmenter.app.pyramid import Pyramid
    from segmenter.app.session import Session

ZOOM_STEP = 1.25
OPACITY_STEP = 0.05
ARROW_STEP = 64
PAN_BUTTONS = Qt.MouseButton.LeftButton | Qt.MouseButton.MiddleButton


class Canvas(QWidget):
    """Shows the image and its overlay; zooms at the pointer, pans, and says what is under it."""

    pointed = Signal(object)
    """(row, column) of the image pixel under the pointer, or None."""
    zoomed = Signal(float)
    """Screen pixels per image pixel."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._state = State()
        self._pyramid: Pyramid | None = None
        self._scene = Scene(self)
        self._scene.improvable.connect(self.update)
        self._scribbles = ScribbleLayer()
        self._outline = Outline()
        self._view = ViewTransform()
        self._is_fitted = True
        self._grabbed: QPointF | None = None
        self._pixel: tuple[int, int] | None = None
        self._rings = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMinimumSize(160, 120)
        self.setAccessibleName("Image")
        self.setAccessibleDescription(
            "The image with its overlay. Plus and minus zoom, arrow keys move, 0 shows every "
            "pixel at its own size, F fits the image to the window."
        )
        self._make_parts(session)
        self.show_state(self._state, session.state)

    def _make_parts(self, session: Session) -> None:
        """Make what lies over the image or takes the mouse in hand."""
        self.divider = Divider(session, self)
        self.sides = SideChoices(session, self)
        # Events come to the last one first: a tool in hand goes before the pin.
        self._pin = Pin(session, self, self)
        self.pin = self._pin.pin
        self.pointed.connect(self._pin.look_at)
        self._clicks = Clicks(session, self, self)
        self._clicks.clicked.connect(self._pin.click)
        self._clicks.clicked.connect(session.choose_region_at)
        self._drawing = Drawing(session, self, self)
        self._flash = Flash(session, self, self)
        self.flash = self._flash.start
        self._minimap = Minimap(self)
        self._minimap.sought.connect(self.look_at)

    @property
    def view(self) -> ViewTransform:
        """Where the image lies, in screen pixels."""
        return self._view

    def show_state(self, before: State, after: State) -> None:
        """Show `after`; only what differs from `before` is made again."""
        self._state = after
        self._pyramid = after.shown
        if before.image is not after.image:
            self._show_image()
            return
        is_drawn_anew = drawn_from(before) != drawn_from(after)
        if is_drawn_anew:
            self._scene.clear()
        if is_drawn_anew or marked_from(before) != marked_from(after):
            if before.look.region != after.look.region:
                self._bring_region_into_view()
            self._show_part()
            self.update()

    def _show_image(self) -> None:
        self._point_at(None)
        self.fit()
        self._paint_anew()

    def _paint_anew(self) -> None:
        self._scene.clear()
        self.update()

    def fit(self) -> None:
        """Show the whole image, and keep doing so when the window changes its size."""
        if self._pyramid is not None:
            self._is_fitted = True
            self._take_view(fitted(self._pyramid.size, self._screen()))

    def _bring_region_into_view(self) -> None:
        """Move the image so that the outlined region is seen, and zoom out if it is too large."""
        number, regions = self._state.look.region, self._state.regions
        if number and regions is not None and self._pyramid is not None:
            view = self._view.showing(box_of(regions, number), self._screen())
            if view != self._view:
                self._look_from(view)

    def zoom_in(self) -> None:
        """Enlarge the image by one step, about the middle of the canvas."""
        self._zoom(self._view.scale * ZOOM_STEP, self._middle())

    def zoom_out(self) -> None:
        """Make the image smaller by one step, about the middle of the canvas."""
        self._zoom(self._view.scale / ZOOM_STEP, self._middle())

    def zoom_to_actual(self) -> None:
        """Show every image pixel on one screen pixel."""
        self._zoom(1.0, self._middle())
        if self._pyramid is not None:
            self._look_from(self._view.on_whole_pixels())

    def look_at(self, place: QPointF) -> None:
        """Bring a position of the image to the middle of the canvas."""
        at = self._view.to_screen(QRectF(place, place)).topLeft()
        step = (self._middle() - at).toPoint()
        self._move(step.x(), step.y())

    def _show_part(self) -> None:
        screen = self._screen()
        corner = self._view.to_image(QPointF(screen.width(), screen.height()))
        seen = QRectF(self._view.to_image(QPointF(0, 0)), corner)
        self._minimap.show_part(self._pyramid, seen, wanted=self._state.look.minimap)

    def _zoom(self, scale: float, anchor: QPointF) -> None:
        if self._pyramid is not None:
            self._scene.hurry()
            self._look_from(self._view.zoomed(scale, self._pyramid.size, anchor))

    def _move(self, right: float, down: float) -> None:
        if self._pyramid is not None:
            moved = self._view.moved(right, down)
            self._look_from(moved.held(self._pyramid.size, self._screen()))

    def _look_from(self, view: ViewTransform) -> None:
        self._is_fitted = False
        self._take_view(view)

    def _take_view(self, view: ViewTransform) -> None:
        self._view = view
        self.zoomed.emit(view.scale)
        self._show_part()
        self.update()

    def _screen(self) -> QSize:
        """Return the canvas's size in screen pixels, the unit of the view."""
        return self.size() * self.devicePixelRatioF()

    def _middle(self) -> QPointF:
        size = self._screen()
        return QPointF(size.width() / 2, size.height() / 2)

    def _on_screen(self, position: QPointF) -> QPointF:
        return position * self.devicePixelRatioF()

    def _point_at(self, position: QPointF | None) -> None:
        """Say which pixel lies under a position on the screen, if it is another one."""
        pixel = None
        if position is not None and self._pyramid is not None:
            place = self._view.to_image(position)
            if self._pyramid.area.contains(place):
                last = self._pyramid.size
                row, column = int(place.y()), int(place.x())
                pixel = (min(row, last.height() - 1), min(column, last.width() - 1))
        if pixel != self._pixel:
            self._pixel = pixel
            self.pointed.emit(pixel)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the surround, and of the image and its overlay what is visible."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        greys = painting.greys(self.palette())
        screen = self._screen()
        if self._pyramid is None:
            painter.fillRect(QRectF(QPointF(0, 0), screen.toSizeF()), greys.surround)
        else:
            self._scene.paint(
                painter, self._state, self._view, screen=screen, ratio=ratio, greys=greys
            )
            whole = QRectF(QPointF(0, 0), screen.toSizeF())
            rows, columns = self._view.visible(self._pyramid.size, whole)
            painter.setClipRect(self._view.to_screen(self._pyramid.area))
            if self._state.look.grid:
                paint_grid(painter, self._view, rows=rows, columns=columns, ratio=ratio)
            self._scribbles.paint(
                painter, self._state, self._drawing.scribbles(self._state), self._view,
                screen=screen, ratio=ratio,
            )  # fmt: skip
            self._outline.paint(painter, self._state, self._view, screen=screen, ratio=ratio)
            self._flash.paint(painter, self._state, self._view, screen=screen, ratio=ratio)
            painter.setClipping(False)
            self._pin.paint(painter, self._state, self._view, ratio)
            self._drawing.paint(painter, self._state, ratio)
        if self._rings and self.hasFocus():
            painting.paint_ring(painter, screen, self.palette().highlight().color(), ratio)
        painter.resetTransform()
        paint_marks(painter, self._state, QRectF(self.rect()), leaves_out=self._scene.leaves_out)
        paint_scale_bar(painter, self._state, QRectF(self.rect()), self._view.scale / ratio)
        painter.end()

    def changeEvent(self, event: QEvent) -> None:
        """Follow a light or dark window."""
        if event.type() == QEvent.Type.PaletteChange:
            self._paint_anew()
        super().changeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the image fitted, or keep what is in the middle there."""
        ratio = self.devicePixelRatioF()
        if self._is_fitted:
            self.fit()
        elif event.oldSize().isValid():
            grown = event.size() - event.oldSize()
            self._move(grown.width() * ratio / 2, grown.height() * ratio / 2)
        super().resizeEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer; with Ctrl, change the overlay's opacity."""
        notches = event.angleDelta().y() / 120
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            opacity = self._state.look.opacity + notches * OPACITY_STEP
            self._session.set_look(opacity=min(max(round(opacity, 3), 0.0), 1.0))
        else:
            place = self._on_screen(event.position())
            self._zoom(self._view.scale * ZOOM_STEP**notches, place)
            self._point_at(place)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the image."""
        if event.button() & PAN_BUTTONS and self._pyramid is not None:
            self._grabbed = self._on_screen(event.position())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan while the image is held; say which pixel is under the pointer."""
        place = self._on_screen(event.position())
        if self._grabbed is not None:
            # Whole pixels can be moved as they are painted; the rest is left for the next move.
            step = (place - self._grabbed).toPoint()
            self._grabbed += QPointF(step)
            self._move(step.x(), step.y())
        self._point_at(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of the image."""
        if event.button() & PAN_BUTTONS:
            self._grabbed = None
            self.setCursor(Qt.CursorShape.CrossCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the image to the window."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        """Say that no pixel is under the pointer."""
        self._point_at(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, fit or move by key."""
        key = Qt.Key(event.key())
        if key in ARROWS:
            right, down = ARROWS[key]
            step = ARROW_STEP * self.devicePixelRatioF()
            # An arrow shows what lies on its side, so the image moves the other way.
            self._move(-right * step, -down * step)
        elif key in KEYS:
            KEYS[key](self)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the focus is when it came by key."""
        self._rings = event.reason() in {
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        }
        super().focusInEvent(event)


KEYS = {
    Qt.Key.Key_Plus: Canvas.zoom_in,
    Qt.Key.Key_Equal: Canvas.zoom_in,
    Qt.Key.Key_Minus: Canvas.zoom_out,
    Qt.Key.Key_0: Canvas.zoom_to_actual,
    Qt.Key.Key_F: Canvas.fit,
}
