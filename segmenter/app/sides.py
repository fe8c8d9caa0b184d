"""What the two sides of the divider can show, and how far they differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from segmenter.app.choices import OTHER_SETTINGS, candidate_of, were_tried_with
from segmenter.engine.number_words import grouped
from segmenter.engine.outcome import Phase
from segmenter.engine.overlay import View
from segmenter.engine.parameters import parameters
from segmenter.engine.styles import fitted_classes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.app.state import Inputs, State
    from segmenter.engine.outcome import Candidate, Clusters, Result
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Image

MOST_SAID = 3  # settings that are named of the previous run


class Kind(StrEnum):
    """What a layer is made from."""

    EM = "EM"
    OTHER_NUMBER = "EM with another number"
    K_MEANS = "k-means"
    PREVIOUS = "Previous run"
    IMAGE = "Image only"


@dataclass(frozen=True, slots=True)
class Layer:
    """What one side of the divider shows over the image.

    `EM` is the result, or the run under way, in the view that is chosen; the others are label
    maps in the colours of its classes. ``components`` says which other number; else it is 0.
    """

    kind: Kind
    components: int = 0


EM, K_MEANS, PREVIOUS, IMAGE = (
    Layer(kind) for kind in (Kind.EM, Kind.K_MEANS, Kind.PREVIOUS, Kind.IMAGE)
)
OTHER_NUMBER = Layer(Kind.OTHER_NUMBER)
"""Stands for any other number of components while none has been tried."""

AT_HAND = {Kind.EM, Kind.IMAGE}
"""What can be shown without making it first."""

Sides = tuple[Layer, Layer]
USUAL_SIDES: Sides = (EM, K_MEANS)


@dataclass(frozen=True, slots=True, eq=False)
class Previous:
    """What was shown before the present result, and the inputs that made it.

    ``labels`` are (rows, columns) uint8 by its own class numbers; ``components`` are K.
    """

    labels: NDArray[np.uint8]
    inputs: Inputs
    components: int


def previous_of(state: State, coming: Inputs) -> Previous | None:
    """Return what is the previous run once there is a result that was made from these inputs."""
    if state.result is None or state.made_from is None or state.made_from.decides_like(coming):
        return state.previous
    return Previous(state.result.labels, state.made_from, len(state.result.mixture))


def sides_without_runs(sides: Sides) -> Sides:
    """Return sides to begin another image with, for which nothing has been run before."""
    is_at_hand = not {side.kind for side in sides} & {Kind.OTHER_NUMBER, Kind.PREVIOUS}
    return sides if is_at_hand else USUAL_SIDES


class Question(NamedTuple):
    """What is to be held against each other; equal as long as the answer is the same."""

    image: Image
    result: Result
    sides: Sides
    candidates: tuple[Candidate | None, Candidate | None]
    previous: Previous | None


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The answer to a question.

    Parameters
    ----------
    maps
        (rows, columns) uint8 label maps of the sides but EM, by the class numbers of the result.
    class_count
        The highest class number in any of them: classes without a partner come after the others.
    differs
        (rows, columns) bool: the pixels to which the sides give different classes; None where a
        side has no classes.
    count, share
        How many pixels those are, and which share of those with data in both.
    """

    question: Question
    maps: Mapping[Layer, NDArray[np.uint8]]
    class_count: int
    differs: NDArray[np.bool_] | None = None
    count: int = 0
    share: float = 0.0


def is_divided(state: State) -> bool:
    """Whether there is a divider on the image, though perhaps nothing yet to be compared."""
    return state.look.divided and state.image is not None


def question_of(state: State) -> Question | None:
    """Return what is to be compared for the look; None where nothing is."""
    look = state.look
    is_wanted = look.divided or look.view is View.DIFFERENCES
    if not is_wanted or state.image is None or state.result is None:
        return None
    if K_MEANS in look.sides and is_beside(state):
        # What differs is that of the half step, not of the last result.
        return None
    are_at_hand = not {side.kind for side in look.sides} - AT_HAND
    if are_at_hand and look.view is not View.DIFFERENCES:
        return None
    left, right = (_candidate_of(side, state) for side in look.sides)
    previous = state.previous if PREVIOUS in look.sides else None
    return Question(state.image, state.result, look.sides, (left, right), previous)


def _candidate_of(layer: Layer, state: State) -> Candidate | None:
    """Return what gives another number, if it was tried with the settings of the result."""
    choices, result = state.choices, state.result
    if choices is None or result is None or not were_tried_with(choices, result.settings):
        return None
    return candidate_of(choices, layer.components)


def is_compared(state: State) -> bool:
    """Whether what is to be compared has been."""
    return state.compared is not None and state.compared.question == question_of(state)


def is_coming(layer: Layer, state: State) -> bool:
    """Whether a side's layer is being made."""
    is_at_hand = layer.kind in AT_HAND or (layer == K_MEANS and is_beside(state))
    is_made = not is_at_hand and layer in state.look.sides
    return is_made and not is_compared(state) and not obstacle_of(layer, state)


