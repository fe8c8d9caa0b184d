"""Arrays as pages of TIFF files."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import tifffile

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

# Classic TIFF counts bytes with 32 bits; the rest is for its tags.
LARGEST_CLASSIC_TIFF = 2**32 - 2**25


def write_pages(
    file: BinaryIO, pages: Iterable[tuple[str, NDArray[np.float32]]], *, bytes_needed: int
) -> None:
    """Write named (rows, columns) pages; `bytes_needed` is the size of all without compression."""
    with tifffile.TiffWriter(file, bigtiff=bytes_needed > LARGEST_CLASSIC_TIFF) as tiff:
        for name, values in pages:
            page_name = (285, "s", 0, name.replace("\0", " ").encode(errors="replace"), True)
            tiff.write(
                values,
                photometric="minisblack",
                compression="zlib",
                metadata=None,
                software="Segmenter",
                extratags=[page_name],
            )


def write_channels(file: BinaryIO, values: NDArray[np.generic], *, is_colour: bool) -> None:
    """Write (rows, columns, channels) as one page."""
    is_single = values.shape[2] == 1
    with tifffile.TiffWriter(file, bigtiff=values.nbytes > LARGEST_CLASSIC_TIFF) as tiff:
        tiff.write(
            values[:, :, 0] if is_single else values,
            photometric="rgb" if is_colour else "minisblack",
            planarconfig=None if is_single else "contig",
            compression="zlib",
            metadata=None,
            software="Segmenter",
        )
