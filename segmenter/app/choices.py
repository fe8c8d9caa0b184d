"""The numbers of components that were tried, and what each looks like before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.outcome import Progress, Stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.state import State
    from segmenter.engine.outcome import Candidate, Result
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

PREVIEW_SIDE = 512  # px


class StandIn(NamedTuple):
    """What is shown for some settings until their run has something to show."""

    settings: Settings
    mixture: Mixture
    preview: NDArray[np.uint8]

    def for_want_of_better(self, progress: Progress, settings: Settings) -> Progress:
        """Return a run's progress, with this in it where the run has no preview yet."""
        if progress.preview is not None or settings != self.settings:
            return progress
        early = Stage.PREPARING if progress.stage is Stage.STARTS else progress.stage
        return Progress(early, mixture=self.mixture, preview=self.preview)


def chosen_count(state: State) -> int | None:
    """Return the number of components of what is shown; None before there is anything."""
    components = state.inputs.settings.components
    if isinstance(components, int):
        return components
    return None if state.result is None else len(state.result.mixture)


def candidate_of(choices: Result | None, count: int) -> Candidate | None:
    """Return the candidate with so many components, if it was tried."""
    candidates = () if choices is None else choices.candidates
    return next((tried for tried in candidates if len(tried.mixture) == count), None)


def preview_of(choices: Result, candidate: Candidate) -> NDArray[np.uint8]:
    """Return the (rows, columns) label map of a candidate, at most 512 px on a side."""
    rows, columns = choices.labels.shape
    index = candidate.index
    if index is None:
        index = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    step = -(-max(rows, columns) // PREVIEW_SIDE)
    shown: NDArray[np.uint8] = np.append(candidate.labels, np.uint8(0))[index[::step, ::step]]
    return shown
