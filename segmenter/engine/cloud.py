"""What a mixture sees of an image, in the file's units: some pixels that stand for all, or all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.light import IN_ANY_LIGHT
from segmenter.engine.scribbles import index_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segmenter.engine.types import Features, Image, Samples

MOST = 20_000  # pixels that stand for all
CHUNK = 16_384  # pixels that are looked at together: others may work between


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Pixels of an image as points in the space of its features.

    Parameters
    ----------
    image
        As the user opened it.
    features, samples
        What EM sees of it.
    pixels
        (n,) places, in row order, of the pixels that stand for all.
    light
        (rows, columns): by what the light multiplies the image; None where it is taken as even.
        Values are those in even light.
    values
        (features, n) float32 of these pixels in the file's units, NaN where there is none.
    """

    image: Image
    features: Features
    samples: Samples
    pixels: NDArray[np.intp]
    light: NDArray[np.float32] | None = None
    values: NDArray[np.float32] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", self._at(self.pixels, range(len(self.names))))
        self.pixels.flags.writeable = self.values.flags.writeable = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the features."""
        return self.features.names

    def in_light(self, light: NDArray[np.float32] | None) -> Cloud:
        """Return the cloud as it is when the light is known."""
        return replace(self, light=light)

    def of(self, name: str) -> NDArray[np.float32]:
        """Return (n,) one feature of the pixels that stand for all."""
        values: NDArray[np.float32] = self.values[self.names.index(name)]
        return values

    def at(self, row: int, column: int) -> NDArray[np.float32]:
        """Return (features,) what one pixel has; NaN where there is nothing."""
        place = np.array([row * self.image.shape[1] + column])
        return self._at(place, range(len(self.names)))[:, 0]

    def step(self, name: str) -> float:
        """Return how far neighbouring values of a feature lie apart; about 0 if continuous."""
        k = self.names.index(name)
        return float(np.sqrt(12 * self.features.noise[k]) * self.features.scale[k])

    def inside(
        self, across: str, up: str, corners: NDArray[np.float64]
    ) -> Iterator[NDArray[np.bool_]]:
        """Yield, for a chunk of pixels after the other in row order, which are in a polygon.

        Parameters
        ----------
        corners
            (corners, 2) of the polygon in the plane of two features.
        """
        from skimage.measure import points_in_poly  # noqa: PLC0415 - costs a start 0.2 s

        chosen = [self.names.index(name) for name in (across, up)]
        low, high = corners.min(axis=0), corners.max(axis=0)
        count = self.image.valid.size
        for first in range(0, count, CHUNK):
            points = self._at(np.arange(first, min(first + CHUNK, count)), chosen).T
            near = ((points >= low) & (points <= high)).all(axis=1)
            near[near] = points_in_poly(points[near], corners)  # type: ignore[no-untyped-call]
            yield near

    def _at(self, places: NDArray[np.intp], chosen: range | list[int]) -> NDArray[np.float32]:
        """Return (chosen features, places)."""
        index = self.samples.index
        numbers = places if index is None else index.ravel()[places]
        offset, scale = self.features.offset, self.features.scale
        found = np.empty((len(chosen), len(places)), np.float32)
        for row, k in zip(found, chosen, strict=True):
            np.add(self.samples.values[k, numbers] * scale[k], offset[k], out=row, casting="unsafe")
            if self.light is not None and self.names[k] not in IN_ANY_LIGHT:
                np.divide(row, self.light.ravel()[places], out=row)
            for pattern in self.samples.patterns:
                if not pattern.observed[k]:
                    row[(numbers >= pattern.first) & (numbers < pattern.last)] = np.nan
        found[:, numbers < 0] = np.nan
        return found


def cloud_of(image: Image, features: Features, samples: Samples) -> Cloud:
    """Return the cloud of an image: the same pixels whenever it is made.

    One pixel is drawn of each of `MOST` stretches of equal length, so that no part of the image is
    left out and no pattern in it is followed.
    """
    places = np.flatnonzero(index_of(samples, image.shape) >= 0)
    if len(places) > MOST:
        within = np.random.default_rng(0).random(MOST)
        places = places[((np.arange(MOST) + within) * (len(places) / MOST)).astype(np.intp)]
    return Cloud(image, features, samples, places)
