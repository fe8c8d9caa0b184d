"""Between the data of `GaussianMixture` and the engine: units, and the shapes of covariances."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

FAR = 1e10  # scales from the centre: farther values count as this far, so squares fit in float32


class Units(NamedTuple):
    """The affine map from the data to the engine's units: (value - offset) / scale.

    ``offset`` (D,) float64; ``scale`` > 0, one for all features, so that spheres stay spheres and
    k-means sees the distances of the data.
    """

    offset: NDArray[np.float64]
    scale: float

    @classmethod
    def of_data(cls, data: NDArray[np.floating[Any]], weights: NDArray[np.float64]) -> Units:
        """Centre (samples, features) data on its mean; its standard deviation is the scale."""
        share = weights / weights.sum()
        # einsum, not @: the bits of long sums must not depend on the threads of a BLAS.
        offset = np.array([np.einsum("s,s->", share, column) for column in data.T], np.float64)
        squares = [
            np.einsum("s,s->", share, (column - c) ** 2)
            for column, c in zip(data.T, offset, strict=True)
        ]
        return cls(offset, float(np.sqrt(np.mean(squares))) or 1.0)

    @classmethod
    def of_mixture(cls, mixture: Mixture) -> Units:
        """Take centre and scale from the mixture, as if from data that it describes."""
        offset = mixture.weights @ mixture.means
        within = np.trace(mixture.covariances, axis1=1, axis2=2)
        between = ((mixture.means - offset) ** 2).sum(axis=1)
        variance = mixture.weights @ (within + between) / len(offset)
        return cls(offset, float(np.sqrt(variance)))

    @property
    def log_volume(self) -> float:
        """What a log-density loses on the way from the engine's units to those of the data."""
        return len(self.offset) * math.log(self.scale)

    def scaled(self, data: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return (features, samples) values as the kernels take them."""
        values = np.empty(data.shape[::-1], np.float32)
        for row, column, centre in zip(values, data.T, self.offset, strict=True):
            row[:] = np.clip((column - centre) / self.scale, -FAR, FAR)
        return values

    def inside(self, mixture: Mixture) -> Mixture:
        """Return a mixture of the data in the engine's units."""
        means = (mixture.means - self.offset) / self.scale
        return Mixture(mixture.weights, means, mixture.covariances / self.scale**2)

    def outside(self, mixture: Mixture) -> Mixture:
        """Return a mixture of the engine in the units of the data."""
        means = mixture.means * self.scale + self.offset
        return Mixture(mixture.weights, means, mixture.covariances * self.scale**2)


def expanded(
    matrices: NDArray[np.float64], covariance: Covariance, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return (K, D, D) from covariances or precisions in the shape of their type.

    Parameters
    ----------
    shape
        (K, D).
    """
    components, features = shape
    if covariance is Covariance.FULL:
        return np.array(matrices, np.float64)
    if covariance is Covariance.TIED:
        return np.tile(matrices, (components, 1, 1)).astype(np.float64)
    variances = np.reshape(matrices, (components, -1, 1))
    return variances * np.eye(features)


def compact(mixture: Mixture, covariance: Covariance) -> NDArray[np.float64]:
    """Return the covariances in the shape of their type."""
    covariances = mixture.covariances
    if covariance is Covariance.TIED:
        # A component that has become empty keeps what it had, so the heaviest speaks for all.
        covariances = covariances[np.argmax(mixture.weights)]
    elif covariance is Covariance.DIAG:
        covariances = np.diagonal(covariances, axis1=1, axis2=2)
    elif covariance is Covariance.SPHERICAL:
        covariances = covariances[:, 0, 0]
    return covariances.copy()


def inverted(
    covariances: NDArray[np.float64], covariance: Covariance
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return C and P = C C^T, the inverse of the covariances, in the shape of their type."""
    if covariance in {Covariance.DIAG, Covariance.SPHERICAL}:
        return 1 / np.sqrt(covariances), 1 / covariances
    upper = np.swapaxes(np.linalg.inv(np.linalg.cholesky(covariances)), -1, -2)
    return upper, upper @ np.swapaxes(upper, -1, -2)


def parameter_count(covariance: Covariance, shape: tuple[int, int]) -> int:
    """Return how many numbers a mixture of `shape` (K, D) is free to choose."""
    components, features = shape
    triangle = features * (features + 1) // 2
    per_type = {
        Covariance.FULL: components * triangle,
        Covariance.TIED: triangle,
        Covariance.DIAG: components * features,
        Covariance.SPHERICAL: components,
    }
    return per_type[covariance] + components * features + components - 1
