"""Scribbles as they are painted: filled, outlined, and hatched where the image disagrees.

Worked out in screen pixels, so that outlines are as crisp far out as close up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize

from segmenter.app.classes import classes_of
from segmenter.app.state import Tool
from segmenter.ui.hatch import paint_hatched
from segmenter.ui.patches import indexed
from segmenter.ui.screen_pixels import grown, pixels_under

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage, QPainter

    from segmenter.app.scribbles import Scribbles
    from segmenter.app.state import State
    from segmenter.ui.view_transform import ViewTransform

# Places in the colour table after those of the classes.
LIGHT, DARK = 254, 255
WHITE, OPAQUE, CLEAR = 0xFFFFFFFF, 0xFF000000, 0


class ScribbleLayer:
    """Makes the picture of scribbles on the screen, and remembers the last one."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._picture: QImage | None = None
        self._corner = QPointF()

    def paint(
        self,
        painter: QPainter,
        state: State,
        scribbles: Scribbles,
        view: ViewTransform,
        *,
        screen: QSize,
        ratio: float,
    ) -> None:
        """Paint what of the scribbles lies on the screen."""
        if not scribbles or state.shown is None or _is_hidden(state):
            return
        key = (scribbles, view, screen, ratio)
        if key != self._key:
            self._key = key
            self._make(scribbles, view, screen, ratio)
        if self._picture is not None:
            self._picture.setColorTable(_colours(state))
            painter.drawImage(self._corner, self._picture)
        conflicts = _conflicts(state, scribbles)
        if conflicts is not None:
            visible = view.visible(state.shown.size, QRectF(QPointF(0, 0), screen.toSizeF()))
            rows, columns = map(_common, visible, scribbles.bounds())
            paint_hatched(painter, conflicts, view, rows=rows, columns=columns, ratio=ratio)

    def _make(
        self,
        scribbles: Scribbles,
        view: ViewTransform,
        screen: QSize,
        ratio: float,
    ) -> None:
        width = max(1, round(ratio))
        rows, columns = scribbles.bounds()
        down = pixels_under(view.top, view.scale, rows, screen.height(), 2 * width)
        across = pixels_under(view.left, view.scale, columns, screen.width(), 2 * width)
        self._picture = None
        if not len(down.places) or not len(across.places):
            return
        said = scribbles.within(down.span, across.span)
        shown = said[np.ix_(down.inside, across.inside)]
        numbers = _outlined(shown, width)
        self._corner = QPointF(across.first, down.first)
        self._picture = indexed(numbers)


def _outlined(shown: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Return the numbers with a light and, around it, a dark line around what is said."""
    said = shown > 0
    light = grown(said, [True] * width)
    # Different classes side by side are kept apart by the same line.
    inner = np.zeros_like(said)
    inner[:, 1:] |= (shown[:, 1:] != shown[:, :-1]) & said[:, 1:] & said[:, :-1]
    inner[1:] |= (shown[1:] != shown[:-1]) & said[1:] & said[:-1]
    numbers = shown.copy()
    numbers[grown(light, [True] * width) & ~light] = DARK
    numbers[light & ~said] = LIGHT
    numbers[inner] = DARK
    return numbers


def _conflicts(state: State, scribbles: Scribbles) -> NDArray[np.bool_] | None:
    """Return the conflicts of the result, if it was made with these scribbles."""
    if state.result is None or state.made_from is None:
        return None
    is_current = state.made_from.scribbles == scribbles
    return state.result.conflicts if is_current and state.conflicts else None


def _common(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def _is_hidden(state: State) -> bool:
    """Whether the plain image is wanted; who draws wants to see what."""
    return state.look.overlay_hidden and state.hand.tool is Tool.MOVE


def _colours(state: State) -> list[int]:
    table = [CLEAR] * 256
    for number, style in enumerate(classes_of(state), start=1):
        red, green, blue = style.colour
        table[number] = OPAQUE | red << 16 | green << 8 | blue
    table[LIGHT], table[DARK] = WHITE, OPAQUE
    return table
