"""Fits as scikit-learn makes them: its four kinds of start, and EM that keeps every component.

All of it works in the engine's units, in which float32 has room.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.maximise import EMPTY, Moments, m_step, moments_of_labels
from segmenter.engine.mixture import e_step
from segmenter.engine.thinning import subset
from segmenter.engine.types import Mixture, SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.types import Samples

RESOLUTION = 1e-7  # nats per sample: smaller changes are noise of the arithmetic
UNRESOLVED = 1e-14  # a variance, in scales, that the rounding of float32 alone could make
SEEDINGS = 3  # k-means++ draws of which the tightest is kept
ROUND, ROUNDS = 5, 60  # Lloyd's iterations between looks at whether the centres still move
STILL = 1e-4  # sum of squares, in scales, by which centres may move in a round and count as settled


class CollapseError(ValueError):
    """A component has lost its extent, and no noise holds it up."""

    def __init__(self) -> None:
        super().__init__(
            "Fitting the mixture model failed because some components have ill-defined empirical "
            "covariance (for instance caused by singleton or collapsed samples). Try to decrease "
            "the number of components, increase reg_covar, or scale the input data."
        )


# ---- EM ---------------------------------------------------------------------------------------


class Trial(NamedTuple):
    """How far one start has come; ``lower_bounds`` has one entry per iteration."""

    mixture: Mixture
    lower_bounds: tuple[float, ...] = ()
    converged: bool = False

    @property
    def lower_bound(self) -> float:
        """The log-likelihood per sample that the last iteration began with; -inf before."""
        return self.lower_bounds[-1] if self.lower_bounds else -math.inf


def iterate(
    samples: Samples, start: Mixture, form: Form, *, tolerance: float, bound: float = -math.inf
) -> Iterator[Trial]:
    """Yield after each iteration of EM, until the log-likelihood changes by less than `tolerance`.

    Parameters
    ----------
    tolerance
        Nats per sample; less than `RESOLUTION` counts as that, but with 0 there is no end.
    bound
        The log-likelihood that the last fit ended with, when this one goes on from there.

    Raises
    ------
    CollapseError
        When a component has collapsed and no noise holds it up.
    """
    trial, total = Trial(start), samples.total
    enough = max(tolerance, RESOLUTION) if tolerance else 0.0
    while not trial.converged:
        log_likelihood, moments = e_step(samples, trial.mixture, form)
        before, bound = bound, log_likelihood / total
        trial = Trial(
            _maximised(moments, trial.mixture, form, total),
            (*trial.lower_bounds, bound),
            abs(bound - before) < enough,
        )
        yield trial


def _maximised(moments: Moments, before: Mixture, form: Form, total: float) -> Mixture:
    """Do an M-step; components that became empty stay as they were before, with no weight."""
    empty = moments.counts <= EMPTY * total
    try:
        found = m_step(moments, form, total)
    except SegmenterError as error:
        raise CollapseError from error
    if empty.any():
        found = _with_empty(found, before, empty)
    _check_resolved(found, form)
    return found


def _with_empty(found: Mixture, before: Mixture, empty: NDArray[np.bool_]) -> Mixture:
    weights, means, covariances = (
        np.array(part) for part in (np.zeros(len(before)), before.means, before.covariances)
    )
    weights[~empty], means[~empty] = found.weights, found.means
    covariances[~empty] = found.covariances
    return Mixture(weights, means, covariances)


def _check_resolved(mixture: Mixture, form: Form) -> None:
    """Raise `CollapseError` unless every extent is one that float32 and float64 can tell."""
    smallest = np.diagonal(mixture.covariances, axis1=1, axis2=2).min()
    try:
        np.linalg.cholesky(mixture.covariances)
    except np.linalg.LinAlgError as error:
        raise CollapseError from error
    # Not 'less than', so that NaN is refused too.
    if not smallest >= (0 if form.noise.min() > 0 else UNRESOLVED):
        raise CollapseError


def merit(trial: Trial, form: Form) -> tuple[bool, float]:
    """Return what makes one trial better than another: that it is sound, then how likely it is.

    A component that has collapsed onto a few samples, so that hardly more than the noise keeps it
    from being singular, makes them as likely as one wants and explains nothing.
    """
    used = trial.mixture.covariances[trial.mixture.weights > 0]
    smallest = np.linalg.eigvalsh(used).min()
    return bool(smallest >= 2 * form.noise.min()), trial.lower_bound


# ---- Starts -----------------------------------------------------------------------------------


def start(
    samples: Samples, form: Form, kind: str, *, components: int, random: np.random.RandomState
) -> Mixture:
    """Return a mixture of `components` components to begin with.

    Parameters
    ----------
    kind
        ``"kmeans"``: clusters of k-means. ``"k-means++"``: its seeds. ``"random_from_data"``: other
        samples, drawn evenly. ``"random"``: random responsibilities.

    Raises
    ------
    CollapseError
        When a component begins without extent and no noise gives it some.
    """
    moments = _STARTS[kind](samples, components, random)
    if kind in _POINTS and form.noise.min() == 0:
        moments = _with_extent(moments, samples)
    features = len(samples.values)
    # What there are too few distinct samples for begins empty, in the middle of the data.
    missing = components - len(moments.counts)
    padded = Moments(
        *(np.concatenate([part, np.zeros((missing, *part.shape[1:]))]) for part in moments)
    )
    extent = np.tile(np.diag(form.noise), (components, 1, 1))
    blank = Mixture(np.zeros(components), np.zeros((components, features)), extent)
    return _maximised(padded, blank, form, float(padded.counts.sum()))


def _k_means(samples: Samples, components: int, random: np.random.RandomState) -> Moments:
    generator = _generator(random)
    few = subset(samples, generator)
    settled = [_settled(few, seed_centres(few, components, generator)) for _ in range(SEEDINGS)]
    _, centres = min(settled, key=lambda found: _inertia(few, *found))
    # What has settled on samples that stand for all has nearly settled on all.
    labels, _ = lloyd(samples, centres, 1)
    return moments_of_labels(samples, labels)


def _settled(
    samples: Samples, centres: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Run Lloyd's iterations until the centres hardly move."""
    for _ in range(ROUNDS):
        before = centres
        labels, centres = lloyd(samples, centres, ROUND)
        if ((centres - before) ** 2).sum() <= STILL:
            break
    return labels, centres


