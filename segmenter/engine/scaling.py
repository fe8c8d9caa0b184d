"""Mixtures in the units of the file and of the scaled features."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.types import Mixture, Noise, SegmenterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Features, Samples

FAR = 1e9  # standard deviations of a feature: what float32 densities can bear
CLEARLY = 0.1  # standard deviations by which a class must be darker to be so beyond doubt


def to_file_units(mixture: Mixture, features: Features) -> Mixture:
    """Return the mixture of the unscaled features."""
    volume = float(np.prod(features.scale))
    return replace(
        mixture,
        means=mixture.means * features.scale + features.offset,
        covariances=mixture.covariances * np.outer(features.scale, features.scale),
        features=features.names,
        noise=mixture.noise and Noise(mixture.noise.share, mixture.noise.density / volume),
    )


def to_scaled_units(mixture: Mixture, features: Features) -> Mixture:
    """Return the mixture of the centred and scaled features.

    Raises
    ------
    SegmenterError
        When the mixture was fitted on other features, or on values of another order of magnitude.
    """
    if mixture.features != features.names:
        raise SegmenterError(
            f"The mixture was fitted on features {', '.join(mixture.features)}, but this image "
            f"gives {', '.join(features.names)}. Choose the same features or fit anew."
        )
    means = (mixture.means - features.offset) / features.scale
    covariances = mixture.covariances / np.outer(features.scale, features.scale)
    lengths = np.sqrt(np.linalg.eigvalsh(covariances))
    if not (np.abs(means).max() < FAR and lengths.max() < FAR and lengths.min() > 1 / FAR):
        raise SegmenterError(
            "The mixture was fitted on values of quite another size than this image has. Fit anew."
        )
    volume = float(np.prod(features.scale))
    noise = mixture.noise and Noise(mixture.noise.share, mixture.noise.density * volume)
    return replace(mixture, means=means, covariances=covariances, noise=noise)


def log_scale(features: Features, samples: Samples) -> float:
    """Return by how many nats per pixel the log-density falls when features are unscaled.

    Where features are missing, by those that each pixel has.
    """
    each = features.weight * np.log(features.scale)
    if not samples.patterns:
        return float(each.sum())
    parts = zip(samples.parts, samples.patterns, strict=True)
    return sum(part.total * float(each @ observed) for part, (observed, _, _) in parts) / (
        samples.total
    )


def by_brightness(mixture: Mixture, features: Features, *, of: Mixture | None = None) -> Mixture:
    """Return the mixture, in scaled units, ordered by brightness of the means; ties by area.

    The classes keep their numbers where they have several components, and else are numbered anew.
    The means may be those `of` another mixture with the same components.
    """
    looked_at = mixture if of is None else of
    order = _order_by_brightness(looked_at.means, looked_at.weights, features)
    return _reordered(mixture, order)


def order_of_classes(mixture: Mixture, features: Features) -> NDArray[np.intp]:
    """Return the classes, without the noise class, by brightness of their means; ties by area."""
    shares = np.bincount(mixture.classes, mixture.weights).astype(np.float64)
    sums = [np.bincount(mixture.classes, mixture.weights * column) for column in mixture.means.T]
    means = np.stack(sums, axis=1) / np.maximum(shares, 1e-300)[:, None]
    return _order_by_brightness(means, shares, features)


def kept_order_of_classes(mixture: Mixture, features: Features) -> NDArray[np.intp]:
    """Return the classes, without the noise class, in the order they have, if that still holds.

    A class comes before another if it is darker by more than `CLEARLY` of the smaller standard
    deviation of the two. Among others the order stays: classes of nearly equal brightness do not
    change their numbers because EM moves their means by a little.
    """
    means, deviations = _brightness_of_classes(mixture, features)
    least = CLEARLY * np.minimum.outer(deviations, deviations)
    is_darker = np.subtract.outer(means, means) < -least
    left, order = list(range(len(means))), []
    while left:
        first = next(k for k in left if not is_darker[left, k].any())
        left.remove(first)
        order.append(first)
    return np.array(order, np.intp)


def numbered_like(mixture: Mixture, other: Mixture, features: Features) -> Mixture:
    """Return the mixture with its components in the order of the nearest ones of another.

    Both are in scaled units, and each component is a class. Where the order of brightness is
    clearly another one, that counts; with more or fewer components the order stays.
    """
    if len(mixture) != len(other):
        return mixture
    apart = other.means[:, None] - mixture.means
    spread = other.covariances[:, None] + mixture.covariances
    scaled = np.linalg.solve(spread, apart[..., None])[..., 0]
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - costs a start

    nearest = linear_sum_assignment(np.einsum("abi,abi->ab", apart, scaled))[1]
    matched = _reordered(mixture, nearest)
    return _reordered(matched, kept_order_of_classes(matched, features))


def _reordered(mixture: Mixture, order: NDArray[np.intp]) -> Mixture:
    """Return the mixture with its components in another order, and the classes that go with it."""
    ordered = mixture.taken(order)
    return replace(ordered, classes=_identity_or(ordered.classes))


def _brightness_of_classes(
    mixture: Mixture, features: Features
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and the standard deviation of the brightness of every class."""
    along = _along_brightness(features)
    brightness = mixture.means @ along
    within = np.einsum("i,kij,j->k", along, mixture.covariances, along)
    shares = np.maximum(np.bincount(mixture.classes, mixture.weights), 1e-300)
    means = np.bincount(mixture.classes, mixture.weights * brightness) / shares
    spread = within + (brightness - means[mixture.classes]) ** 2
    variances = np.bincount(mixture.classes, mixture.weights * spread) / shares
    return means, np.sqrt(np.maximum(variances, 0))


def _identity_or(classes: NDArray[np.intp]) -> NDArray[np.intp]:
    is_one_each = len(np.unique(classes)) == len(classes)
    return np.arange(len(classes)) if is_one_each else classes


def _order_by_brightness(
    means: NDArray[np.float64], weights: NDArray[np.float64], features: Features
) -> NDArray[np.intp]:
    return np.lexsort((-weights, means @ _along_brightness(features)))


def _along_brightness(features: Features) -> NDArray[np.float64]:
    """Return (D,) how much brightness a unit of each scaled feature is."""
    along = features.brightness * features.scale
    if not along.any():
        along = np.eye(1, len(along))[0]
    found: NDArray[np.float64] = along
    return found
