"""How much EM will still gain, by Aitken's estimate (McLachlan and Krishnan 2008, section 4.9)."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


RECENT = 6  # values back that an estimate may be
STEADY = 0.02
"""Share of the whole gain by which one step may change the end that is expected, or pass it."""


def left_to_gain(history: Sequence[float], *, slowest: float = 0.0) -> float:
    """Return the sum of all gains to come; infinite while gains do not shrink.

    The gains of EM shrink by a nearly constant ratio a, so gain * a / (1 - a) is left.

    Parameters
    ----------
    history
        At least three log-likelihoods.
    slowest
        The least ratio that there can be, where it is known.
    """
    before, gain = history[-2] - history[-3], history[-1] - history[-2]
    ratio = max(gain / before if before > 0 else 0.0, slowest)
    return gain * ratio / (1 - ratio) if ratio < 1 else inf


def expected_end(history: Sequence[float]) -> float | None:
    """Return the log-likelihood to which a run climbs; None while that cannot be told.

    It is the last estimate to rely on, as a leap disturbs the next ones, until the run has passed
    it by more than a little.
    """
    gained = history[-1] - history[0] if history else 0.0
    for count in range(len(history), max(2, len(history) - RECENT), -1):
        end = _reliable_end(history[:count])
        if end is not None:
            return max(end, history[-1]) if history[-1] - end <= STEADY * gained else None
    return None


def _reliable_end(history: Sequence[float]) -> float | None:
    """Return the end by the last three values, if it can be relied on.

    What would more than double the whole gain so far cannot, nor what the last step has changed by
    much: EM may rest on a saddle and then gain far more.
    """
    end, gained = _end(history), history[-1] - history[0]
    if history[-1] == history[-2]:
        return end
    is_bold = not 0 <= end - history[-1] <= gained
    if is_bold or len(history) < 4 or abs(end - _end(history[:-1])) > STEADY * gained:
        return None
    return end


def _end(history: Sequence[float]) -> float:
    return history[-1] + left_to_gain(history)
