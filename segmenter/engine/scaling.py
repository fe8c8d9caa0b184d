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
    return replace(
        mixture,
        weights=mixture.weights[order],
        means=mixture.means[order],
        covariances=mixture.covariances[order],
        classes=_identity_or(mixture.classes[order]),
    )


def order_of_classes(mixture: Mixture, features: Features) -> NDArray[np.intp]:
    """Return the classes, without the noise class, by brightness of their means; ties by area."""
    shares = np.bincount(mixture.classes, mixture.weights).astype(np.float64)
    sums = [np.bincount(mixture.classes, mixture.weights * column) for column in mixture.means.T]
    means = np.stack(sums, axis=1) / np.maximum(shares, 1e-300)[:, None]
    return _order_by_brightness(means, shares, features)


def _identity_or(classes: NDArray[np.intp]) -> NDArray[np.intp]:
    is_one_each = len(np.unique(classes)) == len(classes)
    return np.arange(len(classes)) if is_one_each else classes


def _order_by_brightness(
    means: NDArray[np.float64], weights: NDArray[np.float64], features: Features
) -> NDArray[np.intp]:
    along = features.brightness * features.scale
    if not along.any():
        along = np.eye(1, len(along))[0]
    return np.lexsort((-weights, means @ along))
