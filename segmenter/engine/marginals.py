"""A mixture along one feature or in the plane of two, to be drawn and to be moved by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmenter.engine.types import Mixture

POINTS = 49  # of an ellipse, the first again at the end
SHORTEST = 1e-3  # half an axis of an ellipse, in units of the plane


def densities(
    mixture: Mixture, feature: str, values: NDArray[np.float64], *, span: float
) -> NDArray[np.float64]:
    """Return (components, n) the density of every component, times its weight, at (n,) values.

    Parameters
    ----------
    span
        Over which a noise class, which comes last, is spread evenly.
    """
    k = mixture.features.index(feature)
    mean, variance = mixture.means[:, k, None], mixture.covariances[:, k, k, None]
    weights = mixture.weights[:, None]
    if mixture.noise is not None:
        weights = weights * (1 - mixture.noise.share)
    found = weights * np.exp(-((values - mean) ** 2) / (2 * variance))
    found /= np.sqrt(2 * np.pi * variance)
    if mixture.noise is None:
        return found
    even = np.full((1, len(values)), mixture.noise.share / span)
    return np.concatenate([found, even])


class Plane(NamedTuple):
    """Two features; ``units`` (2,) are lengths along them that look alike."""

    across: str
    up: str
    units: NDArray[np.float64]

    def places(self, features: Sequence[str]) -> list[int]:
        """Return where the two are among the features."""
        return [features.index(self.across), features.index(self.up)]

    def means(self, mixture: Mixture) -> NDArray[np.float64]:
        """Return (components, 2)."""
        return mixture.means[:, self.places(mixture.features)]

    def covariances(self, mixture: Mixture) -> NDArray[np.float64]:
        """Return (components, 2, 2)."""
        places = self.places(mixture.features)
        return mixture.covariances[:, places][:, :, places]

    def axes(self, mixture: Mixture) -> NDArray[np.float64]:
        """Return (components, 2, 2) half axes of the 1-sigma ellipses, the longer as row 0.

        They are at right angles, and longer or shorter, in the units of the plane.
        """
        lengths, turned = np.linalg.eigh(self.covariances(mixture) / np.outer(*2 * [self.units]))
        halves = turned.transpose(0, 2, 1) * np.sqrt(np.maximum(lengths, 0))[:, :, None]
        return np.asarray(halves[:, ::-1] * self.units)

    def ellipses(self, mixture: Mixture, sigmas: float) -> NDArray[np.float64]:
        """Return (components, `POINTS`, 2) closed lines at so many standard deviations."""
        angles = np.linspace(0, 2 * np.pi, POINTS)
        circle = sigmas * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        return self.means(mixture)[:, None] + circle @ self.axes(mixture)

    def moved(self, mixture: Mixture, number: int, to: NDArray[np.float64]) -> Mixture:
        """Return the mixture with the mean of one component at (2,) `to`, in this plane."""
        means = mixture.means.copy()
        means[number, self.places(mixture.features)] = to
        return replace(mixture, means=means)

    def stretched(
        self, mixture: Mixture, number: int, which: int, half: NDArray[np.float64]
    ) -> Mixture:
        """Return the mixture with another half axis of one component.

        The other axis keeps its length, at a right angle to it. How the component lies across the
        plane goes along, so that its covariance stays proper.

        Parameters
        ----------
        which
            The axis: row of `axes`.
        half
            (2,) the half axis as it is to be.
        """
        before = self.axes(mixture)[number] / self.units
        after = np.empty((2, 2))
        after[which] = half / self.units
        length = max(float(np.hypot(*after[which])), SHORTEST)
        direction = after[which] / length if after[which].any() else before[which]
        after[which] = direction * length
        other = max(float(np.hypot(*before[1 - which])), SHORTEST)
        after[1 - which] = np.array([-direction[1], direction[0]]) * other
        # Takes the half axes before to those after.
        return self.changed(mixture, number, np.linalg.solve(before, after).T)

    def changed(self, mixture: Mixture, number: int, change: NDArray[np.float64]) -> Mixture:
        """Return the mixture with the shape of one component changed by a (2, 2) matrix.

        The matrix acts on differences from the mean in the units of the plane.
        """
        whole = np.eye(mixture.means.shape[1])
        places = self.places(mixture.features)
        whole[np.ix_(places, places)] = change * np.outer(self.units, 1 / self.units)
        covariances = mixture.covariances.copy()
        changed = whole @ covariances[number] @ whole.T
        covariances[number] = (changed + changed.T) / 2
        return replace(mixture, covariances=covariances)
