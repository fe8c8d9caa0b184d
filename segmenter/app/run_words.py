"""What is said of a run and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.engine.number_words import grouped
from segmenter.engine.outcome import Stop
from segmenter.engine.settings import AUTO, Start

if TYPE_CHECKING:
    from segmenter.app.state import Inputs, State
    from segmenter.engine.outcome import Result


def iterations_of(curve: tuple[float, ...]) -> str:
    """Say how many iterations made a curve; its first value is that of the start."""
    count = max(0, len(curve) - 1)
    return "1 iteration" if count == 1 else f"{count} iterations"


def notes_of(state: State) -> tuple[str, ...]:
    """Return what the user should know about the image and its result, one sentence each."""
    if state.result is not None:
        return (*state.result.notes, *_conflict_notes(state.conflicts))
    return () if state.image is None else state.image.notes


def _conflict_notes(count: int) -> tuple[str, ...]:
    if not count:
        return ()
    pixels = "1 scribbled pixel looks" if count == 1 else f"{grouped(count)} scribbled pixels look"
    return (f"{pixels} like another class (hatched).",)


def describe_end(made_from: Inputs, result: Result) -> str:
    """Say in one line how the run with these inputs ended."""
    iterations = iterations_of(result.log_likelihoods)
    if is_random(made_from):
        # It stays so from image to image, and may have ended worse than a search.
        iterations += " from a random start"
    converged = f"Converged after {iterations}."
    if result.iterations < 1:
        converged = "The start was already the best: there was nothing left to gain."
    reason = {
        Stop.CONVERGED: converged,
        Stop.LIMIT_REACHED: f"Reached the limit of {iterations} before converging.",
        Stop.CANCELLED: f"Stopped after {iterations}; the best so far is kept.",
    }[result.stopped]
    return " ".join((reason, *result.notes))


def is_random(inputs: Inputs) -> bool:
    """Whether EM begins at pixels that are drawn by chance."""
    settings = inputs.settings
    is_looked_for = inputs.start is None and settings.components != AUTO
    return is_looked_for and settings.start is Start.RANDOM
