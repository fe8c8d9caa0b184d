"""What flows through the program: frozen records of read-only arrays.

``pipeline.steps`` says who makes what.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings

BLOCK = 1024  # samples that the kernels take at once
COUNTED = 65_536  # labels that are counted at once


class SegmenterError(Exception):
    """An expected problem, said in one line: what happened, and what to do."""


class Enough(Exception):  # noqa: N818 - no error, but the user's wish
    """Thrown into a run: end here and label with the best mixture so far."""


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
        _freeze(self.pixels, self.valid, self.missing)

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
        _freeze(self.values, self.offset, self.scale, self.noise, self.weight, self.brightness)
        _freeze(self.missing)


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
        _freeze(self.values, self.weights, self.index)

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
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    features: tuple[str, ...] = ()
    classes: NDArray[np.intp] = None  # type: ignore[assignment]  # never None afterwards
    noise: Noise | None = None

    def __post_init__(self) -> None:
        if self.classes is None:
            object.__setattr__(self, "classes", np.arange(len(self.weights)))
        _freeze(self.weights, self.means, self.covariances, self.classes)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def class_count(self) -> int:
        """How many classes there are, the noise class included."""
        return int(self.classes.max(initial=-1)) + 1 + (self.noise is not None)

    @property
    def is_plain(self) -> bool:
        """Whether every component is a class, and every class a component."""
        return self.noise is None and self.class_count == len(self)


class Stage(StrEnum):
    """What a run is doing."""

    PREPARING = "Preparing"
    FEATURES = "Features"
    STARTS = "Starts"
    SHADING = "Shading"
    CHOOSING = "How many"
    FITTING = "EM"
    REFINING = "EM with classes"
    CUTTING = "Cut"
    LABELLING = "Labelling"


class Phase(Enum):
    """Where in its circle EM stands."""

    START = "start"
    """Whence EM sets out, and all that comes before."""
    E_STEP = "E-step"
    """The classes of the pixels follow the mixture."""
    M_STEP = "M-step"
    """The mixture follows the classes of the pixels."""
    LEAP = "leap"
    """The mixture moves on in the direction that the last steps have shown."""
    END = "end"
    """EM goes no further."""


class Stop(Enum):
    """Why EM ended."""

    CONVERGED = "converged"
    LIMIT_REACHED = "iteration limit reached"
    CANCELLED = "stopped by you"


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far a run has come; small enough to send anywhere.

    Parameters
    ----------
    iteration, limit
        The step of this stage, and the most there can be; of EM, the whole iterations that led to
        the mixture.
    log_likelihoods
        Nats per pixel of the start and after every iteration so far; empty before there are any.
        That of the mixture is not known before its E-step.
    mixture
        The newest parameters; None before there are any.
    preview
        (rows, columns) uint8 label map, at most 512 px on a side, of the last E-step or an earlier
        one; None until there is one.
    phase
        What EM has just done; START before it begins.
    """

    stage: Stage
    iteration: int = 0
    limit: int = 0
    log_likelihoods: tuple[float, ...] = ()
    mixture: Mixture | None = None
    preview: NDArray[np.uint8] | None = None
    phase: Phase = Phase.START

    @property
    def log_likelihood(self) -> float | None:
        """Nats per pixel now; None before EM begins."""
        return self.log_likelihoods[-1] if self.log_likelihoods else None


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One number of components that could have been chosen, and what it would look like.

    Parameters
    ----------
    mixture
        In the file's units, ordered by brightness.
    log_likelihood
        Nats per pixel.
    bic, icl
        With the effective number of pixels; the larger, the better.
    labels
        (samples,) uint8: the most probable component of every sample of the plain mixture, from 1.
    index
        (rows, columns) int32 sample of every pixel, -1 for 'no data'; None: every pixel its own.
        The result's index may be another one: there, neighbours and scribbles tell pixels apart.
    """

    mixture: Mixture
    log_likelihood: float
    bic: float
    icl: float
    labels: NDArray[np.uint8]
    index: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        _freeze(self.labels, self.index)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a run found.

    Parameters
    ----------
    labels
        (rows, columns) uint8: the most probable class of every pixel, from 1; 0 is 'no data'.
    responsibilities
        (classes, samples) float32: p(class given sample).
    index
        (rows, columns) int32 sample of every pixel, -1 for 'no data'; None: every pixel its own.
    log_likelihoods
        Nats per pixel of the start and after each EM iteration; never falls.
    notes
        What a user should know about this result, one sentence each.
    strength
        How strongly the pixels of a field hold together, as given or estimated; else None.
    shading
        (rows, columns) float32: by what the light multiplies the image; None where not estimated.
    conflicts
        (rows, columns) bool: scribbled pixels whose values speak for another class; None without
        scribbles.
    candidates
        Every number of components that was tried, from few to many; empty where it was given.
    pixel_counts
        (classes,) int64: how many pixels each class has in the label map.
    """

    labels: NDArray[np.uint8]
    responsibilities: NDArray[np.float32]
    index: NDArray[np.int32] | None
    mixture: Mixture
    settings: Settings
    log_likelihoods: tuple[float, ...]
    stopped: Stop
    notes: tuple[str, ...] = ()
    strength: float | None = None
    shading: NDArray[np.float32] | None = None
    conflicts: NDArray[np.bool_] | None = None
    candidates: tuple[Candidate, ...] = ()
    pixel_counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        # Counted here, where the result is made, so that whoever shows it need not compute.
        # In pieces, because each is copied as 64-bit numbers.
        flat = self.labels.ravel()
        pieces = [flat[i : i + COUNTED] for i in range(0, flat.size, COUNTED)]
        least = self.class_count + 1
        counts = np.sum([np.bincount(piece, minlength=least) for piece in pieces], axis=0)[1:]
        object.__setattr__(self, "pixel_counts", counts)
        _freeze(self.labels, self.responsibilities, self.index, self.pixel_counts)
        _freeze(self.shading, self.conflicts)

    @property
    def class_count(self) -> int:
        """How many classes there are; they are numbered from 1 to this."""
        return len(self.responsibilities)

    @property
    def iterations(self) -> int:
        """How many EM iterations led here."""
        return len(self.log_likelihoods) - 1

    @property
    def memberships(self) -> NDArray[np.float32]:
        """(classes, rows, columns) float32 soft masks; sum 1 where there is data, else 0."""
        return np.stack([self.membership(number) for number in range(1, self.class_count + 1)])

    def membership(self, number: int) -> NDArray[np.float32]:
        """Return the (rows, columns) soft mask of class `number`, counted from 1."""
        return self._on_pixels(self.responsibilities[number - 1])

    def probabilities_at(self, row: int, column: int) -> NDArray[np.float32]:
        """Return (classes,) probabilities of one pixel; all 0 where there is no data."""
        columns = self.labels.shape[1]
        sample = row * columns + column if self.index is None else int(self.index[row, column])
        if sample < 0:
            return np.zeros(self.class_count, np.float32)
        return np.ascontiguousarray(self.responsibilities[:, sample])

    def uncertainty(self) -> NDArray[np.float32]:
        """Return (rows, columns) float32: 0 certain to 1, the entropy divided by log(classes)."""
        return self._on_pixels(uncertainty_of(self.responsibilities))

    def samples_of(self, rows: slice, columns: slice) -> NDArray[np.int32] | NDArray[np.int64]:
        """Return the sample of every pixel of these rows and columns; -1 for 'no data'."""
        if self.index is not None:
            return self.index[rows, columns]
        height, width = self.labels.shape
        row_starts = np.arange(0, height * width, width, dtype=np.int64)[rows]
        samples: NDArray[np.int64] = np.add.outer(row_starts, np.arange(width)[columns])
        return samples

    def _on_pixels(self, per_sample: NDArray[np.float32]) -> NDArray[np.float32]:
        if self.index is None:
            return per_sample.reshape(self.labels.shape).copy()
        # The extra last entry is what index -1 reads: no data.
        return np.append(per_sample, np.float32(0))[self.index]


def uncertainty_of(responsibilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (samples,) the entropy of (classes, samples) divided by log(classes), 0 to 1."""
    classes, samples = responsibilities.shape
    entropy = np.zeros(samples, np.float32)
    if classes == 1:
        return entropy
    for row in responsibilities:
        entropy -= row * np.log(np.maximum(row, np.float32(1e-30)))
    entropy /= np.float32(np.log(classes))
    return np.clip(entropy, 0, 1)


@dataclass(frozen=True, slots=True)
class ClassStyle:
    """How one class is called and shown; the colour is red, green, blue from 0 to 255."""

    name: str
    colour: tuple[int, int, int]
    visible: bool = True


def _freeze(*arrays: NDArray[np.generic] | None) -> None:
    for array in arrays:
        if array is not None:
            array.flags.writeable = False
