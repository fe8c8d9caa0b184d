"""What comes out of a run: its progress, its result, and how it ends.

Frozen records of read-only arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.areas import areas_of
from segmenter.engine.types import SegmenterError, freeze

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.areas import Areas
    from segmenter.engine.cleanup import Cleaned
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image, Mixture

COUNTED = 65_536  # labels that are counted at once


class Enough(Exception):  # noqa: N818 - no error, but the user's wish
    """Thrown into a run: end here and label with the best mixture so far."""


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
    CLEANING = "Clean-up"


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


class Watch(Enum):
    """How a run is looked at: sent into it in place of `next`."""

    STEPS = "every step"
    BESIDE = "every step, and k-means beside it"


class Stop(Enum):
    """Why EM ended."""

    CONVERGED = "converged"
    LIMIT_REACHED = "iteration limit reached"
    CANCELLED = "stopped by you"


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """How far k-means has come that goes beside EM, from the same means on the same samples.

    Parameters
    ----------
    phase
        What it has just done: E_STEP, every pixel has gone to the nearest centre; M_STEP, every
        centre has moved to the mean of its pixels; END, it rests; START before it begins.
    iteration
        How many times the centres have moved.
    centres
        (K, features) float64, in the file's units.
    features
        The names of the features.
    classes
        (K,) the class of every centre, from 0.
    costs
        Squared distances per pixel, in scaled units, after every half step; never rise.
    preview
        (rows, columns) uint8 label map as that of the progress; None before there is one.
    is_behind
        Whether it has not come as far as EM yet; a run shows the same step again until it has.
    """

    phase: Phase
    iteration: int
    centres: NDArray[np.float64]
    features: tuple[str, ...]
    classes: NDArray[np.intp]
    costs: tuple[float, ...] = ()
    preview: NDArray[np.uint8] | None = None
    is_behind: bool = False

    def __post_init__(self) -> None:
        freeze(self.centres, self.classes, self.preview)


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
    beside
        How far k-means has come meanwhile; None unless someone looks at that, too.
    """

    stage: Stage
    iteration: int = 0
    limit: int = 0
    log_likelihoods: tuple[float, ...] = ()
    mixture: Mixture | None = None
    preview: NDArray[np.uint8] | None = None
    phase: Phase = Phase.START
    beside: Clusters | None = None

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
        freeze(self.labels, self.index)


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
    cleaned
        What clean-up has changed in the label map; None unless it was asked for.
    pixel_counts
        (classes,) int64: how many pixels each class has in the label map.
    areas
        How many pixels each class is expected to have by the soft masks, and how sure that is.
    light_range
        The least and the most of `shading` where there is data; (1, 1) where not estimated.
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
    cleaned: Cleaned | None = None
    pixel_counts: NDArray[np.int64] = field(init=False)
    areas: Areas = field(init=False)
    light_range: tuple[float, float] = field(init=False)

    def __post_init__(self) -> None:
        # Counted here, where the result is made, so that whoever shows it need not compute.
        # In pieces, because each is copied as 64-bit numbers.
        flat = self.labels.ravel()
        pieces = [flat[i : i + COUNTED] for i in range(0, flat.size, COUNTED)]
        least = self.class_count + 1
        counts = np.sum([np.bincount(piece, minlength=least) for piece in pieces], axis=0)[1:]
        object.__setattr__(self, "pixel_counts", counts)
        object.__setattr__(self, "areas", areas_of(self.responsibilities, self.index))
        object.__setattr__(self, "light_range", _range_of(self.shading, self.labels > 0))
        freeze(self.labels, self.responsibilities, self.index, self.pixel_counts, *self.areas)
        freeze(self.shading, self.conflicts)

    def check_image(self, image: Image) -> None:
        """Raise a `SegmenterError` if this cannot be the result of `image`, for its size."""
        if self.labels.shape != image.shape:
            raise SegmenterError("The result is not of this image. Run again on the image.")

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


def _range_of(light: NDArray[np.float32] | None, valid: NDArray[np.bool_]) -> tuple[float, float]:
    if light is None or not valid.any():
        return 1.0, 1.0
    low, high = light.min(where=valid, initial=np.inf), light.max(where=valid, initial=-np.inf)
    return float(low), float(high)


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
