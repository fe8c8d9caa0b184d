"""How much EM will still gain, by Aitken's estimate (McLachlan and Krishnan 2008, section 4.9)."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


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

    What would more than double the whole gain so far is no estimate to rely on.
    """
    if len(history) < 3:
        return None
    left = left_to_gain(history)
    return history[-1] + left if 0 <= left <= history[-1] - history[0] else None
