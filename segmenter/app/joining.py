"""Classes joined and separated by hand: what becomes of the setting, and of names and colours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.app.begun import begun_from
from segmenter.app.classes import class_count
from segmenter.app.state import Inputs, is_outdated, is_running
from segmenter.engine.settings import NOT_JOINED
from segmenter.engine.styles import fitted_classes, is_coloured, is_named

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from segmenter.app.state import State
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Mixture


MOST_CLASSES = 32


class Groups(NamedTuple):
    """The components of every class, counted from 1, and how the classes are called and shown.

    ``rest`` is how further classes are called, should there be any; the noise class is not among
    them.
    """

    components: list[list[int]]
    styles: list[ClassStyle]
    rest: list[ClassStyle]


def can_join(state: State) -> bool:
    """Whether classes are selected that can be made one."""
    return is_settled(state) and len(_chosen(state)) > 1


def can_separate(state: State) -> bool:
    """Whether a class is selected that holds several components."""
    if not is_settled(state):
        return False
    components = groups_of(state).components
    return any(len(components[place]) > 1 for place in _chosen(state))


def joined(state: State) -> Inputs:
    """Return the inputs with the selected classes made one.

    It is called and shown as the first of them that the user has named, or else coloured.
    """
    components, styles, rest = groups_of(state)
    first, *others = places = sorted(_chosen(state))
    told = min(places, key=lambda place: _silence(styles[place]))
    styles[first], styles[told] = styles[told], styles[first]
    components[first] = sorted(number for c in (first, *others) for number in components[c])
    for place in reversed(others):
        del components[place]
        # Kept for when there is a class for it again.
        rest.append(styles.pop(place))
    return _inputs(state, components, [*styles, *rest])


def separated(state: State) -> Inputs:
    """Return the inputs with every component of the selected classes a class of its own."""
    components, styles, rest = groups_of(state)
    free = list(fitted_classes((*styles, *rest), MOST_CLASSES)[len(styles) :])
    for place in sorted(_chosen(state), reverse=True):
        group = components[place]
        components[place : place + 1] = [[number] for number in group]
        styles[place + 1 : place + 1] = free[: len(group) - 1]
        del free[: len(group) - 1]
    return _inputs(state, components, styles)


def is_settled(state: State) -> bool:
    """Whether the classes that are shown are those that would be changed.

    With scribbles the user says what the classes are; they are not made of components then.
    """
    is_current = state.result is not None and not is_outdated(state) and not is_running(state)
    return is_current and not state.inputs.scribbles


def groups_of(state: State) -> Groups:
    """Return what the classes of the result are made of."""
    assert state.result is not None
    count = int(state.result.mixture.classes.max()) + 1
    components: list[list[int]] = [[] for _ in range(count)]
    for number, place in enumerate(state.result.mixture.classes.tolist(), start=1):
        components[place].append(number)
    styles = fitted_classes(
        state.inputs.classes, max(class_count(state), len(state.inputs.classes))
    )
    return Groups(components, list(styles[:count]), list(styles[count:]))


def _chosen(state: State) -> Collection[int]:
    """Return the places of the selected classes that are made of components."""
    count = len(groups_of(state).components)
    selected = state.look.selected or (state.look.chosen,)
    return {number - 1 for number in selected if number <= count}


def _silence(style: ClassStyle) -> int:
    """Return how little the user has said of a class: 0 for a name, 2 for nothing."""
    if is_named(style):
        return 0
    return 1 if is_coloured(style) else 2


def _inputs(
    state: State, components: Sequence[Sequence[int]], styles: Sequence[ClassStyle]
) -> Inputs:
    if state.inputs.start is not None:
        return replace(begun_from(state.inputs, _classed(state, components)), classes=tuple(styles))
    groups = [group for group in components if len(group) > 1]
    text = " ".join("+".join(map(str, group)) for group in groups) or NOT_JOINED
    settings = state.inputs.settings.model_copy(update={"join": text})
    return Inputs(settings, tuple(styles), state.inputs.scribbles)


def _classed(state: State, components: Sequence[Sequence[int]]) -> Mixture:
    """Return the mixture of the result with its components in other classes."""
    assert state.result is not None
    classes = np.empty(len(state.result.mixture), np.intp)
    for place, group in enumerate(components):
        classes[np.array(group) - 1] = place
    return replace(state.result.mixture, classes=classes)
