"""Mixtures changed by hand, from which EM goes on: split, deleted, frozen, moved.

Each returns the inputs with the changed mixture for a start. Classes keep the numbers that they
have in it, so that names and colours stay with what they stand for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.begun import begun_from
from segmenter.app.joining import groups_of, is_settled
from segmenter.app.plotted import fits_cloud
from segmenter.app.state import is_running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmenter.app.state import Inputs, State
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Mixture

MOST_COMPONENTS = 32


def can_split(state: State) -> bool:
    """Whether the chosen class has a component that can be split."""
    return _is_of_components(state) and len(_mixture(state)) < MOST_COMPONENTS


def can_delete(state: State) -> bool:
    """Whether the chosen class is one of several."""
    return _is_of_components(state) and int(_mixture(state).classes.max()) > 0


def can_freeze(state: State) -> bool:
    """Whether the chosen class has components that can be frozen or let go."""
    return _is_of_components(state)


def is_frozen(state: State, number: int) -> bool:
    """Whether EM leaves all components of class `number`, counted from 1, as they are."""
    held, count = frozen_part(state, number)
    return 0 < held == count


def frozen_part(state: State, number: int) -> tuple[int, int]:
    """Return how many components of a class, from 1, EM leaves as they are, and of how many.

    A class that is made one of a frozen class and others is frozen in part.
    """
    start = state.inputs.start
    if start is None:
        return 0, 0
    own = start.classes == number - 1
    held = 0 if start.frozen is None else int(np.count_nonzero(start.frozen[own]))
    return held, int(np.count_nonzero(own))


def can_move(state: State, steps: int) -> bool:
    """Whether the chosen class can come so many places later (or earlier, if negative)."""
    last = int(_mixture(state).classes.max()) if _is_of_components(state) else -1
    return 0 <= state.look.chosen - 1 + steps <= last


def why_fixed(state: State) -> str:
    """Say why no component can be moved in a plot; empty when it can."""
    if state.result is None:
        return "There is no result yet whose components could be moved."
    if is_running(state):
        return "Components can be moved when the run has ended."
    if state.inputs.scribbles:
        return "With scribbles the user says what the classes are; components cannot be moved."
    if not is_settled(state):
        return "The settings have changed since this result. Run (F5) first."
    is_shown = fits_cloud(state, state.result.mixture)
    return "" if is_shown else "What the mixture sees is on its way."


def split(state: State) -> Inputs:
    """Split the largest component of the chosen class; the other half is a class of its own.

    It comes after the other classes, before the noise class if there is one.
    """
    mixture, place = _mixture(state), state.look.chosen - 1
    own = np.flatnonzero(mixture.classes == place)
    which = int(own[np.argmax(mixture.weights[own])])
    _, styles, rest = groups_of(state)
    from segmenter.engine.split_merge import halved  # noqa: PLC0415 - costs a start

    return _begun(state, halved(mixture, which), [*styles, *rest])


def deleted(state: State) -> Inputs:
    """Take the chosen class away; its pixels go to the others."""
    mixture, place = _mixture(state), state.look.chosen - 1
    rest = mixture.taken(mixture.classes != place)
    after = replace(rest, weights=rest.weights / rest.weights.sum())
    _, styles, others = groups_of(state)
    # Kept for when there is a class for it again.
    gone = styles.pop(place)
    return _begun(state, after, [*styles, *others, gone])


def frozen(state: State) -> Inputs:
    """Freeze the components of the chosen class or, if they are, let them go."""
    mixture, number = _mixture(state), state.look.chosen
    held = np.zeros(len(mixture), np.bool_) if mixture.frozen is None else mixture.frozen.copy()
    held[mixture.classes == number - 1] = not is_frozen(state, number)
    return _begun(
        state, replace(mixture, frozen=held if held.any() else None), state.inputs.classes
    )


def moved(state: State, steps: int) -> Inputs:
    """Let the chosen class come so many places later (or earlier, if negative)."""
    mixture, place = _mixture(state), state.look.chosen - 1
    count = int(mixture.classes.max()) + 1
    order = list(range(count))
    order.insert(place + steps, order.pop(place))
    places: NDArray[np.intp] = np.argsort(order)
    _, styles, others = groups_of(state)
    after = replace(mixture, classes=places[mixture.classes])
    return _begun(state, after, [*(styles[k] for k in order), *others])


def _begun(state: State, mixture: Mixture, styles: Sequence[ClassStyle]) -> Inputs:
    return replace(begun_from(state.inputs, mixture), classes=tuple(styles))


def _is_of_components(state: State) -> bool:
    """Whether the chosen class is one of the result that is shown, and not the noise class."""
    if not is_settled(state):
        return False
    return state.look.chosen - 1 <= int(_mixture(state).classes.max())


def _mixture(state: State) -> Mixture:
    assert state.result is not None
    return state.result.mixture
