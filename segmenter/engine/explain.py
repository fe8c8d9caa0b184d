r"""Why a pixel has its class: how far it is from every class, and which feature decided.

How far x is from component k is its Mahalanobis distance :math:`\|L_k^{-1} (x - \mu_k)\|` (1), with
:math:`\Sigma_k = L_k L_k^T`, which counts in standard deviations; a class is as far as the nearest
of its components. What feature a says for class A rather than B is by how much it moves the
log-odds: those of all features less those of all but a (2), which are those of a given the others.
With P the inverse covariance, feature a is then :math:`|(P (x - \mu))_a| / \sqrt{P_{aa}}` standard
deviations off what the other features lead one to expect (3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.conditional import marginal
from segmenter.engine.explanation import Decided, Explanation
from segmenter.engine.kept import Kept
from segmenter.engine.light import darkness, evened
from segmenter.engine.maximise import Form
from segmenter.engine.scaling import to_scaled_units

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Features, Image, Mixture, Samples

TINY = 1e-300


def explain(
    image: Image, result: Result, place: tuple[int, int], *, kept: Kept | None = None
) -> Explanation | None:
    """Say why a pixel has its class; None where it has no data.

    Parameters
    ----------
    place
        (row, column).
    kept
        What the last run on the image has left; without it features are computed anew.

    Raises
    ------
    SegmenterError
        When the result is not of this image.
    """
    result.check_image(image)
    _, features, samples = (kept or Kept()).looked_at(image, result.settings)
    seen = _seen(samples, place, image.shape)
    if seen is None:
        return None
    values, observed = seen
    if result.shading is not None:
        values = evened(values[:, None], result.shading[place][None], darkness(features))[:, 0]
        values[~observed] = 0
    mixture = to_scaled_units(result.mixture, features)
    form = Form(result.settings.covariance, features.noise, features.weight)
    pixel = _Pixel(values.astype(np.float64), mixture, form)
    distances = pixel.distances(observed)
    return Explanation(
        place,
        result,
        result.probabilities_at(*place),
        _normalised(pixel.joint(observed)),
        distances,
        _rarity(float(np.nanmin(distances)), int(observed.sum())),
        _names(features, ~observed),
        pixel.decided(observed, features.names),
    )


class _Pixel:
    """The (D,) scaled values of one pixel, and a mixture of them."""

    def __init__(self, values: NDArray[np.float64], mixture: Mixture, form: Form) -> None:
        self._values, self._mixture, self._form = values, mixture, form

    def joint(self, observed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return (classes,) log p(these features, class)."""
        seen, each = self._terms(observed)
        noise = seen.noise
        summed = np.full(int(seen.classes.max()) + 1, -np.inf)
        np.logaddexp.at(summed, seen.classes, each)
        if noise is None:
            return summed
        parts = np.maximum([1 - noise.share, noise.share * noise.density], TINY)
        rest, own = np.log(parts)
        return np.append(summed + rest, own)

    def distances(self, observed: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return (classes,) of equation (1); NaN for the noise class."""
        seen, _ = marginal(self._mixture, observed, self._form)
        away = self._values[observed] - seen.means
        solved = np.linalg.solve(seen.covariances, away[:, :, None])[:, :, 0]
        squares = np.einsum("kd,kd->k", away, solved)
        nearest = np.full(seen.class_count, np.nan)
        np.fmin.at(nearest, seen.classes, np.sqrt(np.maximum(squares, 0)))
        return nearest

    def decided(self, observed: NDArray[np.bool_], names: tuple[str, ...]) -> Decided | None:
        """Return what decided between the two most probable classes."""
        joint = self.joint(observed)
        if len(joint) < 2:
            return None
        loser, winner = (int(place) for place in np.argsort(joint, kind="stable")[-2:])
        if max(loser, winner) > int(self._mixture.classes.max()):
            return None
        whole = joint[winner] - joint[loser]
        gains = np.full(len(observed), -np.inf)
        for feature in np.flatnonzero(observed).tolist():
            rest = observed.copy()
            rest[feature] = False
            without = self.joint(rest)
            gains[feature] = whole - (without[winner] - without[loser])  # (2)
        best = int(np.argmax(gains))
        (own, width), (other, other_width) = (
            self._off(place, best, observed) for place in (winner, loser)
        )
        return Decided(
            winner + 1,
            loser + 1,
            names[best],
            (own, other),
            float(gains[best]),
            width < other_width,
            self._prior(winner, loser),
        )

    def _prior(self, winner: int, loser: int) -> float:
        """Return the log-odds of two classes before anything is known of the pixel."""
        of_class = np.bincount(self._mixture.classes, self._mixture.weights)
        own, other = np.log(np.maximum(of_class[[winner, loser]], TINY))
        return float(own - other)

    def _off(self, place: int, feature: int, observed: NDArray[np.bool_]) -> tuple[float, float]:
        """Return equation (3), and its denominator's inverse: what a standard deviation is.

        Both are of the component of a class that is most probable here.
        """
        seen, each = self._terms(observed)
        own = np.flatnonzero(seen.classes == place)
        which = int(own[np.argmax(each[own])])
        precision = np.linalg.inv(seen.covariances[which])
        off = precision @ (self._values[observed] - seen.means[which])
        among = int(np.count_nonzero(observed[:feature]))
        deviation = float(1 / np.sqrt(precision[among, among]))
        return float(abs(off[among])) * deviation, deviation

    def _terms(self, observed: NDArray[np.bool_]) -> tuple[Mixture, NDArray[np.float64]]:
        """Return the mixture of these features, and (K,) log weight times density, see `mixture`.

        The noise class has no part in the weights here.
        """
        seen, form = marginal(self._mixture, observed, self._form)
        factors = np.linalg.inv(np.linalg.cholesky(seen.covariances))
        off = np.einsum("kde,ke->kd", factors, self._values[observed] - seen.means)
        widths = np.log(np.diagonal(factors, axis1=1, axis2=2)) - np.log(2 * np.pi) / 2
        rounding = factors**2 @ form.noise
        densities = (widths - (off**2 + rounding) / 2).sum(axis=1)
        return seen, np.log(np.maximum(seen.weights, TINY)) + densities


def _seen(
    samples: Samples, place: tuple[int, int], shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]] | None:
    """Return the (D,) values of a pixel and which are known; None where it has no data."""
    row, column = place
    sample = row * shape[1] + column if samples.index is None else int(samples.index[place])
    if sample < 0:
        return None
    for observed, first, last in samples.patterns:
        if first <= sample < last:
            return samples.values[:, sample].copy(), observed.copy()
    return samples.values[:, sample].copy(), np.ones(len(samples.values), np.bool_)


def _normalised(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    likely: NDArray[np.float64] = np.exp(joint - joint.max())
    likely /= likely.sum()
    return likely


def _rarity(distance: float, features: int) -> float:
    """Return which part of a Gaussian of so many features lies as far out, or farther."""
    from scipy.special import gammaincc  # noqa: PLC0415 - costs a start

    return float(gammaincc(features / 2, distance**2 / 2))


def _names(features: Features, which: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(name for name, is_meant in zip(features.names, which, strict=True) if is_meant)
