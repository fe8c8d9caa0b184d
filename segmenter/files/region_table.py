"""The table of regions: one row for every connected part of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.files.atomic import replacing
from segmenter.files.cells import csv_text, inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from segmenter.engine.regions import Regions
    from segmenter.engine.styles import ClassStyle

ROWS_AT_ONCE = 2**14


def region_table(
    regions: Regions, classes: Sequence[ClassStyle], *, number: int | None = None
) -> Iterator[str]:
    """Yield CSV text, in pieces, with a row per region of class `number`, or of all classes.

    Centroids, axes and boxes are in pixels, areas in pixels and, where the size of a pixel is
    known, in square micrometres; angles in degrees from the right, anticlockwise, to the major
    axis; means in the image's units, empty where no pixel has the channel.
    """
    yield csv_text([_header(regions)])
    areas = regions.physical_areas
    numbers = [regions.areas] if areas is None else [regions.areas, areas]
    top, left, bottom, right = regions.boxes.T
    columns = [
        *numbers, *regions.centroids.T, *regions.axes.T, regions.angles, *regions.means.T,
        top, left, bottom - top, right - left,
    ]  # fmt: skip
    places = np.arange(len(regions))
    if number is not None:
        places = np.flatnonzero(regions.classes == number)
    for start in range(0, len(places), ROWS_AT_ONCE):
        taken = places[start : start + ROWS_AT_ONCE]
        of_class = regions.classes[taken].tolist()
        names = [inert(classes[k - 1].name) for k in of_class]
        # What is not a number is empty.
        values = [[_cell(value) for value in column[taken].tolist()] for column in columns]
        yield csv_text(zip((taken + 1).tolist(), of_class, names, *values, strict=True))


def write_regions(
    path: Path,
    regions: Regions,
    classes: Sequence[ClassStyle],
    *,
    number: int,
    source: Path | None = None,
) -> None:
    """Write the table of the regions of one class.

    Parameters
    ----------
    source
        The file of the image, never to be replaced.

    Raises
    ------
    SegmenterError
        When the file cannot be written, or is the image itself.
    """
    with replacing(path, spared=source) as file:
        for text in region_table(regions, classes, number=number):
            file.write(text.encode(errors="backslashreplace"))


def _cell(value: float) -> float | str:
    return value if value == value else ""  # noqa: PLR0124 - false for what is not a number


def _header(regions: Regions) -> list[str]:
    areas = ["area_px"] if regions.pixel_size is None else ["area_px", "area_um2"]
    means = [f"mean_{name.replace(' ', '_')}" for name in regions.channel_names]
    return [
        "region", "class", "name", *areas, "centroid_row", "centroid_column", "major_axis",
        "minor_axis", "angle", *means, "top", "left", "height", "width",
    ]  # fmt: skip
