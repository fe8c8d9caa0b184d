"""Why a pixel has its class, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.classes import style_of
from segmenter.app.explained import has_data, is_explained
from segmenter.app.reasons import OUTDATED, why_running
from segmenter.app.state import is_outdated, is_running
from segmenter.engine.explanation import UNLIKE
from segmenter.engine.number_words import grouped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segmenter.app.state import State
    from segmenter.engine.explanation import Decided, Explanation

WHAT_FEATURES_ARE = {
    "L*": "L* (lightness)",
    "a*": "a* (green to red)",
    "b*": "b* (blue to yellow)",
    "row": "its row (y)",
    "column": "its column (x)",
}
LAST_RESULT = "Of the last result."
NOTABLE = 0.005  # of probability: less than the line shows is not worth a sentence
HOW_COUNTED = (
    "How far the pixel is from the mean of the class, in standard deviations (sd) of the "
    "class (Mahalanobis); of several components the nearest counts."
)

HOW_DECIDED = (
    "What moves the odds most: a feature, or how common the classes are; sd is how many standard "
    "deviations the feature is off what each class leads one to expect, the pixel's other features "
    "given. Where the pixel is about as near to both, the narrower class is the more probable one."
)


def place_words(state: State) -> str:
    """Say which pixel is pinned; empty when none is."""
    pinned = state.look.pinned
    return "" if pinned is None else f"x {pinned[1]}, y {pinned[0]}"


def pixel_sentences(state: State) -> tuple[str, ...]:
    """Say why the pinned pixel has its class, or why nothing can be said; empty without one."""
    if state.look.pinned is None:
        return ()
    if is_running(state):
        return (*((LAST_RESULT,) if is_explained(state) else ()), why_running(state))
    if state.result is None:
        return ("There are no classes yet: run first (F5).",)
    if not has_data(state, state.look.pinned):
        return ("This pixel has no data.",)
    if state.explanation is None or not is_explained(state):
        return ("Working it out …",)
    past = (f"{LAST_RESULT} {OUTDATED}",) if is_outdated(state) else ()
    return (*past, *_sentences(state, state.explanation))


def _sentences(state: State, made: Explanation) -> Iterator[str]:
    if len(made.plain) == 1:
        yield "There is but one class."
    elif made.decided is None:
        yield _beside_noise(state, made)
    else:
        yield _decision(state, made.decided)
    if made.is_unlike_all:
        yield (
            f"Unlike any class: fewer than 1 in {grouped(1 / UNLIKE)} pixels of the nearest lie so "
            "far out."
        )
    yield from _others(state, made)
    yield from _relabelled(state, made)
    if made.lacking:
        yield f"It has no value of {', '.join(made.lacking)}."


def _decision(state: State, decided: Decided) -> str:
    winner, loser = (style_of(state, number).name for number in decided[:2])
    verdict = f"{winner} rather than {loser}"
    if decided.gain <= 0:
        return f"{verdict}, because it is more common; no feature tells them."
    if decided.prior > decided.gain:
        return f"{verdict}, chiefly because it is more common."
    feature = WHAT_FEATURES_ARE.get(decided.feature, decided.feature)
    own, other = (deviations(off) for off in decided.by)
    if decided.by[0] < decided.by[1] and own != other:
        return (
            f"{verdict}, chiefly because of {feature}: {other} from {loser}, {own} from {winner}."
        )
    # Distances would speak for the other one, or for neither.
    if decided.is_narrower:
        return (
            f"{verdict}, chiefly because it is narrower in {feature.removeprefix('its ')}: "
            "more of its pixels are like this one."
        )
    return f"{verdict}, chiefly because of {feature}."


def _beside_noise(state: State, made: Explanation) -> str:
    """Say why a pixel is, or is not, of the noise class, which is the last."""
    winner, noise = style_of(state, made.by_values).name, style_of(state, len(made.plain)).name
    if made.by_values == len(made.plain):
        return f"{noise}: the nearest class is {deviations(float(np.nanmin(made.distances)))} away."
    away = deviations(float(made.distances[made.by_values - 1]))
    return f"{winner} rather than {noise}: it is {away} away, not too far."


def deviations(off: float) -> str:
    """Say how many standard deviations; tenths where they matter."""
    return f"{off:.1f} sd" if off < 10 else f"{off:.0f} sd"


def _relabelled(state: State, made: Explanation) -> Iterator[str]:
    """Say what gave the pixel another class than its most probable one."""
    label = int(made.result.labels[made.place])
    if label != int(np.argmax(made.probabilities)) + 1:
        by = "The cut" if made.result.cleaned is None else "The clean-up"
        yield f"{by} makes it {style_of(state, label).name}."


def _others(state: State, made: Explanation) -> Iterator[str]:
    """Say what scribbles and neighbours have made of what the values speak for."""
    assert state.made_from is not None
    alone = made.by_values
    at_last = int(np.argmax(made.probabilities)) + 1
    by_values = f"{style_of(state, alone).name} ({made.plain[alone - 1]:.0%})"
    said = state.made_from.scribbles.at(*made.place)
    if said:
        yield f"You scribbled it {style_of(state, said).name}; its values alone say {by_values}."
    elif at_last != alone:
        yield (
            f"Its neighbours make it {style_of(state, at_last).name}; "
            f"its values alone say {by_values}."
        )
    elif abs(made.probabilities[alone - 1] - made.plain[alone - 1]) >= NOTABLE:
        before, after = made.plain[alone - 1], made.probabilities[alone - 1]
        verb = "raise" if after > before else "lower"
        name = style_of(state, alone).name
        yield f"Its neighbours {verb} {name} from {before:.1%} to {after:.1%}."
