"""Decode TIFF by tifffile, which keeps every data type and every band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import tifffile
from tifffile import COMPRESSION, EXTRASAMPLE, PHOTOMETRIC

from segmenter.files.decoded import (
    Decoded,
    check_page,
    names_of,
    page_notes,
)
from segmenter.files.pixel_sizes import pixel_size
from segmenter.files.refused import RefusedError
from segmenter.files.tiff_planes import Plane, read_plane

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ORIENTATION = 274
NO_DATA = 42113
ALPHA_KINDS = (EXTRASAMPLE.ASSOCALPHA, EXTRASAMPLE.UNASSALPHA)
RGB_KINDS = (PHOTOMETRIC.RGB, PHOTOMETRIC.YCBCR)
# tifffile gives these as they are stored; Pillow converts them to RGB.
OTHER_COLOUR_SPACES = (
    PHOTOMETRIC.SEPARATED,
    PHOTOMETRIC.YCBCR,
    PHOTOMETRIC.CIELAB,
    PHOTOMETRIC.ICCLAB,
    PHOTOMETRIC.ITULAB,
)


class _Samples(NamedTuple):
    """Values (rows, columns, channels), and how many bits of them count."""

    values: NDArray[Any]
    bits: int


def decode_by_tifffile(path: Path, page: int) -> Decoded:
    """Decode one page; tifffile's many exceptions pass through."""
    with tifffile.TiffFile(path) as tiff:
        plane = read_plane(tiff, page)
        size = pixel_size(tiff, plane.page)
    if plane.values.dtype.kind not in "buif":
        raise RefusedError(
            f"its values are of type {plane.values.dtype}", "Save it as whole or decimal numbers"
        )
    samples = _in_bright_order(_whole_bytes(plane), plane.page.photometric)
    return _described(samples, plane, page, size)


def has_other_colours(path: Path, page: int) -> bool:
    """Whether a page is stored in a colour space that Pillow should convert."""
    with tifffile.TiffFile(path) as tiff:
        check_page(page, len(tiff.pages))
        chosen = tiff.pages[page].aspage()
        is_converted_jpeg = (
            chosen.photometric == PHOTOMETRIC.YCBCR and chosen.compression == COMPRESSION.JPEG
        )
        return chosen.photometric in OTHER_COLOUR_SPACES and not is_converted_jpeg


def _whole_bytes(plane: Plane) -> _Samples:
    """Spread values of less than 8 bits over 0 to 255; look colours up in their palette."""
    values, bits = plane.values, plane.page.bitspersample
    depth = int(np.max(bits))  # some files tell the bits of each channel
    colours = plane.page.colormap
    if plane.page.photometric == PHOTOMETRIC.PALETTE and colours is not None:
        eight_bits = (colours >> 8 if colours.max() > 255 else colours).astype(np.uint8)
        if (eight_bits == eight_bits[0]).all():
            eight_bits = eight_bits[:1]
        return _Samples(np.moveaxis(eight_bits[:, values[:, :, 0]], 0, -1), 8)
    if values.dtype == np.bool_:
        return _Samples(values * np.uint8(255), 8)
    if values.dtype == np.uint8 and depth < 8:
        return _Samples((values.astype(np.uint16) * 255 // (2**depth - 1)).astype(np.uint8), 8)
    if values.dtype == np.float16:
        return _Samples(values.astype(np.float32), 32)
    native = values.astype(values.dtype.newbyteorder("="), copy=False)
    return _Samples(native, depth - 1 if values.dtype.kind == "i" else depth)


def _in_bright_order(samples: _Samples, photometric: int) -> _Samples:
    """Turn whole numbers that count from white to black."""
    values, bits = samples
    if photometric == PHOTOMETRIC.MINISWHITE and values.dtype.kind == "u":
        return _Samples(values.dtype.type(2**bits - 1) - values, bits)
    return samples


def _described(
    samples: _Samples, plane: Plane, page: int, size: tuple[float, float] | None
) -> Decoded:
    values, tags = samples.values, plane.page.tags
    kinds = () if plane.channels_are_pages else plane.page.extrasamples
    own = values.shape[2] - len(kinds)
    is_palette = plane.page.photometric == PHOTOMETRIC.PALETTE
    is_rgb = own == 3 and (is_palette or plane.page.photometric in RGB_KINDS)
    alpha_at = next((own + k for k, kind in enumerate(kinds) if kind in ALPHA_KINDS), None)
    alpha = None if alpha_at is None else values[:, :, alpha_at]
    colours = values if alpha_at is None else np.delete(values, alpha_at, axis=2)
    if alpha is not None and EXTRASAMPLE.ASSOCALPHA in kinds:
        colours = _undimmed(colours, alpha, 2**samples.bits - 1)
    orientation = tags.valueof(ORIENTATION, default=1)
    return Decoded(
        pixels=colours,
        channel_names=names_of(colours.shape[2], is_rgb=is_rgb),
        bit_depth=samples.bits,
        alpha=alpha,
        lacking=_lacking(plane, colours.shape, alpha_at),
        orientation=orientation if isinstance(orientation, int) else 1,
        page_count=plane.page_count,
        pixel_size=size,
        notes=page_notes(page, plane.page_count),
    )


def _lacking(
    plane: Plane, shape: tuple[int, ...], alpha_at: int | None
) -> NDArray[np.bool_] | None:
    """Return (rows, columns, channels): where the file has the value that it says is none.

    Looked for in what is stored, before palettes and white counted from 0 change it. The tag is
    read here because tifffile takes for 0 what the type of the values cannot hold.
    """
    try:
        no_data = float(plane.page.tags.valueof(NO_DATA))
    except (TypeError, ValueError):
        return None  # no such tag, or no number in it
    with np.errstate(over="ignore"):  # a value beyond the type is nowhere
        lacking = np.asarray(plane.values == no_data)
    if alpha_at is not None:
        lacking = np.delete(lacking, alpha_at, axis=2)
    return np.broadcast_to(lacking, shape)


def _undimmed(colours: NDArray[Any], alpha: NDArray[Any], white: int) -> NDArray[Any]:
    """Undo the multiplication of whole-numbered colours by their alpha."""
    if colours.dtype.kind != "u":
        return colours
    opacity = np.maximum(alpha, 1).astype(np.float64)[:, :, None] / white
    undimmed: NDArray[Any] = np.minimum(np.rint(colours / opacity), white)
    return undimmed.astype(colours.dtype)
