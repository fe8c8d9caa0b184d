"""Everything the window shows, as one frozen value, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from segmenter.app.drawings import Drawings
from segmenter.app.plotted import Plotted
from segmenter.app.scribbles import Nib, Scribbles
from segmenter.app.sides import USUAL_SIDES
from segmenter.engine.outcome import Phase, Stage
from segmenter.engine.overlay import LABEL_VIEWS, View
from segmenter.engine.settings import Settings
from segmenter.engine.styles import default_classes

if TYPE_CHECKING:
    from segmenter.app.carried import Named
    from segmenter.app.choices import Choices, Pictures
    from segmenter.app.light import Corrected
    from segmenter.app.plotted import Highlight
    from segmenter.app.pyramid import Pyramid
    from segmenter.app.sides import Compared, Previous, Sides
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.display import Display
    from segmenter.engine.explanation import Explanation
    from segmenter.engine.outcome import Progress, Result
    from segmenter.engine.regions import Regions
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Image, Mixture

RESTING = (Stage.FITTING, Stage.REFINING, Stage.LABELLING)
"""Where a run that goes step by step waits; what comes before is one step with the first."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the user decides and can undo: settings, names and colours of classes, scribbles.

    There may be more classes than the settings ask for: a name once given is kept, should there
    be a class for it again. The style of the noise class is marked as such, and need not be at its
    place. `classes_of` returns those that are shown. ``start`` is the mixture, in the file's units,
    that the user has made for EM to go on from; None: EM looks for its own. ``named_on`` is what
    the names are of, until there is a result with whose classes they go.
    """

    settings: Settings = field(default_factory=Settings)
    classes: tuple[ClassStyle, ...] = field(default_factory=lambda: default_classes(4))
    scribbles: Scribbles = field(default_factory=Scribbles)
    start: Mixture | None = None
    named_on: Named | None = field(default=None, compare=False)

    def decides_like(self, other: Inputs) -> bool:
        """Whether both lead to the same result; names and colours have no part in it."""
        return self.decisive == other.decisive

    @property
    def decisive(self) -> tuple[Settings, Scribbles, Mixture | None]:
        """What decides the result; equal starts are one and the same."""
        return self.settings, self.scribbles, self.start


@dataclass(frozen=True, slots=True)
class Look:
    """How the result is shown; not undone, and no part of the result.

    ``chosen`` is the number of the class that the soft mask shows and the brush draws, from 1;
    ``selected`` are those that commands for several classes are for. ``sides`` are what is left
    and right of the divider, if the canvas is ``divided``; it is at a share of the width.
    ``lists_regions``: whether the table of regions is to be seen; ``region`` is the number of the
    region that is outlined, 0 for none. ``pinned`` is the (row, column) of the pixel that is to be
    explained. ``outlined`` draws only the borders of classes, ``heat`` the soft mask in a ramp of
    colours. ``k_means``: while EM goes by half steps, k-means is to be seen beside it.
    ``grey_image``: whether the image has no colours of its own where those of the overlay lie over
    it; ``display`` which of its values are shown black and white, None as at first. ``grid``,
    ``minimap`` and ``scale_bar`` are there where they have something to show.
    """

    view: View = View.LABELS
    opacity: float = 0.5
    chosen: int = 1
    selected: tuple[int, ...] = ()
    overlay_hidden: bool = False
    divided: bool = False
    sides: Sides = USUAL_SIDES
    divider: float = 0.5
    lists_regions: bool = False
    region: int = 0
    pinned: tuple[int, int] | None = None
    plots: Plotted = field(default_factory=Plotted)
    outlined: bool = False
    heat: bool = False
    k_means: bool = False
    grey_image: bool = True
    display: Display | None = None
    grid: bool = True
    minimap: bool = True
    scale_bar: bool = True

    def without_marks(self) -> Look:
        """Return the same as far as it decides on image and overlay, not on marks over them."""
        usual = Look()
        return replace(
            self,
            selected=usual.selected,
            lists_regions=usual.lists_regions,
            region=usual.region,
            pinned=usual.pinned,
            plots=usual.plots,
            grid=usual.grid,
            minimap=usual.minimap,
            scale_bar=usual.scale_bar,
        )

    @property
    def is_outlined(self) -> bool:
        """Whether the view draws the borders of classes in place of their areas."""
        return self.outlined and self.view in LABEL_VIEWS

    @property
    def laid_opacity(self) -> float:
        """The opacity with which colours of classes lie over the image, from 0 to 1."""
        return 1.0 if self.is_outlined else self.opacity

    @property
    def is_heat(self) -> bool:
        """Whether the view draws a soft mask in a ramp of colours."""
        return self.heat and self.view is View.SOFT_MASK


class Tool(Enum):
    """What the pointer does on the canvas."""

    MOVE = "move"
    BRUSH = "brush"
    ERASER = "eraser"


LARGEST_BRUSH = 201
BRUSH_SIZES = (1, 3, 5, 7, 9, 13, 17, 25, 35, 49, 71, 101, 141, LARGEST_BRUSH)
"""Pixels across, all odd: a disc has a pixel in its middle."""


@dataclass(frozen=True, slots=True)
class Hand:
    """What the user draws with; ``size`` is in image pixels across."""

    tool: Tool = Tool.MOVE
    size: int = 9


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One moment of the window.

    Parameters
    ----------
    image, result
        The last good ones; a failed load or run leaves them.
    compared
        What the sides show beside the result for which they were last to be seen.
    previous
        What was shown before the result, if it was made otherwise.
    regions
        The regions of the last result for which they were to be seen.
    explanation
        Why the last pixel that was pinned has its class.
    shown
        The image as the canvas paints it; comes and goes with `image`.
    corrected
        The image in even light, of the last result for which it was to be seen.
    made_from
        The inputs that the result was made with; None without a result.
    choices
        The numbers of components that a run on the image has tried last.
    pictures
        Small label maps of its candidates, once they are made; they may be of those before.
    conflicts
        How many scribbled pixels of the result look like another class.
    cloud
        What the mixture sees of the image, while a plot shows it or has shown it.
    highlight
        The pixels in the lasso; None without one, or while they are looked for.
    progress
        The newest progress while a run goes on; None otherwise.
    live
        Whether a changed setting starts a run by itself.
    stepping
        Whether the run waits for the next *Half a step*.
    playing
        Whether it does not wait for long: it goes on by itself, so never without `stepping`.
    pause
        Milliseconds from one half step to the next while it plays.
    drawings
        What is drawn on other images of the session, and what of all that is in files.
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
    shown: Pyramid | None = None
    inputs: Inputs = field(default_factory=Inputs)
    look: Look = field(default_factory=Look)
    hand: Hand = field(default_factory=Hand)
    live: bool = True
    progress: Progress | None = None
    stepping: bool = False
    playing: bool = False
    pause: int = 1000
    result: Result | None = None
    compared: Compared | None = None
    previous: Previous | None = None
    corrected: Corrected | None = None
    regions: Regions | None = None
    explanation: Explanation | None = None
    made_from: Inputs | None = None
    choices: Choices | None = None
    pictures: Pictures | None = None
    conflicts: int = 0
    cloud: Cloud | None = None
    highlight: Highlight | None = None
    drawings: Drawings = field(default_factory=Drawings)
    opening: str = ""
    exporting: bool = False
    undo_text: str = ""
    redo_text: str = ""
    failure: str = ""
    notice: str = ""

    @property
    def curve(self) -> tuple[float, ...]:
        """Log-likelihoods per pixel of the run under way, as far as it has come, or of the last."""
        if self.progress is not None:
            # Those of a search are compared with each other; the best need not be the last.
            is_climbing = self.progress.stage not in {Stage.STARTS, Stage.CHOOSING}
            return self.progress.log_likelihoods if is_climbing else ()
        return () if self.result is None else self.result.log_likelihoods


def is_running(state: State) -> bool:
    """Whether a run is under way, stepping included."""
    return state.progress is not None


def can_rest(progress: Progress) -> bool:
    """Whether a run that goes by half steps may wait here."""
    # EM over classes begins with a search, which has nothing to look at.
    is_search = progress.stage is Stage.REFINING and progress.phase is Phase.START
    is_behind = progress.beside is not None and progress.beside.is_behind
    return progress.stage in RESTING and not is_search and not is_behind


def is_uncoloured(state: State) -> bool:
    """Whether a run that goes by half steps has given no pixel a class yet.

    What there was before is shown until its first E-step.
    """
    progress = state.progress
    if progress is None or not state.stepping:
        return False
    begins = progress.stage not in {Stage.REFINING, Stage.CLEANING}
    return begins and progress.phase is Phase.START


def can_run(state: State) -> bool:
    """Whether there is an image to run on."""
    return state.image is not None


def can_export(state: State) -> bool:
    """Whether there is a finished result of the image."""
    return state.result is not None and not is_running(state) and not state.exporting


def is_outdated(state: State) -> bool:
    """Whether the result was made with other settings or scribbles than those shown."""
    return state.made_from is not None and not state.made_from.decides_like(state.inputs)


def can_draw(state: State) -> bool:
    """Whether there is an image to scribble on, and a tool to do it."""
    return state.image is not None and state.hand.tool is not Tool.MOVE


def has_scribbles(state: State) -> bool:
    """Whether anything is scribbled."""
    return bool(state.inputs.scribbles)


def nib_of(state: State, *, erasing: bool = False) -> Nib:
    """Return what the tool leaves on the image."""
    is_eraser = erasing or state.hand.tool is Tool.ERASER
    return Nib(0 if is_eraser else state.look.chosen, state.hand.size)


def coming_mixture(state: State) -> Mixture | None:
    """Return the mixture of the run under way, whose preview stands in for the last result."""
    return None if state.progress is None else state.progress.mixture
