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

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_STRENGTH = 3.0  # from here on a stronger one changes hardly a pixel
LARGEST_STEP = 0.5
NEWTON_STEPS = 1
RIDGE = 1e-3  # per pixel: keeps a class from being ruled out for ever
DISTRUSTED = 0.05  # correlation from which on an estimate above the usual one counts nothing
LEAST_LIKELY = -16.0  # binary logarithm: what is still less likely is all the same


class Spread(NamedTuple):
    """How classes are spread: the strength, and (classes,) what favours each, in nats."""

    strength: float
    favour: NDArray[np.float64]


class Around(NamedTuple):
    """(classes, n) probabilities of some pixels, and what their neighbours' add up to."""

    own: NDArray[np.float64]
    pull: NDArray[np.float64]


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


def likeliest(around: Around, before: Spread, *, fits_strength: bool) -> Spread:
    """Climb the logarithm of the pseudo-likelihood, which is concave, by steps of Newton's."""
    found = np.append(before.favour, before.strength)
    free = len(found) if fits_strength else len(found) - 1
    for _ in range(NEWTON_STEPS):
        gradient, curvature = _slope(around, found)
        step = np.zeros(len(found))
        step[:free] = np.linalg.solve(curvature[:free, :free], gradient[:free])
        found += step * min(1.0, LARGEST_STEP / max(float(np.abs(step).max()), 1e-300))
    favour = found[:-1] - found[:-1].max()
    return Spread(min(max(float(found[-1]), 0.0), LARGEST_STRENGTH), favour)


def _slope(
    around: Around, at: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (classes + 1,) the gradient and its negative Jacobian; the strength comes last."""
    own, pull = around
    classes, count = own.shape
    expected = _softmax(at[:-1, None] + at[-1] * pull)
    surprise = own - expected
    about = pull - np.einsum("kn,kn->n", expected, pull)
    gradient = np.append(surprise.sum(axis=1), np.einsum("kn,kn->", surprise, pull))
    gradient[:-1] -= RIDGE * count * at[:-1]
    weighted = expected * about
    curvature = np.empty((classes + 1, classes + 1))
    curvature[:-1, :-1] = np.diag(expected.sum(axis=1))
    curvature[:-1, :-1] -= np.einsum("kn,ln->kl", expected, expected)
    curvature[:-1, -1] = curvature[-1, :-1] = weighted.sum(axis=1)
    curvature[-1, -1] = np.einsum("kn,kn->", weighted, about)
    curvature += np.eye(classes + 1) * RIDGE * count
    return gradient, curvature


def _softmax(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    exponentials = np.exp(logs - logs.max(axis=0))
    normalised: NDArray[np.float64] = exponentials / exponentials.sum(axis=0)
    return normalised


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
    logs = np.maximum(logs, np.float32(LEAST_LIKELY))
    of, values = q[:, known].astype(np.float64), logs[known].astype(np.float64)
    counts = of.sum(axis=1) + 1e-9
    means = np.einsum("kn,nl->kl", of, values) / counts[:, None]
    squares = np.einsum("kn,nl->l", of, values**2).sum() - np.einsum("k,kl->", counts, means**2)
    beside = np.where(known[..., None], logs - np.einsum("k...,kl->...l", q, means), 0)
    both = np.count_nonzero(known[0] & known[1:])
    if not both or squares <= 1e-9 * len(values):
        return 0.0
    together = (beside[0] * beside[1:]).sum(dtype=np.float64)
    return float(together / both / (squares / len(values)))
