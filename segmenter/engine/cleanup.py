"""Clean-up: what happens to a label map when a run is over.

Borders are smoothed, then small regions give way, then holes are filled. So a map that is clean
stays as it is, but for its borders. Soft masks know nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.kernels.regions import Parts
    from segmenter.engine.outcome import Result
    from segmenter.engine.settings import Settings


@dataclass(frozen=True, slots=True, eq=False)
class Cleaned:
    """What clean-up has changed.

    Parameters
    ----------
    regions_before, regions_after
        (classes,) int64: how many connected regions each class had, and has.
    pixels_before
        (classes,) int64: how many pixels each class had.
    changed
        How many pixels are of another class than before.
    """

    regions_before: NDArray[np.int64]
    regions_after: NDArray[np.int64]
    pixels_before: NDArray[np.int64]
    changed: int

    def __post_init__(self) -> None:
        for array in (self.regions_before, self.regions_after, self.pixels_before):
            array.flags.writeable = False


def is_cleaned(settings: Settings) -> bool:
    """Whether anything is to be cleaned up."""
    return settings.smallest_region > 1 or settings.fill_holes > 0 or settings.smooth_borders > 0


def cleaning(
    result: Result, settings: Settings, said: NDArray[np.uint8]
) -> Generator[NDArray[np.uint8], None, Result]:
    """Clean the label map of a result as the settings say.

    Parameters
    ----------
    said
        (rows, columns) uint8 class numbers of scribbled pixels, else 0: they keep their class, and
        the regions that they lie in are neither dropped nor filled.

    Yields
    ------
    The label map so far.
    """
    labels = result.labels
    yield labels
    parts = parts_of(labels, said)
    before = _counted(parts, result.class_count)
    if settings.smooth_borders:
        labels = smoothed(labels, settings.smooth_borders, said)
        parts = parts_of(labels, said)
        yield labels
    if settings.smallest_region > 1:
        dropping = without_small_regions(parts, settings.smallest_region)
        labels = yield from _with(labels, dropping)
        parts = parts_of(labels, said)
        yield labels
    if settings.fill_holes:
        labels = without_holes(parts, settings.fill_holes)
        parts = parts_of(labels, said)
    changed = int(np.count_nonzero(labels != result.labels))
    after = _counted(parts, result.class_count)
    cleaned = Cleaned(before, after, result.pixel_counts, changed)
    notes = (*result.notes, described(cleaned))
    return replace(result, labels=labels, settings=settings, cleaned=cleaned, notes=notes)


def described(cleaned: Cleaned) -> str:
    """Say in one sentence what was changed."""
    before, after = int(cleaned.regions_before.sum()), int(cleaned.regions_after.sum())
    regions = "1 region" if before == 1 else f"{before} regions"
    share = f"{cleaned.changed / max(1, int(cleaned.pixels_before.sum())):.1%}"
    if cleaned.changed and share == "0.0%":
        share = "less than 0.1%"
    return f"Clean-up: {regions} became {after}; {share} of the pixels changed class."


def parts_of(labels: NDArray[np.uint8], said: NDArray[np.uint8] | None = None) -> Parts:
    """Return the regions of (rows, columns) labels: parts of one class connected by pixel edges."""
    from skimage.measure import label  # noqa: PLC0415 - costs a start 0.3 s

    from segmenter.engine.kernels.regions import surveyed  # noqa: PLC0415 - compiles

    numbers, count = label(labels, background=0, connectivity=1, return_num=True)  # type: ignore[no-untyped-call]
    held = np.zeros_like(labels) if said is None else said
    return surveyed(labels, numbers.astype(np.int32), count, held)


def without_small_regions(parts: Parts, least: int) -> Generator[None, None, NDArray[np.uint8]]:
    """Return (rows, columns) labels without regions of less than `least` pixels.

    The smallest gives way first, to the class that surrounds it most. A region that only 'no data'
    surrounds stays. Yields now and then.
    """
    from segmenter.engine.kernels.dropping import dropping  # noqa: PLC0415 - compiles
    from segmenter.engine.kernels.merging import given_back  # noqa: PLC0415 - compiles

    classes = yield from dropping(parts, least)
    return given_back(classes, parts.numbers)


def without_holes(parts: Parts, most: int) -> NDArray[np.uint8]:
    """Return (rows, columns) labels whose classes have no holes of up to `most` pixels.

    What touches 'no data' or the edge of the image is no hole.
    """
    from segmenter.engine.kernels import regions  # noqa: PLC0415 - compiles
    from segmenter.engine.kernels.merging import given_back  # noqa: PLC0415 - compiles

    classes = regions.without_holes(parts, most, int(parts.classes.max()))
    return given_back(classes, parts.numbers)


def smoothed(labels: NDArray[np.uint8], radius: int, said: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return labels where every pixel has the class of most pixels with data in a disc around it.

    Of equally frequent classes it is the lowest.
    """
    from segmenter.engine.kernels.majority import most_frequent  # noqa: PLC0415 - compiles

    found = most_frequent(labels, radius)
    np.copyto(found, labels, where=(labels == 0) | (said > 0))
    return found


def _with(
    labels: NDArray[np.uint8], work: Generator[None, None, NDArray[np.uint8]]
) -> Generator[NDArray[np.uint8], None, NDArray[np.uint8]]:
    """Do some work, and tell these labels meanwhile."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: NDArray[np.uint8] = end.value
            return found
        yield labels


def _counted(parts: Parts, class_count: int) -> NDArray[np.int64]:
    return np.bincount(parts.classes[1:], minlength=class_count + 1)[1:].astype(np.int64)
