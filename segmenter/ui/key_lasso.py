"""A lasso drawn by keys: a cursor that arrows move, and corners set where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt

from segmenter.ui.arrows import ARROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

STEP, LONG_STEP = 6.0, 36.0  # logical pixels that the cursor goes with an arrow, and with Shift
REACH = 11.0  # logical pixels from the first corner within which the cursor is on it
LEAST = 3  # corners
ENTER = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
SET = {Qt.Key.Key_Space, *ENTER}
OWN = {*SET, *ARROWS, Qt.Key.Key_C, Qt.Key.Key_Backspace}
HINT = "Arrows move (Shift: farther), Space sets a corner, C closes the lasso, Esc gives up"


class KeyLasso:
    """The cursor and the corners set so far, in the values of the plot.

    Parameters
    ----------
    to_screen, to_values
        Where values are on the plot, and which values are at a place of it.
    room
        Returns where on the plot the cursor may go.
    """

    def __init__(
        self,
        to_screen: Callable[[NDArray[np.float64]], QPointF],
        to_values: Callable[[QPointF], NDArray[np.float64]],
        room: Callable[[], QRectF],
    ) -> None:
        self._to_screen, self._to_values, self._room = to_screen, to_values, room
        self.cursor: NDArray[np.float64] | None = None
        self.corners: list[NDArray[np.float64]] = []

    @property
    def trail(self) -> list[NDArray[np.float64]]:
        """The corners, and the cursor as the next one."""
        is_begun = self.corners and self.cursor is not None
        return [*self.corners, self.cursor] if is_begun else []  # type: ignore[list-item]

    def begin(self) -> None:
        """Put the cursor into the middle, unless it is there already."""
        if self.cursor is None:
            self.cursor = self._to_values(self._room().center())

    def drop(self) -> None:
        """Let go of corners and cursor."""
        self.cursor, self.corners = None, []

    def press(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier
    ) -> tuple[tuple[float, float], ...] | None:
        """Do what one of its own keys asks for; return the corners if that closes the lasso."""
        self.begin()
        assert self.cursor is not None
        if key in ARROWS:
            self._move(
                QPointF(*ARROWS[key]), far=bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
            )
        elif key == Qt.Key.Key_Backspace:
            self.corners = self.corners[:-1]
        elif key == Qt.Key.Key_C or (key in ENTER and self._is_on_first()):
            return self._closed()
        elif not self.corners or (self.corners[-1] != self.cursor).any():
            self.corners = [*self.corners, self.cursor]
        return None

    def _move(self, direction: QPointF, *, far: bool) -> None:
        assert self.cursor is not None
        room = self._room()
        at = self._to_screen(self.cursor) + direction * (LONG_STEP if far else STEP)
        held = QPointF(
            min(max(at.x(), room.left()), room.right()), min(max(at.y(), room.top()), room.bottom())
        )
        self.cursor = self._to_values(held)

    def _is_on_first(self) -> bool:
        if len(self.corners) < LEAST or self.cursor is None:
            return False
        gap = self._to_screen(self.corners[0]) - self._to_screen(self.cursor)
        return bool(np.hypot(gap.x(), gap.y()) <= REACH)

    def _closed(self) -> tuple[tuple[float, float], ...] | None:
        if len(self.corners) < LEAST:
            return None
        closed = tuple((float(x), float(y)) for x, y in self.corners)
        self.corners = []
        return closed
