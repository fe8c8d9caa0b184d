"""What is told of a pixel: its class's probabilities, distances, and what decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result

UNLIKE = (
    1e-4  # of a class's pixels lie so far out; with one feature that is 3.9 standard deviations
)


class Decided(NamedTuple):
    """The feature that decided for one class rather than another, counted from 1.

    ``by`` (2,) is how many standard deviations the feature is off what each class leads one to
    expect, the other features given: first the winner's. ``gain`` is what the feature adds to the
    log-odds, in nats. ``is_narrower``: the values of the feature that the winner leads one to
    expect spread less than the loser's. ``prior`` is what the weights of the two classes alone say,
    in nats.
    """

    winner: int
    loser: int
    feature: str
    by: tuple[float, float]
    gain: float
    is_narrower: bool
    prior: float


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Why one pixel of a result has its class.

    Parameters
    ----------
    place
        (row, column).
    result
        Which result it is of.
    probabilities, plain
        (classes,) as the result has them, and by the values of the pixel alone.
    distances
        (classes,) in standard deviations, to the nearest component; NaN for the noise class.
    rarity
        Which part of the nearest class's pixels lies as far out as this one, or farther.
    lacking
        Features of which the pixel has no value.
    decided
        What decided between the two classes that the values make most probable; None where there
        is but one class, or one of the two is the noise class.
    """

    place: tuple[int, int]
    result: Result
    probabilities: NDArray[np.float32]
    plain: NDArray[np.float64]
    distances: NDArray[np.float64]
    rarity: float
    lacking: tuple[str, ...]
    decided: Decided | None

    @property
    def is_unlike_all(self) -> bool:
        """Whether the pixel is too far out to be a typical one of any class."""
        return self.rarity < UNLIKE

    @property
    def by_values(self) -> int:
        """The class, from 1, that the values alone speak for."""
        return int(np.argmax(self.plain)) + 1