def _inertia(samples: Samples, labels: NDArray[np.uint8], centres: NDArray[np.float32]) -> float:
    gaps = samples.values - centres.T[:, labels]
    return float(np.einsum("ds,ds,s->", gaps, gaps, samples.weights))


def _seeds(samples: Samples, components: int, random: np.random.RandomState) -> Moments:
    return _points(seed_centres(samples, components, _generator(random)))


def _random_samples(samples: Samples, components: int, random: np.random.RandomState) -> Moments:
    weights = samples.weights.astype(np.float64)
    odds = None if np.ptp(weights) == 0 else weights / weights.sum()
    most = min(components, len(weights))
    chosen = random.choice(len(weights), most, replace=False, p=odds)
    return _points(samples.values[:, chosen].T)


def _random_responsibilities(
    samples: Samples, components: int, random: np.random.RandomState
) -> Moments:
    shares = random.uniform(size=(samples.values.shape[1], components))
    shares *= (samples.weights / shares.sum(axis=1))[:, None]
    values = samples.values.astype(np.float64)
    counts = shares.sum(axis=0)
    centres = np.einsum("ds,sk->kd", values, shares) / counts[:, None]
    second = np.empty((components, len(values), len(values)))
    for k, share in enumerate(shares.T):
        about = values - centres[k, :, None]
        second[k] = np.einsum("as,bs->ab", about * share, about)
    return Moments(centres, counts, np.zeros_like(centres), second)


def _points(points: NDArray[np.float32]) -> Moments:
    """Return the moments of components that hold one sample each."""
    count, features = points.shape
    nothing = np.zeros((count, features, features))
    return Moments(points.astype(np.float64), np.ones(count), nothing[:, 0], nothing)


def _with_extent(points: Moments, samples: Samples) -> Moments:
    """Give components of one sample each the extent of the samples that are nearest to it."""
    nearest, _ = lloyd(samples, np.ascontiguousarray(points.centres, np.float32), 0)
    around = moments_of_labels(samples, nearest)
    gaps = around.centres - points.centres[: len(around.counts)]
    apart = gaps[:, :, None] * gaps[:, None, :]
    second = around.second / np.maximum(around.counts, 1e-300)[:, None, None] + apart
    found = len(second)
    return Moments(points.centres[:found], points.counts[:found], points.first[:found], second)


def _generator(random: np.random.RandomState) -> np.random.Generator:
    return np.random.default_rng(random.randint(2**31, size=4))


_STARTS: dict[str, Callable[[Samples, int, np.random.RandomState], Moments]] = {
    "kmeans": _k_means,
    "k-means++": _seeds,
    "random_from_data": _random_samples,
    "random": _random_responsibilities,
}
_POINTS = {"k-means++", "random_from_data"}  # the starts that are single samples
