"""What there is to say of the half step that EM has done: a sentence, a formula, the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segmenter.app.classes import style_of
from segmenter.app.run_words import describe_end
from segmenter.app.state import RESTING
from segmenter.engine.outcome import Phase, Stage
from segmenter.ui.flow_chart import Step
from segmenter.ui.plain import plain_tip

if TYPE_CHECKING:
    from segmenter.app.state import State
    from segmenter.engine.outcome import Progress

MOST_SHARES = 8  # told of the classes; more are in the classes panel
MINUS = "\N{MINUS SIGN}"

_DENSITY = "N(x<sub>i</sub> | μ<sub>{0}</sub>, Σ<sub>{0}</sub>)"
_OF_K, _OF_J = _DENSITY.format("k"), _DENSITY.format("j")


def _fraction(upper: str, lower: str) -> str:
    """Return a fraction with its line, as Qt's rich text draws it."""
    style = "padding: 1px 4px; text-align: center;"
    return (
        "<table cellspacing='0' style='border-collapse: collapse'>"
        f"<tr><td style='{style} border-bottom: 1px solid palette(window-text)'>{upper}</td></tr>"
        f"<tr><td style='{style}'>{lower}</td></tr></table>"
    )


def _equation(left: str, right: str) -> str:
    cell = "<td style='vertical-align: middle'>"
    return (
        f"<table cellspacing='0'><tr>{cell}{left}&nbsp;=&nbsp;</td>{cell}{right}</td></tr></table>"
    )


def _lines(*lines: str) -> str:
    return "".join(f"<div>{line}</div>" for line in lines)


class Words(NamedTuple):
    """What one step does: in plain words, and as a formula in rich text."""

    sentence: str
    formula: str


OF_STEP = {
    Step.START: Words(
        "EM begins with a mixture: for every class a share π of the pixels, a mean colour μ and "
        "a spread Σ. No pixel has a class of it yet: colours are those of the last result.",
        _lines(f"p(x<sub>i</sub>) = ∑<sub>k</sub> π<sub>k</sub> {_OF_K}"),
    ),
    Step.E_STEP: Words(
        "E-step: every pixel is asked how probable each class is for it, as the mixture stands. "
        "The colours follow; the mixture stays.",
        _equation(
            "r<sub>ik</sub>",
            _fraction(f"π<sub>k</sub> {_OF_K}", f"∑<sub>j</sub> π<sub>j</sub> {_OF_J}"),
        ),
    ),
    Step.M_STEP: Words(
        "M-step: share, mean and spread of every class are computed anew from all pixels, each "
        "counted by its probability. The mixture moves; the colours stay.",
        _lines(
            "N<sub>k</sub> = ∑<sub>i</sub> r<sub>ik</sub>",
            "π<sub>k</sub> = N<sub>k</sub> / N",
            "μ<sub>k</sub> = ∑<sub>i</sub> r<sub>ik</sub> x<sub>i</sub> / N<sub>k</sub>",
            "Σ<sub>k</sub> = ∑<sub>i</sub> r<sub>ik</sub> (x<sub>i</sub> &minus; μ<sub>k</sub>)"
            "(x<sub>i</sub> &minus; μ<sub>k</sub>)<sup>T</sup> / N<sub>k</sub>",
        ),
    ),
    Step.LEAP: Words(
        "Leap: the last steps all led the same way, so the mixture goes further on it at once. "
        "The leap counts only if the log-likelihood has risen.",
        _lines(
            "θ = θ<sub>0</sub> + 2 s r + s<sup>2</sup> v, &nbsp; s = |r| / |v|",
            "r = θ<sub>1</sub> &minus; θ<sub>0</sub>, &nbsp; "
            "v = θ<sub>2</sub> &minus; 2 θ<sub>1</sub> + θ<sub>0</sub>",
        ),
    ),
    Step.CHECK: Words(
        "Converged? The log-likelihood says how well the mixture explains the pixels. EM ends "
        "when no more than the tolerance is left to gain, or at the limit of iterations.",
        _lines(
            f"L = <sup>1</sup>/<sub>N</sub> ∑<sub>i</sub> ln ∑<sub>k</sub> π<sub>k</sub> {_OF_K}"
        ),
    ),
    Step.RESULT: Words(
        "The result: every pixel has its most probable class, and its probabilities are the "
        "soft masks.",
        _lines("class of pixel i = the k with the largest r<sub>ik</sub>"),
    ),
}
IDLE = "Half a step (F10) shows the mixture with which EM begins, the next ones what EM does."
SEARCHING = "The start is being looked for: short runs from many places, of which the best goes on."
RUNNING = (
    "The run repeats E-step and M-step until it has converged. Half a step (F10) holds it, "
    "Play goes on slowly."
)
OF_PLACE = (
    "Here neighbours, scribbles or outliers count, too: what they make one expect of the pixel "
    "stands in place of π<sub>k</sub>."
)
STEP_OF = {
    Phase.START: Step.START,
    Phase.E_STEP: Step.E_STEP,
    Phase.M_STEP: Step.M_STEP,
    Phase.LEAP: Step.LEAP,
    Phase.END: Step.CHECK,
}
CIRCLE = frozenset({Step.E_STEP, Step.M_STEP})


