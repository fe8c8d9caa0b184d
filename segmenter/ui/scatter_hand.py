"""What mouse and keys do in the scatter: components are moved and stretched, pixels lassoed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent

from segmenter.app.plotted import Lasso, Plot, is_seen, plane_of
from segmenter.app.surgery import why_fixed
from segmenter.ui.arrows import ARROWS
from segmenter.ui.key_lasso import OWN, KeyLasso
from segmenter.ui.mixture_draft import CTRL, SHIFT, Grip, MixtureDraft

if TYPE_CHECKING:
    import pyqtgraph
    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State

REACH = 11.0  # logical pixels from the middle of a handle within which it is taken
APART = 4.0  # logical pixels between two corners of a lasso, and before a press becomes a drag
OTHERS = CTRL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
FOCUS = {QEvent.Type.FocusIn, QEvent.Type.FocusOut}
BY_KEY = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}
TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}


class ScatterHand(QObject):
    """Filters the events of a plot; what is under way is a draft until it is let go of."""

    focused = Signal(bool)
    """Whether the focus has come to the plot by key."""
    changed = Signal()
    """The draft, the chosen component or the lasso under way is another one."""

    def __init__(self, session: Session, plot: pyqtgraph.PlotWidget) -> None:
        super().__init__(plot)
        self._session, self._plot = session, plot
        self.draft = MixtureDraft(session, self)
        self.draft.changed.connect(self.changed)
        self.trail: list[NDArray[np.float64]] = []
        self._grip: Grip | None = None
        self._last: QPointF | None = None
        self._is_lassoing = self._is_dragging = False
        self._why_fixed = ""
        self.by_key = KeyLasso(self.on_viewport, self._place, self._room)
        self._handlers = {
            QEvent.Type.MouseButtonPress: self._on_pressed,
            QEvent.Type.MouseButtonDblClick: self._on_pressed,
            QEvent.Type.MouseMove: self._on_moved,
            QEvent.Type.MouseButtonRelease: self._on_released,
        }
        plot.viewport().setMouseTracking(True)
        plot.viewport().installEventFilter(self)
        plot.installEventFilter(self)
        session.changed.connect(self.show_state)

    @property
    def is_dragging(self) -> bool:
        """Whether the mouse moves a component now."""
        return self._is_dragging

    def show_state(self, before: State, after: State) -> None:
        """Give up what is under way when what it is drawn on is another."""
        if before.look.chosen != after.look.chosen:
            self.draft.forget_choice()
        is_same = before.result is after.result and before.progress is after.progress
        if not is_same or before.cloud is not after.cloud or before.inputs is not after.inputs:
            self._drop()
        if plane_names(before) != plane_names(after) or not is_seen(after, Plot.SCATTER):
            self._drop()
        if before.look.plots.lassoing and not after.look.plots.lassoing:
            self._drop()

    # ---- Qt ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what is meant for handles and lasso; return whether the plot need not see it."""
        handler = self._handlers.get(event.type())
        if handler is not None and watched is self._plot.viewport():
            handler(event)  # type: ignore[arg-type]  # these are mouse events
            return True
        if event.type() in FOCUS and isinstance(event, QFocusEvent) and watched is self._plot:
            is_by_key = event.gotFocus() and event.reason() in BY_KEY
            self.focused.emit(is_by_key)
            if is_by_key and self._draws_by_key():
                self.by_key.begin()
                self.changed.emit()
        if event.type() == QEvent.Type.KeyPress and watched is self._plot:
            return self._on_key(event)  # type: ignore[arg-type]
        if event.type() == QEvent.Type.ShortcutOverride and self._is_own_key(event):
            # Here Esc gives up and keys draw the lasso, whatever else they do elsewhere.
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _on_pressed(self, event: QMouseEvent) -> None:
        self._plot.setFocus(Qt.FocusReason.MouseFocusReason)
        state = self._session.state
        if event.button() is not Qt.MouseButton.LeftButton or plane_of(state) is None:
            return
        if state.look.plots.lassoing or event.modifiers() & SHIFT:
            self.by_key.drop()
            self._is_lassoing, self.trail = True, []
            self._last = None
            self._draw_lasso(event.position())
            return
        grip = self._grip_at(event.position())
        if grip is not None:
            self.draft.choose(grip.component)
            self._why_fixed = why_fixed(state)
            self._grip = None if self._why_fixed else grip
            self._last, self._is_dragging = event.position(), False

    def _on_moved(self, event: QMouseEvent) -> None:
        if self._is_lassoing:
            self._draw_lasso(event.position())
        elif self._why_fixed:
            self._session.say(self._why_fixed)
        elif self._grip is not None and self._last is not None:
            # A hand that clicks is never quite still.
            if self._is_dragging or _length(event.position() - self._last) >= APART:
                self._is_dragging = True
                self._grip = self.draft.drag(self._grip, self._place(event.position()))
        else:
            self._show_cursor(event)

    def _on_released(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._grip, self._is_dragging, self._why_fixed = None, False, ""
        if self._is_lassoing:
            self._end_lasso()
        elif self.draft.is_under_way:
            self.draft.restart()

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if self._draws_by_key() and key in OWN and not event.modifiers() & OTHERS:
            self._lasso_by_key(key, event.modifiers())
            return True
        if key in TABS:
            # Beyond the last one the focus goes on its way.
            return self.draft.choose_next(TABS[key])
        if key in ARROWS:
            right, down = ARROWS[key]
            # Values grow upwards.
            self.draft.nudge(np.array([right, -down], np.float64), event.modifiers())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.draft.is_under_way:
            self.draft.restart()
        elif key == Qt.Key.Key_Escape and self._is_busy():
            self._drop()
        else:
            return False
        return True

    # ---- Components -------------------------------------------------------------------------

    def _grip_at(self, position: QPointF) -> Grip | None:
        """Return the handle at a place, the nearest one of the chosen component before others."""
        for grips in self.draft.grips():
            near = [(self._distance(place, position), grip) for grip, place in grips]
            distance, grip = min(near, default=(np.inf, None), key=lambda one: one[0])
            if distance <= REACH:
                return grip
        return None

    def _is_own_key(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.modifiers() & OTHERS:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._is_busy()
        return self._draws_by_key() and event.key() in OWN

    def _is_busy(self) -> bool:
        return self.draft.is_under_way or self._is_lassoing or self.by_key.cursor is not None

    def _drop(self) -> None:
        """Give up what is under way."""
        if self._is_busy() or self._grip is not None:
            self.by_key.drop()
            self.draft.drop()
            self._grip, self._is_lassoing, self.trail = None, False, []
            self.changed.emit()

    # ---- Lasso ------------------------------------------------------------------------------

    def _draw_lasso(self, position: QPointF) -> None:
        if self._last is None or _length(position - self._last) >= APART:
            self._last = position
            self.trail.append(self._place(position))
            self.changed.emit()

    def _end_lasso(self) -> None:
        corners = tuple((float(x), float(y)) for x, y in self.trail)
        self._is_lassoing, self.trail = False, []
        self.changed.emit()
        if len(corners) > 2:
            self._lasso(corners)

    def _lasso(self, corners: tuple[tuple[float, float], ...]) -> None:
        plane = plane_of(self._session.state)
        if plane is not None:
            self._session.plot(lasso=Lasso(plane.across, plane.up, corners))

    def _draws_by_key(self) -> bool:
        """Whether keys draw a lasso: with the tool in hand, while no component is being moved."""
        state = self._session.state
        is_free = not self.draft.is_under_way and not self._is_lassoing
        return state.look.plots.lassoing and is_free and plane_of(state) is not None

    def _lasso_by_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
        corners = self.by_key.press(key, modifiers)
        self.trail = self.by_key.trail
        self.changed.emit()
        if corners is not None:
            self._lasso(corners)

    def _room(self) -> QRectF:
        """Return where on the plot's viewport there are values."""
        box = self._plot.getViewBox()
        return QRectF(self._plot.mapFromScene(box.mapRectToScene(box.rect())).boundingRect())

    # ---- Places -----------------------------------------------------------------------------

    def _place(self, position: QPointF) -> NDArray[np.float64]:
        """Return the (across, up) values at a place of the plot's viewport."""
        scene = self._plot.mapToScene(position.toPoint())
        place = self._plot.getViewBox().mapSceneToView(scene)
        return np.array([place.x(), place.y()])

    def on_viewport(self, place: NDArray[np.float64]) -> QPointF:
        """Return where (across, up) values are on the plot's viewport."""
        scene = self._plot.getViewBox().mapViewToScene(QPointF(*place))
        return QPointF(self._plot.mapFromScene(scene))

    def _distance(self, place: NDArray[np.float64], position: QPointF) -> float:
        return _length(self.on_viewport(place) - position)

    def _show_cursor(self, event: QMouseEvent) -> None:
        state, shape = self._session.state, Qt.CursorShape.ArrowCursor
        if state.look.plots.lassoing or event.modifiers() & SHIFT:
            shape = Qt.CursorShape.CrossCursor
        elif self._grip_at(event.position()) is not None:
            fixed = bool(why_fixed(state))
            shape = Qt.CursorShape.PointingHandCursor if fixed else Qt.CursorShape.SizeAllCursor
        self._plot.viewport().setCursor(shape)


def plane_names(state: State) -> tuple[str, str] | None:
    """Return the names of the scatter's two features."""
    plane = plane_of(state)
    return None if plane is None else (plane.across, plane.up)


def _length(step: QPointF) -> float:
    return float(np.hypot(step.x(), step.y()))
