"""What goes into a run and what it fits: frozen records of read-only arrays.

``pipeline.steps`` says who makes what; what comes out of a run is in ``outcome``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK = 1024  # samples that the kernels take at once
UNKNOWN = 255  # a class number where there are specks and nothing else


class SegmenterError(Exception):
    """An expected problem, said in one line: what happened, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """Pixels with a known bit depth, channels and validity.

    Parameters
    ----------
    pixels
        (rows, columns, channels), in the file's own dtype.
    valid
        (rows, columns); False is 'no data': no channel has a value, or fully transparent.
    channel_names
        One name per channel; ``("red", "green", "blue")`` makes a colour image.
    bit_depth
        Bits that carry the values: 8, 16, … ; 32 or 64 for float.
    path, page, page_count
        Where the image came from; a file may hold several pages.
    pixel_size
        Physical (row, column) size of a pixel in micrometres, where the file tells it.
    notes
        What the reader decided that a user may want to know, one sentence each.
    missing
        (rows, columns, channels); True where one channel of a valid pixel has no value, which is
        0 in ``pixels``. None when every valid pixel has all its channels.
    """

    pixels: NDArray[np.generic]
    valid: NDArray[np.bool_]
    channel_names: tuple[str, ...]
    bit_depth: int
    path: Path | None = None
    page: int = 0
    page_count: int = 1
    pixel_size: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    missing: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        freeze(self.pixels, self.valid, self.missing)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.valid.shape[0], self.valid.shape[1]

    @property
    def is_colour(self) -> bool:
        """Whether the channels are red, green and blue."""
        return self.channel_names == ("red", "green", "blue")


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Numbers per pixel that the mixture sees, centred and scaled.

    Parameters
    ----------
    values
        (features, pixels) float32, C-order: (in the file's units - offset) / scale.
    names
        One name per feature.
    offset, scale
        (features,) float64: the affine map back to the file's units.
    noise
        (features,) float64: variance of the rounding to the file's steps, in scaled units.
    weight
        (features,) float64: the power to which each feature counts in the density; 1 is plain.
    brightness
        (features,) float64: how much each feature says about brightness; orders the classes.
    missing
        (features, pixels); True where a feature has no value, which is 0 in `values`. None when
        every valid pixel has all its features.
    """

    values: NDArray[np.float32]
    names: tuple[str, ...]
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    noise: NDArray[np.float64]
    weight: NDArray[np.float64]
    brightness: NDArray[np.float64]
    missing: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        freeze(self.values, self.offset, self.scale, self.noise, self.weight, self.brightness)
        freeze(self.missing)


class Pattern(NamedTuple):
    """Samples from `first` to before `last`, of which only the `observed` features are known.

    ``observed`` (features,) bool, True at least once.
    """

    observed: NDArray[np.bool_]
    first: int
    last: int


@dataclass(frozen=True, eq=False)  # no slots: what is computed once is kept
class Samples:
    """Feature vectors with weights; many equal pixels may be one sample.

    Parameters
    ----------
    values
        (features, samples) float32, C-order.
    weights
        (samples,) float32: how many pixels each sample stands for.
    index
        (rows, columns) int32: the sample of every pixel, -1 for 'no data'.
        None when every pixel is its own sample, in row order.
    patterns
        Which features are known, where not all samples have all; the ranges of the patterns follow
        each other. Values that are not known are 0. Empty where all are known.
    """

    values: NDArray[np.float32]
    weights: NDArray[np.float32]
    index: NDArray[np.int32] | None = None
    patterns: tuple[Pattern, ...] = ()

    def __post_init__(self) -> None:
        freeze(self.values, self.weights, self.index)

    @cached_property
    def total(self) -> float:
        """The number of pixels that all samples stand for."""
        return float(self.weights.sum(dtype=np.float64))

    @cached_property
    def boxes(self) -> NDArray[np.float32]:
        """(2, blocks, features) the smallest and largest values of every `BLOCK` samples."""
        starts = np.arange(0, self.values.shape[1], BLOCK)
        lows = np.minimum.reduceat(self.values, starts, axis=1)
        highs = np.maximum.reduceat(self.values, starts, axis=1)
        return np.ascontiguousarray(np.stack([lows.T, highs.T]))

    @cached_property
    def parts(self) -> tuple[Samples, ...]:
        """The samples of every pattern, with their known features only; no index."""
        return tuple(
            Samples(
                np.ascontiguousarray(self.values[observed, first:last]), self.weights[first:last]
            )
            for observed, first, last in self.patterns
        )


class Noise(NamedTuple):
    """A class that is equally likely everywhere: its share of all pixels, and its density."""

    share: float
    density: float


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """The fitted parameters, in the file's units.

    Parameters
    ----------
    weights
        (K,) float64, sums to 1.
    means
        (K, D) float64.
    covariances
        (K, D, D) float64, whatever the covariance type.
    features
        The D names of the features.
    classes
        (K,) the class of every component, from 0 without gaps; given None, each is its own.
    noise
        The noise class, which comes after the others; the weights are those of the rest.
    frozen
        (K,) bool: components whose means and covariances EM leaves as they are; None: no one's.
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    features: tuple[str, ...] = ()
    classes: NDArray[np.intp] = None  # type: ignore[assignment]  # never None afterwards
    noise: Noise | None = None
    frozen: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.classes is None:
            object.__setattr__(self, "classes", np.arange(len(self.weights)))
        freeze(self.weights, self.means, self.covariances, self.classes, self.frozen)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def class_count(self) -> int:
        """How many classes there are, the noise class included."""
        return int(self.classes.max(initial=-1)) + 1 + (self.noise is not None)

    @property
    def shares(self) -> NDArray[np.float64]:
        """(classes,) float64, sum to 1; the noise class, if there is one, is the last."""
        shares: NDArray[np.float64] = np.bincount(self.classes, self.weights).astype(np.float64)
        if self.noise is None:
            return shares
        return np.append(shares * (1 - self.noise.share), self.noise.share)

    def taken(self, places: NDArray[np.generic]) -> Mixture:
        """Return the components at these places, or where `places` is True, as they are.

        Classes of which no component is left go; those after them move up.
        """
        return replace(
            self,
            weights=self.weights[places],
            means=self.means[places],
            covariances=self.covariances[places],
            classes=np.unique(self.classes[places], return_inverse=True)[1],
            frozen=None if self.frozen is None else self.frozen[places],
        )

    @property
    def noise_number(self) -> int:
        """The number of the noise class, which is the last; 0 where there is none."""
        return 0 if self.noise is None else self.class_count

    @property
    def is_plain(self) -> bool:
        """Whether every component is a class, and every class a component."""
        return self.noise is None and self.class_count == len(self)


def freeze(*arrays: NDArray[np.generic] | None) -> None:
    """Make arrays read-only."""
    for array in arrays:
        if array is not None:
            array.flags.writeable = False
