"""EM as an iterator, and the rule that ends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmenter.engine.mixture import em_step
from segmenter.engine.types import Stop

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from segmenter.engine.mixture import Form
    from segmenter.engine.types import Mixture, Samples

ROUNDING = 1e-8  # nats per pixel, relative: below this a gain is noise of the arithmetic


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How far EM has come, in scaled units.

    ``log_likelihoods`` has one entry per evaluated mixture, the first for the start; the last
    belongs to `mixture`. ``stopped`` is None while EM goes on.
    """

    mixture: Mixture
    log_likelihoods: tuple[float, ...]
    stopped: Stop | None = None

    @property
    def iteration(self) -> int:
        """How many M-steps led here."""
        return len(self.log_likelihoods) - 1


def iterate(
    samples: Samples, start: Mixture, form: Form, *, limit: int, tolerance: float
) -> Generator[Fit, None, Fit]:
    """Run EM from `start`, yielding after every iteration, until it converges or hits `limit`.

    Parameters
    ----------
    limit
        Most M-steps, >= 0.
    tolerance
        Nats per pixel that may be left to gain.
    """
    mixture, history = start, list[float]()
    kept = start
    while True:
        following, log_likelihood = em_step(samples, mixture, form)
        if history and log_likelihood < history[-1]:
            # Exact EM cannot fall: what is left is rounding, so the mixture before stands.
            return Fit(kept, tuple(history), Stop.CONVERGED)
        history.append(log_likelihood)
        fit = Fit(mixture, tuple(history), _reason_to_stop(history, limit, tolerance))
        if fit.stopped is not None:
            return fit
        yield fit
        kept, mixture = mixture, following


def _reason_to_stop(history: Sequence[float], limit: int, tolerance: float) -> Stop | None:
    if has_converged(history, tolerance):
        return Stop.CONVERGED
    return Stop.LIMIT_REACHED if len(history) > limit else None


def has_converged(history: Sequence[float], tolerance: float) -> bool:
    """Whether the last gain and, by Aitken's estimate, all gains to come are below tolerance.

    The gains of EM shrink by a nearly constant ratio a, so gain * a / (1 - a) is left
    (McLachlan and Krishnan 2008, section 4.9).
    """
    if len(history) < 3:
        return False
    before, gain = history[-2] - history[-3], history[-1] - history[-2]
    if gain <= ROUNDING * max(1.0, abs(history[-1])):
        return True
    ratio = gain / before if before > 0 else 0.0
    return gain < tolerance and ratio < 1 and gain * ratio / (1 - ratio) < tolerance
