"""Decode TIFF by tifffile, which keeps every data type and every band."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import tifffile
from tifffile import EXTRASAMPLE, PHOTOMETRIC

from segmenter.files.decoded import (
    Decoded,
    RefusedError,
    check_page,
    check_size,
    names_of,
    page_notes,
)
from segmenter.files.pixel_sizes import pixel_size

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

# It reports what is odd in a file by logging, which would reach the terminal.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

ORIENTATION = 274
NO_DATA = 42113
ALPHA_KINDS = (EXTRASAMPLE.ASSOCALPHA, EXTRASAMPLE.UNASSALPHA)
# Whatever else a file may hold is either converted by Pillow or only numbers to us.
CONVERTED_BY_PILLOW = (
    PHOTOMETRIC.SEPARATED,
    PHOTOMETRIC.YCBCR,
    PHOTOMETRIC.CIELAB,
    PHOTOMETRIC.ICCLAB,
    PHOTOMETRIC.ITULAB,
)


class _Plane(NamedTuple):
    """Values with the axes Y, X and S in any order, and the page that says what they mean."""

    values: NDArray[np.generic]
    axes: str
    page: tifffile.TiffPage
    page_count: int


class _Samples(NamedTuple):
    """Values (rows, columns, channels), and how many bits of them count."""

    values: NDArray[np.generic]
    bits: int


def decode_by_tifffile(path: Path, page: int) -> Decoded:
    """Decode one page; tifffile's many exceptions pass through."""
    with tifffile.TiffFile(path) as tiff:
        plane = _stacked_plane(tiff, page) if _is_stack(tiff) else _plane(tiff, page)
        size = pixel_size(tiff, plane.page)
    if plane.values.dtype.kind not in "biuf":
        raise RefusedError(
            f"its values are of type {plane.values.dtype}", "Save it as whole or decimal numbers"
        )
    rows_first = np.moveaxis(
        plane.values, [plane.axes.index(axis) for axis in "YX"], [0, 1]
    ).reshape(*(plane.values.shape[plane.axes.index(axis)] for axis in "YX"), -1)
    samples = _full_bytes(rows_first, plane.page.bitspersample)
    samples = _upright_brightness(samples, plane.page.photometric)
    return _described(samples, plane, page, size)


def _is_stack(tiff: tifffile.TiffFile) -> bool:
    """Whether the file says which of its pages are channels of one another."""
    return bool((tiff.is_ome or tiff.is_imagej) and "Y" in tiff.series[0].axes)


def _plane(tiff: tifffile.TiffFile, page: int) -> _Plane:
    page_count = len(tiff.pages)
    check_page(page, page_count)
    chosen = tiff.pages[page].aspage()
    _check(tiff, chosen, channels=1)
    return _Plane(chosen.asarray(), chosen.axes, chosen, page_count)


def _stacked_plane(tiff: tifffile.TiffFile, page: int) -> _Plane:
    """Read one time and depth of a stack: all its channels together."""
    series = tiff.series[0]
    key = series.keyframe
    lead = dict(zip(series.axes, series.shape, strict=True))
    for axis in key.axes:
        lead.pop(axis, None)
    others = [axis for axis in lead if axis != "C"]
    page_count = int(np.prod([lead[axis] for axis in others], initial=1))
    check_page(page, page_count)
    channels = lead.get("C", 1)
    _check(tiff, key, channels=channels)
    place = dict(zip(others, np.unravel_index(page, [lead[axis] for axis in others]), strict=True))
    index = tuple(place.get(axis, slice(None)) for axis in lead)
    if series.dataoffset is not None:
        # Some writers describe only the first page; the values of the others simply follow.
        mapped = tiff.filehandle.memmap_array(
            key.parent.byteorder + key.dtype.char, series.shape, series.dataoffset
        )
        values = np.array(mapped[index])
    else:
        numbers = np.arange(len(series.pages)).reshape(tuple(lead.values()))[index]
        values = np.stack([series.pages[int(k)].asarray() for k in np.ravel(numbers)])
    if channels == 1:
        return _Plane(values.reshape(key.shape), key.axes, key, page_count)
    return _Plane(values.reshape(channels, *key.shape), "C" + key.axes, key, page_count)


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


def _full_bytes(values: NDArray[np.generic], bits: int | tuple[int, ...]) -> _Samples:
    """Spread values of less than 8 bits over 0 to 255, and widen the types too small to compute."""
    depth = max(bits) if isinstance(bits, tuple) else bits
    kind = values.dtype
    if kind == np.bool_:
        return _Samples(values.astype(np.uint8) * np.uint8(255), 8)
    if kind == np.uint8 and depth < 8:
        white = 2**depth - 1
        return _Samples((values.astype(np.uint16) * 255 // white).astype(np.uint8), 8)
    if kind.kind == "i":
        return _Samples(values.astype(kind.newbyteorder("=")), depth - 1)
    if kind == np.float16:
        return _Samples(values.astype(np.float32), 32)
    return _Samples(values.astype(kind.newbyteorder("=")), depth)


def _upright_brightness(samples: _Samples, photometric: int) -> _Samples:
    """Turn values that count from white to black."""
    values, bits = samples
    if photometric == PHOTOMETRIC.MINISWHITE and values.dtype.kind == "u":
        return _Samples(values.dtype.type(2**bits - 1) - values, bits)
    return samples


def _described(
    samples: _Samples, plane: _Plane, page: int, size: tuple[float, float] | None
) -> Decoded:
    values, tags = samples.values, plane.page.tags
    kinds = list(plane.page.extrasamples) if "C" not in plane.axes else []
    first_extra = values.shape[2] - len(kinds)
    alpha_at = next((first_extra + k for k, kind in enumerate(kinds) if kind in ALPHA_KINDS), None)
    colours = values if alpha_at is None else np.delete(values, alpha_at, axis=2)
    is_rgb = plane.page.photometric in {PHOTOMETRIC.RGB, PHOTOMETRIC.YCBCR} and first_extra == 3
    orientation = tags.valueof(ORIENTATION, default=1)
    return Decoded(
        pixels=colours,
        channel_names=names_of(colours.shape[2], is_rgb=is_rgb),
        bit_depth=samples.bits,
        alpha=None if alpha_at is None else values[:, :, alpha_at],
        no_data=float(plane.page.nodata) if NO_DATA in tags else None,
        orientation=orientation if isinstance(orientation, int) else 1,
        page_count=plane.page_count,
        pixel_size=size,
        notes=page_notes(page, plane.page_count),
    )
