"""What the plots of samples have in common: how they follow the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QWidget

from segmenter.app.classes import classes_of
from segmenter.app.plotted import is_seen

if TYPE_CHECKING:
    from segmenter.app.plotted import Plot
    from segmenter.app.session import Session
    from segmenter.app.state import State


class SamplePlot(QWidget):
    """A plot of what the mixture sees of the image, with the pixel under the pointer marked.

    Whoever derives from it makes the widgets, then calls `begin`; nothing is done while another
    plot is to be seen.
    """

    _has_begun = False

    def __init__(self, session: Session, plot: Plot, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._plot = plot
        self._pixel: tuple[int, int] | None = None
        self.setAccessibleName(str(plot))

    def begin(self) -> None:
        """Show what there is, and follow the session from now on: all widgets are there."""
        self._has_begun = True
        self._session.changed.connect(self.show_state)
        self._show(self._session.state)

    def show_pixel(self, place: tuple[int, int] | None) -> None:
        """Mark what the pixel at (row, column) has, or nothing."""
        self._pixel = place
        if is_seen(self._session.state, self._plot):
            self._mark_pixel(self._session.state)

    def show_state(self, before: State, after: State) -> None:
        """Show what differs."""
        if not is_seen(after, self._plot):
            return
        if before.image is not after.image:
            self._pixel = None
        if before.cloud is not after.cloud or before.look.plots != after.look.plots:
            self._show(after)
        elif _moving(before) != _moving(after):
            self._move(after)

    def changeEvent(self, event: QEvent) -> None:
        """Follow a change of palette."""
        if event.type() == QEvent.Type.PaletteChange and self._has_begun:
            self._show(self._session.state)
        super().changeEvent(event)

    # ---- What a plot does of its own ----------------------------------------------------------

    def _show(self, state: State) -> None:
        """Show all anew."""
        raise NotImplementedError

    def _move(self, state: State) -> None:
        """Show the mixture and the classes as they are: the samples are the same."""
        raise NotImplementedError

    def _mark_pixel(self, state: State) -> None:
        """Mark what the pixel under the pointer has."""
        raise NotImplementedError


def _moving(state: State) -> tuple[object, ...]:
    """Return what moves, chooses or colours what is drawn; records compare by identity."""
    return (
        state.progress,
        state.result,
        state.made_from,
        id(state.inputs),
        classes_of(state),
        state.highlight,
        state.look.chosen,
        state.look.k_means,
    )