def clusters_of(state: State) -> Clusters | None:
    """Return how far k-means has come beside EM, if that is to be seen."""
    if not state.look.k_means or state.progress is None:
        return None
    return state.progress.beside


def styles_beside(clusters: Clusters, state: State) -> tuple[ClassStyle, ...]:
    """Return the styles of the classes that k-means has."""
    return fitted_classes(state.inputs.classes, int(clusters.classes.max()) + 1)


def is_beside(state: State) -> bool:
    """Whether the k-means side of the divider shows k-means as far as it has come."""
    clusters = clusters_of(state)
    return clusters is not None and clusters.preview is not None


def differing_beside(state: State) -> NDArray[np.bool_] | None:
    """Return where EM and k-means differ that go by half steps; None where that is not seen.

    It is of the pixels that stand for all, so it may be smaller than the image.
    """
    clusters, progress = clusters_of(state), state.progress
    if clusters is None or progress is None or progress.phase is Phase.START:
        return None
    ours, theirs = progress.preview, clusters.preview
    if ours is None or theirs is None or ours.shape != theirs.shape:
        return None
    differing: NDArray[np.bool_] = (ours != theirs) & (ours > 0)
    return differing


def layers_of(state: State) -> tuple[Layer, ...]:
    """Return all that a side may be asked to show; what is shown now is always among them."""
    tried = () if state.choices is None else state.choices.candidates
    numbers = {len(candidate.mixture) for candidate in tried}
    numbers |= {side.components for side in state.look.sides} - {0}
    others = [Layer(Kind.OTHER_NUMBER, number) for number in sorted(numbers)] or [OTHER_NUMBER]
    return (EM, K_MEANS, PREVIOUS, IMAGE, *others)


def obstacle_of(layer: Layer, state: State) -> str:
    """Say why a side cannot show this now, and what to do; empty where it can."""
    if state.image is None:
        return "Open an image first."
    if layer.kind in AT_HAND or (layer == K_MEANS and is_beside(state)):
        return ""
    if state.result is None:
        return "There is no result yet."
    if layer.kind is Kind.PREVIOUS and state.previous is None:
        return "There is no earlier result of this image: change a setting and run."
    return _untried(layer, state) if layer.kind is Kind.OTHER_NUMBER else ""


def _untried(layer: Layer, state: State) -> str:
    """Say why there is no result with another number of components; empty where there is."""
    if candidate_of(state.choices, layer.components) is None:
        if not layer.components:
            return "Only a run with Components on Auto tries other numbers. Tick Auto first."
        return f"The last run with Components on Auto did not try {layer.components}."
    return OTHER_SETTINGS if _candidate_of(layer, state) is None else ""


def name_of(layer: Layer, state: State) -> str:
    """Return what a layer is called."""
    if layer.components:
        noun = "component" if layer.components == 1 else "components"
        return f"EM with {layer.components} {noun}"
    if layer == EM and state.look.view in {View.SHADING, View.CORRECTED}:
        return str(state.look.view)
    if layer == PREVIOUS and state.previous is not None:
        return f"{layer.kind}: {describe_previous(state)}"
    clusters = clusters_of(state)
    if layer == K_MEANS and clusters is not None and clusters.preview is not None:
        is_at_rest = clusters.phase is Phase.END
        return f"{layer.kind}, {'at rest' if is_at_rest else f'iteration {clusters.iteration}'}"
    return str(layer.kind)


def describe_previous(state: State) -> str:
    """Say the previous number of components, and in what else it was not made like the present."""
    previous, now = state.previous, state.made_from
    if previous is None or now is None:
        return ""
    changed = list(_changed(previous.inputs, now))
    said = [*changed[:MOST_SAID], "\N{HORIZONTAL ELLIPSIS}"][: len(changed)]
    return ", ".join((f"K = {previous.components}", *said))


def _changed(before: Inputs, now: Inputs) -> Iterator[str]:
    if before.scribbles != now.scribbles:
        yield "other scribbles" if before.scribbles else "no scribbles"
    for parameter in parameters():
        value = getattr(before.settings, parameter.name)
        if parameter.name != "components" and value != getattr(now.settings, parameter.name):
            yield f"{parameter.label.lower()} {parameter.spelled(value) or 'automatic'}"


def describe_difference(compared: Compared, state: State) -> str:
    """Say in how many pixels the sides differ; nothing where that is not asked for."""
    if compared.differs is None:
        is_asked = state.look.view is View.DIFFERENCES
        return "One of the two sides has no classes that could differ." if is_asked else ""
    share = f"{compared.share:.1%}"
    if compared.count and share == "0.0%":
        share = "less than 0.1%"
    left, right = (_in_a_sentence(side, state) for side in compared.question.sides)
    left = left.replace("the previous", "The previous")
    return f"{left} and {right} differ in {share} of the pixels ({grouped(compared.count)})."


def _in_a_sentence(layer: Layer, state: State) -> str:
    return "the previous run" if layer == PREVIOUS else name_of(layer, state)
