"""The numbers of components that were tried, and what each looks like before it is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.number_words import grouped
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.previews import PREVIEW_SIDE, preview_step

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.app.state import State
    from segmenter.engine.outcome import Candidate, Result
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image, Mixture

PICTURE_SIDE = 192  # px
OF_THE_CHOICE = ("components", "most_components", "criterion")
"""Settings that decide which numbers are tried and taken, not what each of them gives."""
OTHER_SETTINGS = (
    "These numbers were tried with other settings: run with Components on Auto to try them again."
)
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The numbers of components that were tried, in `candidates` from few to many.

    ``settings`` are those of the run that tried them, ``shape`` (rows, columns) is the image's.
    """

    candidates: tuple[Candidate, ...]
    settings: Settings
    shape: tuple[int, int]


def choices_of(result: Result, known: Choices | None) -> Choices | None:
    """Return what a result chose among; if it did not choose, or among the same, what is known."""
    is_known = known is not None and known.candidates is result.candidates
    if is_known or not result.candidates:
        return known
    rows, columns = result.labels.shape
    return Choices(result.candidates, result.settings, (rows, columns))


class StandIn(NamedTuple):
    """What is shown for some settings of an image until their run has something to show."""

    image: Image
    settings: Settings
    mixture: Mixture
    preview: NDArray[np.uint8]

    def for_want_of_better(self, progress: Progress, image: Image, settings: Settings) -> Progress:
        """Return a run's progress, with this in it where the run has no preview yet."""
        is_of_run = image is self.image and settings == self.settings
        if progress.preview is not None or not is_of_run:
            return progress
        early = Stage.PREPARING if progress.stage is Stage.STARTS else progress.stage
        return Progress(early, mixture=self.mixture, preview=self.preview)


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Small label maps, (rows, columns) uint8, of the candidates of `choices`, in their order."""

    choices: Choices
    maps: tuple[NDArray[np.uint8], ...]


def pictured(choices: Choices) -> Generator[None, None, Pictures]:
    """Make a small label map of every candidate."""
    maps = []
    for candidate in choices.candidates:
        yield
        maps.append(preview_of(choices, candidate, PICTURE_SIDE))
    return Pictures(choices, tuple(maps))


def chosen_count(state: State) -> int | None:
    """Return the number of components of what is shown; None before there is anything."""
    components = state.inputs.settings.components
    if isinstance(components, int):
        return components
    return None if state.result is None else len(state.result.mixture)


def candidate_of(choices: Choices | None, count: int) -> Candidate | None:
    """Return the candidate with so many components, if it was tried."""
    candidates = () if choices is None else choices.candidates
    return next((tried for tried in candidates if len(tried.mixture) == count), None)


def were_tried_with(choices: Choices, settings: Settings) -> bool:
    """Whether the candidates are what these settings give, each with its number."""
    tried, asked = choices.settings.of_mixture(), settings.of_mixture()
    as_asked = {name: getattr(asked, name) for name in OF_THE_CHOICE}
    return tried.model_copy(update=as_asked) == asked


def choices_fit(state: State) -> bool:
    """Whether there are candidates, and the settings are still those that they were tried with."""
    choices = state.choices
    return choices is not None and were_tried_with(choices, state.inputs.settings)


def best_counts(choices: Choices) -> tuple[int, int]:
    """Return the numbers of components that BIC and ICL speak for."""
    by_bic = max(choices.candidates, key=lambda tried: tried.bic)
    by_icl = max(choices.candidates, key=lambda tried: tried.icl)
    return len(by_bic.mixture), len(by_icl.mixture)


def describe_candidate(choices: Choices, candidate: Candidate) -> str:
    """Say in four lines what the criteria and the likelihood make of a candidate."""
    number = len(candidate.mixture)
    best = [
        name
        for name, count in zip(("BIC", "ICL"), best_counts(choices), strict=True)
        if count == number
    ]
    noun = "component" if number == 1 else "components"
    praise = f", best by {' and '.join(best)}" if best else ""
    values = f"BIC {grouped(candidate.bic)}\nICL {grouped(candidate.icl)}"
    each = f"{candidate.log_likelihood:.4f}".replace("-", MINUS)
    return f"{number} {noun}{praise}\n{values}\nLog-likelihood {each} per pixel"


def preview_of(
    choices: Choices, candidate: Candidate, side: int = PREVIEW_SIDE
) -> NDArray[np.uint8]:
    """Return the (rows, columns) label map of a candidate, at most `side` px on a side."""
    step = preview_step(choices.shape, side)
    if candidate.index is None:
        return candidate.labels.reshape(choices.shape)[::step, ::step]
    thinned = candidate.index[::step, ::step]
    shown: NDArray[np.uint8] = np.append(candidate.labels, np.uint8(0))[thinned]
    return shown
