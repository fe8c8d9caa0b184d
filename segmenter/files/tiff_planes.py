"""Find the plane of a TIFF that a page number means, and read its stored values."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import tifffile

from segmenter.files.decoded import check_page, check_size
from segmenter.files.refused import RefusedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# It logs what is odd in a file, which would reach the terminal beside our own one line.
logging.getLogger("tifffile").setLevel(logging.CRITICAL)


class Plane(NamedTuple):
    """Stored values (rows, columns, channels), and the page that says what they mean."""

    values: NDArray[Any]
    page: tifffile.TiffPage
    page_count: int
    channels_are_pages: bool


class _Place(NamedTuple):
    """Where a plane lies in a stack."""

    page_count: int
    channels: int
    chosen: tuple[slice | int, ...]
    lead: tuple[int, ...]


def read_plane(tiff: tifffile.TiffFile, page: int) -> Plane:
    """Read page `page`, counted from 0: with all its channels, where they are pages themselves."""
    if (tiff.is_ome or tiff.is_imagej) and tiff.series[0].keyframe.axes in tiff.series[0].axes:
        return _stacked_plane(tiff, tiff.series[0], page)
    page_count = len(tiff.pages)
    check_page(page, page_count)
    chosen = tiff.pages[page].aspage()
    _check(tiff, chosen, channels=1)
    values = _rows_first(chosen.asarray(), chosen.axes)
    return Plane(values, chosen, page_count, channels_are_pages=False)


def _stacked_plane(tiff: tifffile.TiffFile, series: tifffile.TiffPageSeries, page: int) -> Plane:
    """Read one time and depth of a stack: all its channels together."""
    key = series.keyframe
    place = _place(series, key.axes, page)
    _check(tiff, key, channels=place.channels)
    if series.dataoffset is not None:
        # Some writers describe only the first page; the values of the others simply follow.
        mapped = tifffile.memmap(tiff.filehandle.path, series=0, mode="r")
        values = np.array(mapped[place.chosen])
    else:
        numbers = np.arange(len(series.pages)).reshape(place.lead)[place.chosen]
        values = np.stack([_page_values(series, int(number)) for number in np.ravel(numbers)])
    values = values.reshape(place.channels, *key.shape)
    return Plane(
        _rows_first(values, "C" + key.axes),
        key,
        place.page_count,
        channels_are_pages=place.channels > 1,
    )


def _place(series: tifffile.TiffPageSeries, page_axes: str, page: int) -> _Place:
    sizes = dict(zip(series.axes, series.shape, strict=True))
    lead = {axis: size for axis, size in sizes.items() if axis not in page_axes}
    others = {axis: size for axis, size in lead.items() if axis != "C"}
    page_count = int(np.prod(list(others.values()), initial=1))
    check_page(page, page_count)
    steps = np.unravel_index(page, tuple(others.values())) if others else ()
    at = {axis: int(step) for axis, step in zip(others, steps, strict=True)}
    index = tuple(at.get(axis, slice(None)) for axis in lead)
    return _Place(page_count, lead.get("C", 1), index, tuple(lead.values()))


def _page_values(series: tifffile.TiffPageSeries, number: int) -> NDArray[Any]:
    page = series.pages[number]
    if page is None:
        raise RefusedError("a page of its stack is missing", "Write the stack again")
    return page.asarray()


def _rows_first(values: NDArray[Any], axes: str) -> NDArray[Any]:
    """Return (rows, columns, channels), whatever the order of the axes was."""
    moved = np.moveaxis(values, (axes.index("Y"), axes.index("X")), (0, 1))
    return moved.reshape(*moved.shape[:2], -1)


def _check(tiff: tifffile.TiffFile, page: tifffile.TiffPage, *, channels: int) -> None:
    if page.imagedepth > 1:
        raise RefusedError("it is stored as one block of volume", "Save its slices as pages")
    if page.dtype is None:
        raise RefusedError(
            f"its {page.bitspersample} bits per value are of no known kind",
            "Save it with 8 or 16 bits",
        )
    check_size(
        page.imagelength,
        page.imagewidth,
        bytes_per_pixel=page.samplesperpixel * page.dtype.itemsize * channels,
        file_bytes=tiff.filehandle.size,
    )
