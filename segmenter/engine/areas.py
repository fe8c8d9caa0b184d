r"""How many pixels each class has, as far as is known.

Every pixel is of class c with its own probability p, so the area of c is a sum of coin tosses: it
is expected to be :math:`\sum p` (1), with the standard deviation :math:`\sqrt{\sum p (1 - p)}` (2)
if pixels err independently. Neighbours rather err together, so the true one is larger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Image

PIECE = 65_536  # samples or pixels that are looked at at once


class Areas(NamedTuple):
    """The (classes,) areas that are expected and their standard deviations, in pixels."""

    expected: NDArray[np.float64]
    spread: NDArray[np.float64]


def areas_of(
    responsibilities: NDArray[np.float32], index: NDArray[np.int32] | None = None
) -> Areas:
    """Return the areas of the classes, in pieces: never much beside what is there.

    Parameters
    ----------
    responsibilities
        (classes, samples) p(class given sample), 0 where there is no data.
    index
        (rows, columns) sample of every pixel, -1 for 'no data'; None: every pixel its own.
    """
    classes, samples = responsibilities.shape
    counts = None if index is None else _counts(index, samples)
    expected, squared = np.zeros(classes), np.zeros(classes)
    for first in range(0, samples, PIECE):
        piece = slice(first, first + PIECE)
        likely = responsibilities[:, piece].astype(np.float64)
        doubtful = likely * (1 - likely)
        if counts is not None:
            likely *= counts[piece]
            doubtful *= counts[piece]
        expected += likely.sum(axis=1)  # (1)
        squared += doubtful.sum(axis=1)  # (2)
    return Areas(expected, np.sqrt(np.maximum(squared, 0)))


def square_micrometres(image: Image) -> float | None:
    """Return the area of a pixel in µm²; None where the file does not tell it."""
    return None if image.pixel_size is None else image.pixel_size[0] * image.pixel_size[1]


def _counts(index: NDArray[np.int32], samples: int) -> NDArray[np.int64]:
    """Return (samples,) how many pixels show each sample."""
    flat = index.ravel()
    counts = np.zeros(samples + 1, np.int64)
    # Counting copies what it counts as 64-bit numbers, and returns as many counts as samples.
    step = max(PIECE, samples)
    for first in range(0, flat.size, step):
        counts += np.bincount(flat[first : first + step] + 1, minlength=samples + 1)
    return counts[1:]
