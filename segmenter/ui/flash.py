"""A class pointed out on the canvas: its pixels light up twice, gently, and are as before."""

from __future__ import annotations

from math import ceil, pi, sin
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, QSizeF, QVariantAnimation
from PySide6.QtWidgets import QStyle

from segmenter.app.classes import style_of
from segmenter.app.state import coming_mixture
from segmenter.ui.patches import indexed
from segmenter.ui.screen_pixels import grown, pixels_under

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtWidgets import QWidget

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.outcome import Result
    from segmenter.ui.drawing import Viewed
    from segmenter.ui.view_transform import ViewTransform

DURATION_MS = 700
PULSES = 2
"""Within a second there may be three at most: more can be dangerous to see."""
INSIDE, LIGHT, DARK = 1, 2, 3
"""Places in the colour table."""
FILL, RIM, EDGE = 110, 255, 170
"""How opaque white pixels, their white rim and the dark edge around it are at most."""


def can_flash(state: State) -> bool:
    """Whether the chosen class has pixels of a result that is to be seen."""
    result = state.result
    return (
        result is not None
        and coming_mixture(state) is None
        and state.look.chosen <= result.class_count
    )


class Flash(QObject):
    """Lights a class up where it is in sight; where motion is unwanted it is lit without pulses."""

    def __init__(self, session: Session, canvas: QWidget, viewed: Viewed) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._viewed = session, canvas, viewed
        self._number = 0
        self._key: tuple[object, ...] = ()
        self._picture: QImage | None = None
        self._area = QRectF()
        self._clock = QVariantAnimation(self)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setDuration(DURATION_MS)
        self._clock.valueChanged.connect(canvas.update)
        self._clock.finished.connect(self._on_finished)

    @property
    def is_on(self) -> bool:
        """Whether a class is being pointed out."""
        return self._number > 0

    def start(self, number: int) -> None:
        """Light class `number`, from 1, up; say so if nothing of it is in sight."""
        state = self._session.state
        if not can_flash(state) or state.result is None or number > state.result.class_count:
            return
        self._clock.stop()
        self._number, self._key = number, ()
        size = self._canvas.size() * self._canvas.devicePixelRatioF()
        self._make(state.result, self._viewed.view, size, self._canvas.devicePixelRatioF())
        if self._picture is None:
            self._number = 0
            self._session.say(f"Nothing of {style_of(state, number).name} is in sight.")
        else:
            self._clock.start()
        self._canvas.update()

    def paint(
        self, painter: QPainter, state: State, view: ViewTransform, *, screen: QSize, ratio: float
    ) -> None:
        """Paint the light as it is now, in screen pixels."""
        if not self.is_on or state.result is None or not can_flash(state):
            return
        self._make(state.result, view, screen, ratio)
        if self._picture is not None:
            self._picture.setColorTable(_colours(self._strength()))
            painter.drawImage(self._area, self._picture)

    def _strength(self) -> float:
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        if not self._canvas.style().styleHint(hint, None, self._canvas):
            return 1.0
        return sin(PULSES * pi * float(self._clock.currentValue())) ** 2

    def _on_finished(self) -> None:
        self._number, self._picture, self._key = 0, None, ()
        self._canvas.update()

    def _make(self, result: Result, view: ViewTransform, screen: QSize, ratio: float) -> None:
        """Work out which logical pixels show the class, unless that is known."""
        key = (result, self._number, view, screen, ratio)
        if key == self._key:
            return
        self._key, self._picture = key, None
        scale, (rows, columns) = view.scale / ratio, result.labels.shape
        length, breadth = (ceil(side / ratio) for side in (screen.height(), screen.width()))
        down = pixels_under(view.top / ratio, scale, range(rows), length, 0)
        across = pixels_under(view.left / ratio, scale, range(columns), breadth, 0)
        # At the edge of the image half a pixel of the screen may be beyond it.
        shown = result.labels.take(down.places, axis=0, mode="clip")
        is_class = shown.take(across.places, axis=1, mode="clip") == self._number
        if not is_class.any():
            return
        numbers = _outlined(is_class)
        height, width = numbers.shape
        corner, size = QPointF(across.first, down.first), QSizeF(width, height)
        self._area = QRectF(corner * ratio, size * ratio)
        self._picture = indexed(numbers)


def _outlined(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return (rows, columns) places in the colour table: a rim inside, an edge around."""
    wider, smaller = grown(mask, [False]), ~grown(~mask, [False])
    numbers = smaller.view(np.uint8) * np.uint8(INSIDE)
    numbers[mask & ~smaller] = LIGHT
    numbers[wider & ~mask] = DARK
    return numbers


def _colours(strength: float) -> list[int]:
    """Return a colour table in which only the class and its outline can be seen."""
    table = [0] * 256
    table[INSIDE] = round(FILL * strength) << 24 | 0xFFFFFF
    table[LIGHT] = round(RIM * strength) << 24 | 0xFFFFFF
    table[DARK] = round(EDGE * strength) << 24
    return table
