"""EM as an iterator, sped up by leaps, and the rule that ends it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from segmenter.engine.aitken import left_to_gain
from segmenter.engine.leap import leap, read_back, written_out
from segmenter.engine.mixture import em_step
from segmenter.engine.outcome import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Mixture, Samples

ROUNDING = 1e-8  # nats per pixel, relative: below this a gain is noise of the arithmetic
FIRST_LEAP = 5  # EM steps before the first leap: the first ones are long enough
STRETCH = 4.0  # by which leaps may grow when they succeed, and shrink when they fail

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """How far EM has come, in scaled units.

    Parameters
    ----------
    log_likelihoods
        One per accepted mixture, the first for the start; the last belongs to `mixture`.
    stopped
        None while EM goes on.
    following
        What the M-step makes of `mixture`; None before there was one.
    has_leapt
        Whether a leap led to `mixture`, not an M-step.
    begun
        The mixture from which as many plain EM steps as there are log-likelihoods of others led to
        this one; None where that is not known.
    """

    mixture: Mixture
    log_likelihoods: tuple[float, ...]
    stopped: Stop | None = None
    following: Mixture | None = None
    has_leapt: bool = False
    begun: Mixture | None = None

    @property
    def iteration(self) -> int:
        """How many iterations led here."""
        return max(0, len(self.log_likelihoods) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Ascent(Generic[Model]):
    """What a leap needs to know of a model that EM fits.

    Parameters
    ----------
    step
        One E+M step: the next model, and the log-likelihood per pixel of the one that was given.
    write, read
        A model as numbers without bounds, and back (given the numbers and a model of that size);
        None where the numbers are no model that can be computed with.
    """

    step: Callable[[Model], tuple[Model, float]]
    write: Callable[[Model], NDArray[np.float64]]
    read: Callable[[NDArray[np.float64], Model], Model | None]


def iterate(
    samples: Samples,
    start: Mixture,
    form: Form,
    *,
    limit: int,
    tolerance: float,
    leaps: bool = True,
) -> Generator[Fit, None, Fit]:
    """Run EM from `start`, yielding after every iteration, until it converges or hits `limit`.

    Parameters
    ----------
    limit
        Most iterations, >= 0.
    tolerance
        Nats per pixel that may be left to gain.
    leaps
        Whether to leap ahead where that raises the likelihood; else every iteration is plain EM.
    """
    ascent = Ascent(partial(em_step, samples, form=form), written_out, read_back)
    climb = Climb(ascent, start, leaps=leaps)
    while True:
        stopped = climb.go_on(limit, tolerance)
        fit = Fit(climb.best, tuple(climb.history), stopped, climb.following, climb.has_leapt)
        if stopped is not None:
            return fit
        yield fit


class Climb(Generic[Model]):
    """The way up the likelihood: where EM stands, how it got there, and how far it may leap.

    ``best`` is the last model that was evaluated, ``history`` has the log-likelihood of each;
    ``has_leapt`` says whether a leap led to the best.
    """

    def __init__(self, ascent: Ascent[Model], start: Model, *, leaps: bool = True) -> None:
        self.best = start
        self.history: list[float] = []
        self.has_leapt = False
        self._ascent = ascent
        # Models that EM made of each other; the last has not been evaluated yet.
        self._trail = [start]
        self._gains: list[float] = []  # of the plain steps since the last leap
        self._leap_gain = 0.0
        # By how much EM's gains shrink from step to step, as leaps show; None before the first.
        self._slowest: float | None = None if leaps else 0.0
        self._longest = STRETCH if leaps else 0.0

    @property
    def following(self) -> Model:
        """What the M-step has made of the best model."""
        return self._trail[-1]

    def go_on(self, limit: int, tolerance: float) -> Stop | None:
        """Do one iteration; return the reason if it was the last."""
        self.has_leapt = self._leap()
        if not (self.has_leapt or self._step()) or self._has_converged(tolerance):
            return Stop.CONVERGED
        return Stop.LIMIT_REACHED if len(self.history) > limit else None

    def _step(self) -> bool:
        """Do an E-step and an M-step; return whether the likelihood has not fallen."""
        model = self._trail[-1]
        following, value = self._ascent.step(model)
        if self.history:
            gain = value - self.history[-1]
            if gain < 0:
                # Exact EM cannot fall: what is left is rounding, so the model before stands.
                return False
            self._gains.append(gain)
        self._trail = [*self._trail[-2:], following]
        self.best = model
        self.history.append(value)
        return True

    def _leap(self) -> bool:
        """Leap ahead if the trail allows it; return whether that raised the likelihood.

        A leap that led down is tried once more at half its length.
        """
        if len(self._trail) < 3 or len(self.history) < FIRST_LEAP or self._longest <= 1:
            return False
        points = [self._ascent.write(model) for model in self._trail]
        like, self._trail = self._trail[-1], self._trail[2:]
        if len({len(point) for point in points}) > 1:
            return False  # a component was dropped on the way
        longest = self._longest
        for _ in range(2):
            to = leap(*points, longest=longest)
            self._slowest = (1 - 1 / max(1.0, to.wanted)) ** 2
            if to.length <= 1:
                return False
            if self._accept(self._ascent.read(to.target, like)):
                self._longest *= STRETCH if to.length == self._longest else 1
                return True
            longest = (to.length + 1) / 2
        self._longest = max(STRETCH, self._longest / STRETCH)
        return False

    def _accept(self, target: Model | None) -> bool:
        if target is None:
            return False
        following, value = self._ascent.step(target)
        if not value >= self.history[-1]:
            return False
        self._leap_gain = value - self.history[-1]
        self._gains = []
        self._trail = [following]
        self.best = target
        self.history.append(value)
        return True

    def _has_converged(self, tolerance: float) -> bool:
        """Whether hardly anything is left to gain, judged by plain steps only.

        Not before a leap has shown the slowest direction: near an optimum of fewer samples, the
        first steps go the quick ways only.
        """
        if len(self._gains) < 2 or self._leap_gain >= tolerance:
            return False
        slowest = 1.0 if self._slowest is None else self._slowest
        return has_converged(self.history[-3:], tolerance, slowest=slowest)


def has_converged(history: Sequence[float], tolerance: float, *, slowest: float = 0.0) -> bool:
    """Whether the last gain and, by Aitken's estimate, all gains to come are below tolerance.

    Right after a leap, quick directions still settle and hide the slow one, whose ratio is known as
    `slowest`.
    """
    if len(history) < 3:
        return False
    gain = history[-1] - history[-2]
    if gain <= ROUNDING * max(1.0, abs(history[-1])):
        return True
    return gain < tolerance and left_to_gain(history, slowest=slowest) < tolerance
