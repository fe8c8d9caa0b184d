"""How strongly the pixels of a field hold together, and how much each class is favoured anywhere.

Both are chosen so that a pixel's class follows from its neighbours': they maximise the
pseudo-likelihood (Besag 1975). Two things would let the strength run away. A neighbour's
probabilities echo those of the pixel itself: what the pixel added is taken out of them first. And
where the values of neighbours are alike for other reasons than their classes, as in a blurred
image, classes seem to hold together more than they do. Were they alike for no other reason, the
log-densities of neighbours would be uncorrelated given their classes; so how correlated they are
tells how far to trust an estimate that is above the usual one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.kernels import strength as kernels
from segmenter.engine.kernels.totals import total_of_products, totals_of_rows
from segmenter.engine.threads import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_STRENGTH = 3.0  # from here on a stronger one changes hardly a pixel
LARGEST_STEP = 0.5
NEWTON_STEPS = 2
RIDGE = 1e-3  # per pixel: keeps a class from being ruled out for ever
LEAST_GAP = 0.03  # between a strength and the critical one, as a share of that
DISTRUSTED = 0.05  # correlation from which on an estimate above the usual one counts nothing
LEAST_LIKELY = -16.0  # binary logarithm: what is still less likely is all the same


class Spread(NamedTuple):
    """How classes are spread: the strength, and (classes,) what favours each, in nats."""

    strength: float
    favour: NDArray[np.float64]


class Around(NamedTuple):
    """(classes, n) probabilities of some pixels, and what their neighbours' add up to."""

    own: NDArray[np.float32]
    pull: NDArray[np.float32]


def without_echo(
    own: NDArray[np.float32], neighbour: NDArray[np.float32], strength: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return (classes, ...) the neighbour's probabilities had the pixel itself not pulled.

    Zeros, which stand for what is outside the image, stay.
    """
    bare = neighbour * np.exp(-strength * own)
    total = bare.sum(axis=0)
    kept: NDArray[np.float32] = bare / np.where(total > 0, total, np.float32(1))
    return kept


def likeliest(around: Around, before: Spread, critical: float, *, fits_strength: bool) -> Spread:
    """Climb the logarithm of the pseudo-likelihood, which is concave, by steps of Newton's.

    Parameters
    ----------
    critical
        The strength with which one class would take over a grid without data.
    """
    held = firmness(before.strength / critical)
    found = np.append(before.favour, before.strength)
    free = len(found) if fits_strength else len(found) - 1
    for _ in range(NEWTON_STEPS):
        gradient, curvature = _slope(around, found, held)
        step = np.zeros(len(found))
        step[:free] = np.linalg.solve(curvature[:free, :free], gradient[:free])
        found += step * min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
    favour = found[:-1] - found[:-1].max()
    return Spread(min(max(float(found[-1]), 0.0), LARGEST_STRENGTH), favour)


def firmness(strength: float) -> float:
    """Return how firmly favours are held at 0, per pixel, for a strength in critical ones.

    What is favoured takes its neighbours along, so that it gains as if it were favoured
    1 / (1 - strength) times as much (the susceptibility of a mean field). It is that which is kept
    in bounds; else, where pixels hold together by themselves, the largest class would seem to be
    favoured, grow, and seem to be favoured more.
    """
    return RIDGE / max(1 - strength, LEAST_GAP) ** 2


def _slope(
    around: Around, at: NDArray[np.float64], held: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (classes + 1,) the gradient and its negative Jacobian; the strength comes last."""
    own, pull = (np.ascontiguousarray(part, np.float32) for part in around)
    classes, count = own.shape
    sums = np.empty((-(-count // kernels.CHUNK), (classes + 1) * (classes + 2)))
    spread(kernels.slope, len(sums), own, pull, at, sums)
    # Added row by row, so in the order of the chunks.
    total = np.add.reduce(sums, axis=0)
    gradient, summed = total[: classes + 1], total[classes + 1 :].reshape(classes + 1, -1)
    gradient[:-1] -= held * count * at[:-1]
    # As the expected probabilities of a pixel sum to 1, their own sums are those of a row.
    curvature = summed.copy()
    curvature[:-1, :-1] = np.diag(summed[:-1, :-1].sum(axis=1)) - summed[:-1, :-1]
    curvature += np.diag(np.append(np.full(classes, held), RIDGE)) * count
    return gradient, curvature


def trusted(estimate: float, usual: float, correlation: float) -> float:
    """Return the estimate, or so much less as it has to be mistrusted."""
    if estimate <= usual:
        return estimate
    return usual + (estimate - usual) * min(max(1 - correlation / DISTRUSTED, 0.0), 1.0)


def correlation_given_classes(
    q: NDArray[np.float32], logs: NDArray[np.float32], known: NDArray[np.bool_]
) -> float:
    """Return how correlated the log-densities of neighbours are, given their classes.

    Parameters
    ----------
    q
        (classes, 3, ...) float32 probabilities of pixels, of one neighbour and of another one.
    logs
        (3, ..., classes) float32 binary log-densities of all classes.
    known
        (3, ...) whether a pixel has data.
    """
    logs = np.maximum(np.ascontiguousarray(np.moveaxis(logs, -1, 0)), np.float32(LEAST_LIKELY))
    # What is not known adds nothing anywhere.
    of, values = (np.where(known, part, np.float32(0)).reshape(len(q), -1) for part in (q, logs))
    counts = totals_of_rows(of) + 1e-9
    means = np.array([[total_of_products(row, value) for value in values] for row in of])
    means /= counts[:, None]
    beside = values - sum(of[k] * means[k, :, None].astype(np.float32) for k in range(len(q)))
    squares = np.array([total_of_products(value, value) for value in values]).sum()
    squares -= np.einsum("k,kl->", counts, means**2)
    both, some = np.count_nonzero(known[0] & known[1:]), np.count_nonzero(known)
    if not both or squares <= 1e-9 * some:
        return 0.0
    of_three = beside.reshape(len(q), 3, -1)
    together = sum(
        total_of_products(each[0], each[1]) + total_of_products(each[0], each[2])
        for each in of_three
    )
    return float(together / both / (squares / some))
