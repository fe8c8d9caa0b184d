"""Regions: every connected part of every class, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.cleanup import parts_of
from segmenter.engine.driven import last_of
from segmenter.engine.missing import known, masked

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Image

MOST_LISTED = 10_000
STRIP = 256  # rows whose values are converted at once


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The regions of a label map, numbered from 1 in the order of their first pixels.

    In all but `numbers`, entry ``number - 1`` is that of a region.

    Parameters
    ----------
    labels
        (rows, columns) the label map that they are of.
    numbers
        (rows, columns) int32 region of every pixel; 0 is 'no data'.
    classes, areas
        (regions,) uint8 class from 1; int64 pixels.
    centroids
        (regions, 2) float64 mean row and column.
    axes
        (regions, 2) float64 lengths, in pixels, of the longer and the shorter axis of the ellipse
        with the same second moments.
    angles
        (regions,) float64 degrees from the columns' direction, to the right, anticlockwise to the
        longer axis; above -90 to 90.
    means
        (regions, channels) float64 in the image's units; not a number where no pixel has a value.
    boxes
        (regions, 4) int32 first row and column, and those after the last.
    counts
        (classes,) int64 how many regions each class has.
    largest
        For each class the places of its largest regions, the largest first.
    channel_names, pixel_size
        As the image has them.
    """

    labels: NDArray[np.uint8]
    numbers: NDArray[np.int32]
    classes: NDArray[np.uint8]
    areas: NDArray[np.int64]
    centroids: NDArray[np.float64]
    axes: NDArray[np.float64]
    angles: NDArray[np.float64]
    means: NDArray[np.float64]
    boxes: NDArray[np.int32]
    counts: NDArray[np.int64]
    largest: tuple[NDArray[np.intp], ...]
    channel_names: tuple[str, ...]
    pixel_size: tuple[float, float] | None

    def __post_init__(self) -> None:
        arrays: tuple[NDArray[np.generic], ...] = (
            self.labels, self.numbers, self.classes, self.areas, self.centroids, self.axes,
            self.angles, self.means, self.boxes, self.counts, *self.largest,
        )  # fmt: skip
        for array in arrays:
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.areas)

    @property
    def physical_areas(self) -> NDArray[np.float64] | None:
        """(regions,) square micrometres, where the size of a pixel is known."""
        if self.pixel_size is None:
            return None
        return np.multiply(self.areas, self.pixel_size[0] * self.pixel_size[1], dtype=np.float64)


def regions_of(image: Image, result: Result, *, most: int = MOST_LISTED) -> Regions:
    """Return what `measuring` finds."""
    return last_of(measuring(image, result, most=most))


def measuring(
    image: Image, result: Result, *, most: int = MOST_LISTED
) -> Generator[None, None, Regions]:
    """Find and measure the regions of a result's label map, of parts connected by pixel edges.

    To cancel, stop asking.

    Parameters
    ----------
    most
        How many of the largest regions of each class are put in order.
    """
    from segmenter.engine.kernels.measuring import moments_and_boxes  # noqa: PLC0415 - compiles

    parts = parts_of(result.labels)
    yield
    sums, boxes = moments_and_boxes(parts.numbers, parts.first)
    yield
    means = yield from _means(image, result, parts.numbers, len(parts.areas))
    areas = parts.areas[1:]
    offsets = sums[1:, :2] / areas[:, None]
    seconds = sums[1:, 2:] / areas[:, None]
    of_rows = seconds[:, 0] - offsets[:, 0] ** 2
    of_columns = seconds[:, 1] - offsets[:, 1] ** 2
    mixed = seconds[:, 2] - offsets[:, 0] * offsets[:, 1]
    first = np.stack(np.divmod(parts.first[1:], result.labels.shape[1]), axis=1)
    axes, angles = _ellipses(of_rows, of_columns, mixed)
    return Regions(
        result.labels,
        parts.numbers,
        parts.classes[1:],
        areas,
        first + offsets,
        axes,
        angles,
        means[1:],
        boxes[1:],
        np.bincount(parts.classes[1:], minlength=result.class_count + 1)[1:].astype(np.int64),
        tuple(
            _largest(parts.classes[1:] == number, areas, most)
            for number in range(1, result.class_count + 1)
        ),
        image.channel_names,
        image.pixel_size,
    )


def _largest(of_class: NDArray[np.bool_], areas: NDArray[np.int64], most: int) -> NDArray[np.intp]:
    places = np.flatnonzero(of_class)
    if len(places) > most:
        places = np.sort(places[np.argpartition(-areas[places], most)[:most]])
    return places[np.argsort(-areas[places], kind="stable")]


def _ellipses(
    of_rows: NDArray[np.float64], of_columns: NDArray[np.float64], mixed: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return axes and angles of ellipses with these variances of rows and columns."""
    middle, half = (of_rows + of_columns) / 2, np.hypot((of_columns - of_rows) / 2, mixed)
    variances = np.stack([middle + half, middle - half], axis=1)
    axes = 4 * np.sqrt(np.maximum(variances, 0))
    # Rows count downwards, so what goes down to the right has a negative angle.
    angles = np.degrees(np.arctan2(-2 * mixed, of_columns - of_rows)) / 2
    return axes, np.where(angles <= -90, 90.0, angles)


def _means(
    image: Image, result: Result, numbers: NDArray[np.int32], count: int
) -> Generator[None, None, NDArray[np.float64]]:
    """Return (regions + 1, channels) means of the values that are known."""
    from segmenter.engine.kernels.measuring import add_values  # noqa: PLC0415 - compiles

    there = known(masked(image, result.settings))
    channels = image.pixels.shape[2]
    means = np.empty((count, channels))
    for k in range(channels):
        sums, counts = np.zeros(count), np.zeros(count, np.int64)
        for start in range(0, len(numbers), STRIP):
            strip = slice(start, start + STRIP)
            values = np.ascontiguousarray(image.pixels[strip, :, k], np.float64)
            is_there = np.ascontiguousarray(there[strip, :, k])
            add_values(np.ascontiguousarray(numbers[strip]), values, is_there, sums, counts)
            yield
        with np.errstate(invalid="ignore"):
            means[:, k] = sums / counts
    return means
