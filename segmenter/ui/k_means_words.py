"""What there is to say of the half step that k-means has done beside EM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.app.sides import clusters_of, differing_beside
from segmenter.engine.outcome import Phase
from segmenter.ui.flow_chart import Step
from segmenter.ui.flow_words import Words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.app.state import State
    from segmenter.engine.outcome import Clusters

COSTS_SHOWN = 3

OF_PHASE = {
    Phase.START: Words(
        "k-means begins with the same means; it has no shares and no spreads.",
        "<div>c<sub>k</sub> = μ<sub>k</sub></div>",
    ),
    Phase.E_STEP: Words(
        "k-means assigns: every pixel goes to the nearest centre, wholly and without a doubt.",
        "<div>k(i) = the k with the smallest |x<sub>i</sub> &minus; c<sub>k</sub>|<sup>2</sup>"
        "</div>",
    ),
    Phase.M_STEP: Words(
        "k-means moves: every centre goes to the mean of the pixels that it was given.",
        "<div>c<sub>k</sub> = ∑<sub>i: k(i) = k</sub> x<sub>i</sub> / N<sub>k</sub></div>",
    ),
    Phase.LEAP: Words("k-means knows no leap: it waits for EM.", ""),
    Phase.END: Words(
        "k-means has converged: no centre moves any more, so no pixel changes its centre.",
        "<div>J = <sup>1</sup>/<sub>N</sub> ∑<sub>i</sub> |x<sub>i</sub> &minus; "
        "c<sub>k(i)</sub>|<sup>2</sup></div>",
    ),
}
STEP_OF = {
    Phase.START: Step.START,
    Phase.E_STEP: Step.E_STEP,
    Phase.M_STEP: Step.M_STEP,
    Phase.END: Step.CHECK,
}


def step_beside(state: State) -> Step | None:
    """Return what k-means has just done; None where it is not to be seen."""
    clusters = clusters_of(state)
    return None if clusters is None else STEP_OF[clusters.phase]


def texts_beside(state: State) -> tuple[str, str, str]:
    """Return a sentence, a formula and the numbers of it, in rich text; empty without one."""
    clusters = clusters_of(state)
    if clusters is None or state.progress is None:
        return "", "", ""
    waits = state.progress.phase is Phase.LEAP and clusters.phase is not Phase.END
    words = OF_PHASE[Phase.LEAP if waits else clusters.phase]
    return words.sentence, words.formula, _numbers(clusters, differing_beside(state))


def _numbers(clusters: Clusters, differing: NDArray[np.bool_] | None) -> str:
    """Say how often centres have moved, what that has cost, and how far EM is from it."""
    moves = f"{clusters.iteration} time{'' if clusters.iteration == 1 else 's'}"
    lines = [f"Centres have moved {moves}" if clusters.iteration else "No centre has moved yet"]
    if clusters.costs:
        told = [f"{cost:.5f}" for cost in clusters.costs[-COSTS_SHOWN:]]
        more = "… ≥ " if len(clusters.costs) > COSTS_SHOWN else ""
        lines.append(f"Cost J {more}{' ≥ '.join(told)}")
        lines.append("J is the squared distance per pixel; it never rises")
    if differing is not None:
        lines.append(f"EM and k-means differ in {differing.mean():.1%} of the pixels")
    return "<br>".join(lines)
