"""Leaps: extrapolation of EM's slow steps (SQUAREM, Varadhan and Roland 2008, scheme S3).

A mixture is written as numbers without bounds, so that every point within reason is a mixture:
logarithms of the weights, the means, and the Cholesky factors with logarithms on the diagonal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST_LOGARITHM = 50.0  # exp of it is far beyond any spread, and still finite
LARGEST = 1e12  # in scaled units: beyond any mean and any inverse spread that float32 can bear


class Leap(NamedTuple):
    """Where to leap from three successive points, and how far the points ask for.

    ``wanted`` is 1 for EM's own step; the slower EM is, the larger. ``length`` is what was taken.
    """

    target: NDArray[np.float64]
    length: float
    wanted: float


def leap(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    third: NDArray[np.float64],
    *,
    longest: float,
) -> Leap:
    """Extrapolate three successive points of a fixed-point map.

    With r = second - first, v = third - 2 second + first and length s = |r| / |v|, the target is
    first + 2 s r + s^2 v (Varadhan and Roland 2008, equations 8 and 10). At s = 1 it is `third`.
    """
    r, v = second - first, third - 2 * second + first
    speed_change = float(np.linalg.norm(v))
    wanted = float(np.linalg.norm(r)) / speed_change if speed_change > 0 else 1.0
    length = min(max(wanted, 1.0), longest)
    return Leap(first + 2 * length * r + length**2 * v, length, wanted)


def written_out(mixture: Mixture) -> NDArray[np.float64]:
    """Return the numbers that stand for a mixture."""
    lower = np.linalg.cholesky(mixture.covariances)
    below = np.tril_indices(lower.shape[1], -1)
    parts = (
        np.log(mixture.weights),
        mixture.means,
        np.log(np.diagonal(lower, axis1=1, axis2=2)),
        lower[:, below[0], below[1]],
    )
    return np.concatenate([part.ravel() for part in parts])


def read_back(numbers: NDArray[np.float64], like: Mixture) -> Mixture | None:
    """Return the mixture that the numbers stand for, of the size and classes of another one.

    None when the arithmetic could not bear it, because a leap may lead anywhere.
    """
    # Not 'at least', so that NaN is refused too.
    if not np.abs(numbers).max() < LARGEST:
        return None
    count, features = like.means.shape
    sizes = np.cumsum([count, count * features, count * features])
    log_weights, means, log_diagonal, below = np.split(numbers, sizes)
    weights = np.exp(np.maximum(log_weights - log_weights.max(), -LONGEST_LOGARITHM))
    lower = np.zeros((count, features, features))
    places = np.arange(features)
    spreads = np.exp(np.clip(log_diagonal, -LONGEST_LOGARITHM, LONGEST_LOGARITHM))
    lower[:, places, places] = spreads.reshape(count, features)
    rows, columns = np.tril_indices(features, -1)
    lower[:, rows, columns] = below.reshape(count, -1)
    covariances = lower @ lower.transpose(0, 2, 1)
    if not _is_bearable(covariances):
        return None
    return Mixture(
        weights / weights.sum(),
        means.reshape(like.means.shape),
        covariances,
        classes=like.classes,
        frozen=like.frozen,
    )


def _is_bearable(covariances: NDArray[np.float64]) -> bool:
    """Whether densities can be computed with these covariances."""
    try:
        factors = np.linalg.inv(np.linalg.cholesky(covariances))
    except np.linalg.LinAlgError:
        return False
    return bool(np.abs(factors).max() < LARGEST)
