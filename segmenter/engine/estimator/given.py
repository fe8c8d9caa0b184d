"""Starting values that users of `GaussianMixture` give: checked, and put in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from segmenter.engine.estimator.checks import check_finite, numbers
from segmenter.engine.estimator.units import expanded
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Given(NamedTuple):
    """Weights (K,), means (K, D) and covariances (K, D, D) in the units of the data, or None."""

    weights: NDArray[np.float64] | None
    means: NDArray[np.float64] | None
    covariances: NDArray[np.float64] | None

    @classmethod
    def checked(
        cls,
        weights: ArrayLike | None,
        means: ArrayLike | None,
        precisions: ArrayLike | None,
        *,
        covariance: Covariance,
        shape: tuple[int, int],
    ) -> Self:
        """Return what was given to a mixture of `shape` (K, D); `ValueError` if it does not fit."""
        components, features = shape
        return cls(
            None if weights is None else _weights(weights, components),
            None if means is None else _shaped(means, (components, features), "means"),
            None if precisions is None else _covariances(precisions, covariance, shape),
        )

    @property
    def whole(self) -> Mixture | None:
        """The mixture, when nothing is left for a start to find."""
        if self.weights is None or self.means is None or self.covariances is None:
            return None
        return Mixture(self.weights, self.means, self.covariances)

    def over(self, found: Mixture) -> Mixture:
        """Return what was given, and for the rest what was found."""
        return Mixture(
            found.weights if self.weights is None else self.weights,
            found.means if self.means is None else self.means,
            found.covariances if self.covariances is None else self.covariances,
        )


def _weights(given: ArrayLike, components: int) -> NDArray[np.float64]:
    """Return (K,) weights that sum to 1."""
    weights = _shaped(given, (components,), "weights")
    if (weights < 0).any() or (weights > 1).any():
        raise ValueError(
            "The parameter 'weights' should be in the range [0, 1], "
            f"but got min value {weights.min():.5f}, max value {weights.max():.5f}"
        )
    # What comes as float32 sums to 1 only as far as float32 can tell.
    if abs(1 - weights.sum()) > (1e-6 if np.asarray(given).dtype == np.float32 else 1e-8):
        raise ValueError(
            "The parameter 'weights' should be normalized, "
            f"but got sum(weights) = {weights.sum():.5f}"
        )
    return weights


def _covariances(
    given: ArrayLike, covariance: Covariance, shape: tuple[int, int]
) -> NDArray[np.float64]:
    """Return (K, D, D) from precisions in the shape of their type."""
    components, features = shape
    shapes: dict[Covariance, tuple[int, ...]] = {
        Covariance.FULL: (components, features, features),
        Covariance.TIED: (features, features),
        Covariance.DIAG: (components, features),
        Covariance.SPHERICAL: (components,),
    }
    precisions = _shaped(given, shapes[covariance], f"{covariance} precision")
    matrices = expanded(precisions, covariance, shape)
    if not _are_positive_definite(matrices):
        is_diagonal = covariance in {Covariance.DIAG, Covariance.SPHERICAL}
        needed = "positive" if is_diagonal else "symmetric, positive-definite"
        raise ValueError(f"'{covariance} precision' should be {needed}")
    return np.linalg.inv(matrices).astype(np.float64)


def _shaped(given: ArrayLike, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    array = numbers(given).astype(np.float64)
    if array.shape != shape:
        raise ValueError(
            f"The parameter '{name}' should have the shape of {shape}, but got {array.shape}"
        )
    check_finite(array)
    return array


def _are_positive_definite(matrices: NDArray[np.float64]) -> bool:
    symmetric = np.allclose(matrices, np.swapaxes(matrices, -1, -2))
    return symmetric and bool((np.linalg.eigvalsh(matrices) > 0).all())
