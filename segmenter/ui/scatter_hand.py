"""What mouse and keys do in the scatter: components are moved and stretched, pixels lassoed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent

from segmenter.app.plotted import Lasso, Plot, fits_cloud, is_seen, plane_of, plotted_mixture
from segmenter.app.surgery import why_fixed
from segmenter.ui.key_lasso import OWN, KeyLasso

if TYPE_CHECKING:
    import pyqtgraph
    from numpy.typing import NDArray
    from PySide6.QtGui import QMouseEvent

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.types import Mixture

REACH = 11.0  # logical pixels from the middle of a handle within which it is taken
APART = 4.0  # logical pixels between two corners of a lasso, and before a press becomes a drag
HANDLES_AT = 2.0  # standard deviations from the mean
STEP = 0.1  # standard deviations that a mean goes with an arrow key
STRETCH, TURN = 1.05, np.deg2rad(5)
MOVE, SHAPE = "Move a mean", "Shape a component"
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
OTHERS = CTRL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
ARROWS = {
    Qt.Key.Key_Left: np.array([-1.0, 0.0]),
    Qt.Key.Key_Right: np.array([1.0, 0.0]),
    Qt.Key.Key_Down: np.array([0.0, -1.0]),
    Qt.Key.Key_Up: np.array([0.0, 1.0]),
}
FOCUS = {QEvent.Type.FocusIn, QEvent.Type.FocusOut}
BY_KEY = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}
TABS = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}


class Grip(NamedTuple):
    """A handle: the mean of a component, or the end of half an axis of the chosen one.

    ``side`` is 1 or -1, the end of the ``axis``; ``axis`` is None for the mean.
    """

    component: int
    axis: int | None = None
    side: int = 1


class ScatterHand(QObject):
    """Filters the events of a plot; what is under way is a draft until it is let go of."""

    focused = Signal(bool)
    """Whether the focus has come to the plot by key."""
    changed = Signal()
    """The draft, the chosen component or the lasso under way is another one."""

    def __init__(self, session: Session, plot: pyqtgraph.PlotWidget) -> None:
        super().__init__(plot)
        self._session, self._plot = session, plot
        self._picked: int | None = None
        self.draft: Mixture | None = None
        self.trail: list[NDArray[np.float64]] = []
        self._undo_text = MOVE
        self._grip: Grip | None = None
        self._last: QPointF | None = None
        self._is_lassoing = self._is_dragging = False
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
    def mixture(self) -> Mixture | None:
        """The mixture to be shown: as it would be if let go of now."""
        state = self._session.state
        known = plotted_mixture(state) if self.draft is None else self.draft
        return known if fits_cloud(state, known) and plane_of(state) is not None else None

    @property
    def chosen(self) -> int:
        """The component with handles: the one picked here, or the largest of the chosen class."""
        mixture = self.mixture
        if mixture is None:
            return 0
        of_class = np.flatnonzero(mixture.classes == self._session.state.look.chosen - 1)
        if self._picked is not None and self._picked in of_class:
            return self._picked
        # The noise class has no components.
        return int(of_class[np.argmax(mixture.weights[of_class])]) if len(of_class) else 0

    def show_state(self, before: State, after: State) -> None:
        """Give up what is under way when what it is drawn on is another."""
        if before.look.chosen != after.look.chosen:
            self._picked = None
        is_same = before.result is after.result and before.progress is after.progress
        if not is_same or before.cloud is not after.cloud or before.inputs is not after.inputs:
            self._drop()
        if plane_names(before) != plane_names(after) or not is_seen(after, Plot.SCATTER):
            self._drop()
        if before.look.plots.lassoing and not after.look.plots.lassoing:
            self._drop()

    def handles(self) -> NDArray[np.float64]:
        """Return (2 axes, 2 sides, 2) the ends of the chosen component's axes; else empty."""
        plane, mixture = plane_of(self._session.state), self.mixture
        if plane is None or mixture is None or why_fixed(self._session.state):
            return np.empty((0, 2, 2))
        k = self.chosen
        halves = HANDLES_AT * plane.axes(mixture)[k]
        return np.asarray(plane.means(mixture)[k] + np.stack([halves, -halves], axis=1))

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
            self._choose(grip.component)
            self._grip = None if why_fixed(state) else grip
            self._last, self._is_dragging = event.position(), False

    def _on_moved(self, event: QMouseEvent) -> None:
        if self._is_lassoing:
            self._draw_lasso(event.position())
        elif self._grip is not None and self._last is not None:
            # A hand that clicks is never quite still.
            if self._is_dragging or _length(event.position() - self._last) >= APART:
                self._is_dragging = True
                self._drag(self._grip, self._place(event.position()))
        else:
            self._show_cursor(event)

    def _on_released(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        self._grip = None
        if self._is_lassoing:
            self._end_lasso()
        elif self.draft is not None:
            self._restart()

    def _on_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if self._draws_by_key() and key in OWN and not event.modifiers() & OTHERS:
            self._lasso_by_key(key, event.modifiers())
            return True
        if key in TABS:
            return self._choose_next(TABS[key])
        if key in ARROWS:
            self._nudge(ARROWS[key], event.modifiers())
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.draft is not None:
            self._restart()
        elif key == Qt.Key.Key_Escape and self._is_busy():
            self._drop()
        else:
            return False
        return True

    # ---- Components -------------------------------------------------------------------------

    def _choose(self, component: int) -> None:
        """Choose a component, and with it its class."""
        assert self.mixture is not None
        number = int(self.mixture.classes[component]) + 1
        self._session.set_look(chosen=number)
        self._picked = component
        self.changed.emit()

    def _choose_next(self, step: int) -> bool:
        """Choose another component; beyond the last one the focus goes on its way."""
        mixture = self.mixture
        if mixture is None or not 0 <= self.chosen + step < len(mixture):
            return False
        self._choose(self.chosen + step)
        return True

    def _grip_at(self, position: QPointF) -> Grip | None:
        """Return the handle at a place, the nearest one of the chosen component before others."""
        plane, mixture = plane_of(self._session.state), self.mixture
        if plane is None or mixture is None:
            return None
        ends = [
            (self._distance(end, position), Grip(self.chosen, axis, side))
            for axis, both in enumerate(self.handles())
            for side, end in zip((1, -1), both, strict=True)
        ]
        middles = [
            (self._distance(mean, position), Grip(k)) for k, mean in enumerate(plane.means(mixture))
        ]
        for grips in (ends, middles):
            distance, grip = min(grips, default=(np.inf, None), key=lambda one: one[0])
            if distance <= REACH:
                return grip
        return None

    def _drag(self, grip: Grip, place: NDArray[np.float64]) -> None:
        plane, mixture = plane_of(self._session.state), self.mixture
        assert plane is not None
        assert mixture is not None
        if grip.axis is None:
            self._draft(MOVE, plane.moved(mixture, grip.component, place))
        else:
            mean = plane.means(mixture)[grip.component]
            half = grip.side * (place - mean) / HANDLES_AT
            self._draft(SHAPE, plane.stretched(mixture, grip.component, grip.axis, half))
            # Axes are in order of their length; the pointer keeps the one it has.
            ends = [np.abs(self.handles()[axis, :] - place).sum(axis=1) for axis in (0, 1)]
            axis = int(np.argmin([end.min() for end in ends]))
            self._grip = Grip(grip.component, axis, (1, -1)[int(np.argmin(ends[axis]))])

    def _nudge(self, direction: NDArray[np.float64], modifiers: Qt.KeyboardModifier) -> None:
        """Move the chosen component; with Shift stretch it, with Ctrl turn it."""
        plane, mixture = plane_of(self._session.state), self.mixture
        if plane is None or mixture is None or why_fixed(self._session.state):
            return
        k = self.chosen
        if modifiers & SHIFT:
            self._draft(SHAPE, plane.changed(mixture, k, np.diag(STRETCH**direction)))
        elif modifiers & CTRL:
            angle = -TURN * direction.sum()
            cosine, sine = np.cos(angle), np.sin(angle)
            turned = np.array([[cosine, -sine], [sine, cosine]])
            self._draft(SHAPE, plane.changed(mixture, k, turned))
        else:
            deviations = np.sqrt(np.diagonal(plane.covariances(mixture)[k]))
            mean = plane.means(mixture)[k] + STEP * direction * deviations
            self._draft(MOVE, plane.moved(mixture, k, mean))

    def _draft(self, undo_text: str, mixture: Mixture) -> None:
        if self.draft is None or undo_text == SHAPE:
            self._undo_text = undo_text
        self.draft = mixture
        self.changed.emit()

    def _restart(self) -> None:
        draft, self.draft = self.draft, None
        assert draft is not None
        self._session.restart_from(self._undo_text, draft)

    def _is_own_key(self, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.modifiers() & OTHERS:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return self._is_busy()
        return self._draws_by_key() and event.key() in OWN

    def _is_busy(self) -> bool:
        return self.draft is not None or self._is_lassoing or self.by_key.cursor is not None

    def _drop(self) -> None:
        """Give up what is under way."""
        if self._is_busy() or self._grip is not None:
            self.by_key.drop()
            self.draft, self._grip, self._is_lassoing, self.trail = None, None, False, []
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
        is_free = self.draft is None and not self._is_lassoing
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
