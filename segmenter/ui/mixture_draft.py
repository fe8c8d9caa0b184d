"""A mixture that is being changed by hand in the plane of two features."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal

from segmenter.app.plotted import fits_cloud, plane_of, plotted_mixture
from segmenter.app.surgery import why_fixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.session import Session
    from segmenter.engine.types import Mixture

HANDLES_AT = 2.0  # standard deviations from the mean
STEP = 0.1  # standard deviations that a mean goes with an arrow key
STRETCH, TURN = 1.05, np.deg2rad(5)
MOVE, SHAPE = "Move a mean", "Shape a component"
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Grip(NamedTuple):
    """A handle: the mean of a component, or the end of half an axis of the chosen one.

    ``side`` is 1 or -1, the end of the ``axis``; ``axis`` is None for the mean.
    """

    component: int
    axis: int | None = None
    side: int = 1


class MixtureDraft(QObject):
    """The mixture as it would be if let go of now; EM knows nothing of it until `restart`."""

    changed = Signal()
    """The mixture or the chosen component is another one."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._changed: Mixture | None = None
        self._picked: int | None = None
        self._undo_text = MOVE

    @property
    def is_under_way(self) -> bool:
        """Whether anything has been changed."""
        return self._changed is not None

    @property
    def mixture(self) -> Mixture | None:
        """The mixture to be shown; None where there is none in this plane."""
        state = self._session.state
        known = plotted_mixture(state) if self._changed is None else self._changed
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

    def handles(self) -> NDArray[np.float64]:
        """Return (2 axes, 2 sides, 2) the ends of the chosen component's axes; else empty."""
        plane, mixture = plane_of(self._session.state), self.mixture
        if plane is None or mixture is None or why_fixed(self._session.state):
            return np.empty((0, 2, 2))
        k = self.chosen
        halves = HANDLES_AT * plane.axes(mixture)[k]
        return np.asarray(plane.means(mixture)[k] + np.stack([halves, -halves], axis=1))

    def grips(self) -> tuple[list[tuple[Grip, NDArray[np.float64]]], ...]:
        """Return the handles at the ends of the chosen component, then all means, and where."""
        plane, mixture = plane_of(self._session.state), self.mixture
        if plane is None or mixture is None:
            return ()
        ends = [
            (Grip(self.chosen, axis, side), end)
            for axis, both in enumerate(self.handles())
            for side, end in zip((1, -1), both, strict=True)
        ]
        return ends, [(Grip(k), mean) for k, mean in enumerate(plane.means(mixture))]

    def choose(self, component: int) -> None:
        """Choose a component, and with it its class."""
        assert self.mixture is not None
        number = int(self.mixture.classes[component]) + 1
        self._session.set_look(chosen=number)
        self._picked = component
        self.changed.emit()

    def choose_next(self, step: int) -> bool:
        """Choose another component; return whether there is one."""
        mixture = self.mixture
        if mixture is None or not 0 <= self.chosen + step < len(mixture):
            return False
        self.choose(self.chosen + step)
        return True

    def forget_choice(self) -> None:
        """Let the chosen class say which component has handles."""
        self._picked = None

    def drag(self, grip: Grip, place: NDArray[np.float64]) -> Grip:
        """Bring a handle to (across, up) values; return the handle that is there then."""
        plane, mixture = plane_of(self._session.state), self.mixture
        assert plane is not None
        assert mixture is not None
        if grip.axis is None:
            self._change(MOVE, plane.moved(mixture, grip.component, place))
            return grip
        mean = plane.means(mixture)[grip.component]
        half = grip.side * (place - mean) / HANDLES_AT
        self._change(SHAPE, plane.stretched(mixture, grip.component, grip.axis, half))
        # Axes are in order of their length; the pointer keeps the one it has.
        ends = [np.abs(self.handles()[axis, :] - place).sum(axis=1) for axis in (0, 1)]
        axis = int(np.argmin([end.min() for end in ends]))
        return Grip(grip.component, axis, (1, -1)[int(np.argmin(ends[axis]))])

    def nudge(self, direction: NDArray[np.float64], modifiers: Qt.KeyboardModifier) -> None:
        """Move the chosen component a step; with Shift stretch it, with Ctrl turn it."""
        plane, mixture = plane_of(self._session.state), self.mixture
        if plane is None or mixture is None or why_fixed(self._session.state):
            return
        k = self.chosen
        if modifiers & SHIFT:
            self._change(SHAPE, plane.changed(mixture, k, np.diag(STRETCH**direction)))
        elif modifiers & CTRL:
            angle = -TURN * direction.sum()
            cosine, sine = np.cos(angle), np.sin(angle)
            turned = np.array([[cosine, -sine], [sine, cosine]])
            self._change(SHAPE, plane.changed(mixture, k, turned))
        else:
            deviations = np.sqrt(np.diagonal(plane.covariances(mixture)[k]))
            mean = plane.means(mixture)[k] + STEP * direction * deviations
            self._change(MOVE, plane.moved(mixture, k, mean))

    def _change(self, undo_text: str, mixture: Mixture) -> None:
        if self._changed is None or undo_text == SHAPE:
            self._undo_text = undo_text
        self._changed = mixture
        self.changed.emit()

    def restart(self) -> None:
        """Let EM go on from the mixture as it has been changed."""
        changed, self._changed = self._changed, None
        assert changed is not None
        self._session.restart_from(self._undo_text, changed)

    def drop(self) -> None:
        """Give up what has been changed."""
        self._changed = None