def steps_of(state: State) -> frozenset[Step]:
    """Return what is being done; both steps while a run goes too fast to tell them apart."""
    progress = state.progress
    if progress is None:
        return frozenset() if state.result is None else frozenset({Step.RESULT})
    if progress.stage not in RESTING:
        return frozenset({Step.START})
    return frozenset({STEP_OF[progress.phase]}) if state.stepping else CIRCLE


def words_of(state: State) -> Words:
    """Return the sentence and the formula, in rich text, of what is being done."""
    if state.image is None or (state.progress is None and state.result is None):
        return Words(IDLE, "")
    steps = steps_of(state)
    if steps == CIRCLE:
        return Words(RUNNING, "")
    (step,) = steps
    if state.progress is not None and state.progress.stage not in RESTING:
        return Words(SEARCHING, "")
    words = OF_STEP[step]
    is_placed = state.progress is not None and state.progress.stage is Stage.REFINING
    if is_placed and step is Step.E_STEP:
        return Words(f"{words.sentence} {OF_PLACE}", words.formula)
    return words


def numbers_of(state: State) -> str:
    """Return the present numbers, in rich text: iteration, log-likelihood, its gain, shares."""
    progress = state.progress
    if progress is None:
        if state.result is None or state.made_from is None:
            return ""
        return plain_tip(describe_end(state.made_from, state.result))
    if progress.stage not in RESTING:
        return ""
    lines = [f"Iteration {progress.iteration} of at most {progress.limit}"]
    lines += _likelihood(progress)
    if state.stepping and progress.phase in {Phase.START, Phase.M_STEP, Phase.LEAP}:
        lines += _shares(state, progress)
    return "<br>".join(lines)


def _likelihood(progress: Progress) -> list[str]:
    values = progress.log_likelihoods
    if not values:
        return []
    is_moved = progress.phase in {Phase.M_STEP, Phase.LEAP}
    before = " before the mixture moved" if is_moved else ""
    lines = [f"Log-likelihood {_signed(values[-1])} per pixel{before}"]
    if len(values) > 1 and not is_moved:
        lines.append(f"Gain {values[-1] - values[-2]:+.2g} in this iteration")
    return lines


def _signed(value: float) -> str:
    return f"{value:.5f}".replace("-", MINUS)


def _shares(state: State, progress: Progress) -> list[str]:
    mixture = progress.mixture
    if mixture is None or not mixture.is_plain:
        return []
    told = [
        f"{plain_tip(style_of(state, k + 1).name)}&nbsp;{share:.1%}"
        for k, share in enumerate(mixture.shares[:MOST_SHARES])
    ]
    more = " …" if len(mixture) > MOST_SHARES else ""
    return [f"Shares π: {', '.join(told)}{more}"]
