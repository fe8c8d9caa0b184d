"""Everything the window shows, as one frozen value, and the questions that can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segmenter.engine.overlay import View, default_classes
from segmenter.engine.settings import Settings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.engine.types import ClassStyle, Image, Progress, Result


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the user decides and can undo: the settings, and the classes' names and colours."""

    settings: Settings = field(default_factory=Settings)
    classes: tuple[ClassStyle, ...] = field(default_factory=lambda: default_classes(4))


@dataclass(frozen=True, slots=True)
class Look:
    """How the result is shown; not undone, and no part of the result.

    ``chosen`` is the number of the class that the soft mask shows, from 1.
    """

    view: View = View.LABELS
    opacity: float = 0.5
    chosen: int = 1
    overlay_hidden: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One moment of the window.

    Parameters
    ----------
    image, result
        The last good ones; a failed load or run leaves them.
    shown
        (rows, columns, 3) uint8: the image as the eye sees it; comes and goes with `image`.
    progress
        The newest progress while a run goes on; None otherwise.
    curve
        Log-likelihoods per pixel of the running or last run, as far as it has come.
    live
        Whether a changed setting starts a run by itself.
    stepping
        Whether the run waits for the next *Step*.
    opening
        Name of the file that is being read; empty when none is.
    exporting
        Whether products are being written.
    undo_text, redo_text
        What *Undo* and *Redo* would change; empty when there is nothing to.
    failure
        What went wrong and what to do, shown until dismissed; empty when nothing did.
    notice
        One sentence of good or neutral news for the status bar.
    """

    image: Image | None = None
    shown: NDArray[np.uint8] | None = None
    inputs: Inputs = field(default_factory=Inputs)
    look: Look = field(default_factory=Look)
    live: bool = True
    progress: Progress | None = None
    stepping: bool = False
    curve: tuple[float, ...] = ()
    result: Result | None = None
    opening: str = ""
    exporting: bool = False
    undo_text: str = ""
    redo_text: str = ""
    failure: str = ""
    notice: str = ""


def is_running(state: State) -> bool:
    """Whether a run is under way, stepping included."""
    return state.progress is not None


def can_run(state: State) -> bool:
    """Whether there is an image to run on."""
    return state.image is not None


def can_export(state: State) -> bool:
    """Whether there is a finished result of the image."""
    return state.result is not None and not is_running(state) and not state.exporting


def is_outdated(state: State) -> bool:
    """Whether the result was made with other settings than those shown."""
    return state.result is not None and state.result.settings != state.inputs.settings


def iterations_of(curve: tuple[float, ...]) -> str:
    """Say how many iterations made a curve; its first value is that of the start."""
    count = max(0, len(curve) - 1)
    return "1 iteration" if count == 1 else f"{count} iterations"


def style_of(state: State, number: int) -> ClassStyle:
    """Return the style of class `number`, counted from 1."""
    return state.inputs.classes[number - 1]
