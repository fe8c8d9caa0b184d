"""The line at the bottom: the pixel under the pointer, notices, and how far the run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QStatusBar, QToolButton, QWidget
from superqt import QElidingLabel

from segmenter.app.classes import style_of
from segmenter.app.light import light_at
from segmenter.app.state import can_rest, coming_mixture, is_outdated, is_running
from segmenter.engine.outcome import Stage
from segmenter.ui import theme
from segmenter.ui.canvas_marks import times
from segmenter.ui.icons import Icon

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segmenter.app.session import Session
    from segmenter.app.state import State
    from segmenter.engine.outcome import Progress
    from segmenter.engine.types import Image

# Less than this share of probability is not worth its place in the line.
LEAST_SHOWN = 0.005
BAR_STEPS = 1000
# Preparing that takes longer is the compiling of the engine, which happens once.
COMPILING_MS = 1000
# So long an answer to a key is read.
TELLING_MS = 6000
PREPARING, COMPILING = "Preparing …", "Preparing (first run only) …"
WITHOUT_NUMBERS = {
    Stage.PREPARING: PREPARING,
    Stage.LABELLING: "Labelling …",
    Stage.CLEANING: "Cleaning up …",
}


class StatusBar(QStatusBar):
    """Shows the state in words; the *Stop* button is here because the eye is."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pixel: tuple[int, int] | None = None
        self._told = ""
        self.words = QElidingLabel(self, textFormat=Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.stage = QLabel(self)
        self.bar = QProgressBar(self, textVisible=False, maximum=BAR_STEPS)
        self.bar.setFixedWidth(140)
        self.bar.setAccessibleName("Progress")
        self.stop = QToolButton(self, autoRaise=True)
        self.stop.setText("Stop")
        self.stop.setToolTip("End the run and keep the best so far (Esc)")
        self.stop.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.stop.clicked.connect(session.stop)
        self.addWidget(self.words, 1)
        self.batch, self.zoom = QLabel(self), QLabel(self)
        self.batch.hide()
        for widget in (self.stage, self.bar, self.stop, self.batch, self.zoom):
            self.addPermanentWidget(widget)
        for label in (self.words, self.stage, self.batch, self.zoom):
            theme.use_tabular_figures(label)
        self._telling = QTimer(self, singleShot=True, interval=TELLING_MS)
        self._telling.timeout.connect(self._on_told)
        self._compiling = QTimer(self, singleShot=True, interval=COMPILING_MS)
        self._compiling.timeout.connect(self._on_compiling)
        self.setContentsMargins(8, 0, 4, 0)
        self.stop.setIcon(Icon.STOP.icon())
        session.changed.connect(self.show_state)
        self._show_work(session.state)

    def show_pixel(self, place: tuple[int, int] | None) -> None:
        """Tell of the pixel at (row, column), or of none."""
        self._pixel = place
        self._show_words(self._session.state)

    def tell(self, words: str) -> None:
        """Answer a key in words that stand before all others for a while; nothing: they go."""
        self._told = words
        self._telling.stop()
        if words:
            self._telling.start()
        self._show_words(self._session.state)

    def _on_told(self) -> None:
        self.tell("")

    def show_batch(self, words: str) -> None:
        """Tell of the batch that goes on behind; empty when none does."""
        self.batch.setText(words)
        self.batch.setVisible(bool(words))

    def show_zoom(self, scale: float) -> None:
        """Tell how many screen pixels an image pixel takes."""
        self.zoom.setText(f"{100 * scale:.3g}%" if scale < 1 else f"{100 * scale:.0f}%")

    def show_state(self, before: State, after: State) -> None:
        """Show what differs."""
        if before.image is not after.image:
            self._pixel = None
        if before.notice != after.notice:
            self.tell("")
        if _work(before) != _work(after):
            self._show_work(after)
        self._show_words(after)

    def _show_words(self, state: State) -> None:
        seen = describe_pixel(state, *self._pixel) if self._pixel else describe_news(state)
        words = self._told or seen
        if words != self.words.text():
            self.words.setText(words)
            self.words.setToolTip(words)

    def _show_work(self, state: State) -> None:
        busy = bool(state.opening) or state.exporting
        running = is_running(state)
        self.bar.setVisible(running or busy)
        self.stop.setVisible(running)
        self.stage.setText(describe_work(state))
        progress = state.progress
        self._compiling.stop()
        if describe_work(state) == PREPARING:
            self._compiling.start()
        is_measured = (
            progress is not None and progress.limit and progress.stage not in WITHOUT_NUMBERS
        )
        if busy or progress is None or not is_measured:
            self.bar.setMaximum(0 if busy or running else BAR_STEPS)
        else:
            self.bar.setMaximum(BAR_STEPS)
            self.bar.setValue(round(BAR_STEPS * min(1, progress.iteration / progress.limit)))

    def _on_compiling(self) -> None:
        self.stage.setText(COMPILING)


def _work(state: State) -> tuple[object, ...]:
    """Return what decides how the work is shown; `Progress` compares by identity."""
    return state.progress, state.opening, state.exporting, state.stepping, state.playing


def describe_news(state: State) -> str:
    """Say what has become of the last command, or that the result waits for another run."""
    if is_outdated(state) and not is_running(state) and not state.live:
        return "The settings have changed since this result. Run (F5) brings it up to date."
    return state.notice


def describe_work(state: State) -> str:
    """Say what is being done, or nothing."""
    if state.opening:
        return f"Reading {state.opening} …"
    if state.exporting:
        return "Writing …"
    if state.progress is None:
        return ""
    is_waiting = state.stepping and not state.playing and can_rest(state.progress)
    return ("Paused · " if is_waiting else "") + describe_progress(state.progress)


def describe_progress(progress: Progress) -> str:
    """Say the stage, the step and the log-likelihood."""
    if progress.stage in WITHOUT_NUMBERS:
        return WITHOUT_NUMBERS[progress.stage]
    parts = [str(progress.stage.value)]
    if progress.limit:
        is_em = progress.stage in {Stage.FITTING, Stage.REFINING}
        noun = "iteration" if is_em else "step"
        parts.append(f"{noun} {progress.iteration}/{progress.limit}")
    if progress.log_likelihood is not None:
        value = f"{progress.log_likelihood:.4f}".replace("-", "\N{MINUS SIGN}")
        parts.append(f"log-likelihood {value}")
    return " · ".join(parts)


def describe_pixel(state: State, row: int, column: int) -> str:
    """Say the place, the value of every channel, and how probable the classes are."""
    image = state.image
    if image is None or not (0 <= row < image.shape[0] and 0 <= column < image.shape[1]):
        return ""
    parts = [f"x {column}, y {row}"]
    if image.valid[row, column]:
        parts.append("  ".join(_channels(image, row, column)))
        parts.extend(_probabilities(state, row, column))
        light = light_at(state, row, column)
        if light is not None:
            parts.append(f"light {times(light)}")
    else:
        parts.append("no data")
    number = state.inputs.scribbles.at(row, column)
    if number:
        parts.append(f"scribbled {style_of(state, number).name}")
    return "  ·  ".join(parts)


def _channels(image: Image, row: int, column: int) -> Iterator[str]:
    for channel, (name, value) in enumerate(
        zip(image.channel_names, image.pixels[row, column], strict=True)
    ):
        is_missing = image.missing is not None and image.missing[row, column, channel]
        yield f"{name} missing" if is_missing else f"{name} {_number(value)}"


def _probabilities(state: State, row: int, column: int) -> list[str]:
    if state.result is None or coming_mixture(state) is not None:
        return []
    found = state.result.probabilities_at(row, column)
    order = [k for k in np.argsort(-found, kind="stable") if found[k] >= LEAST_SHOWN]
    return [f"{style_of(state, k + 1).name} {found[k]:.1%}" for k in order]


def _number(value: np.generic) -> str:
    return f"{value}" if np.issubdtype(value.dtype, np.integer) else f"{value:.4g}"
