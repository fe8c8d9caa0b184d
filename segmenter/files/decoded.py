"""What a decoder hands over, and what is refused before anything is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmenter.files.memory import available_bytes
from segmenter.files.refused import RefusedError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_PIXELS = 2**30
# Beyond this size, a file that expands so much was made to fill the memory: real images do not.
SUSPICIOUS_BYTES = 2**26
SUSPICIOUS_EXPANSION = 500
# What is decoded, the decoder's own copies, and the upright one that is kept.
COPIES = 4

RGB = ("red", "green", "blue")
GREY = ("grey",)


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """One page as its decoder gives it.

    Parameters
    ----------
    pixels
        (rows, columns, channels), without alpha.
    channel_names, bit_depth, page_count, pixel_size, notes
        As in `Image`.
    alpha
        (rows, columns); 0 is fully transparent. None where the file has none.
    lacking
        (rows, columns, channels); True where the file says that a channel has no value. None where
        it says nothing.
    orientation
        EXIF orientation that is still to be applied; 1 is upright.
    """

    pixels: NDArray[Any]
    channel_names: tuple[str, ...]
    bit_depth: int
    alpha: NDArray[Any] | None = None
    lacking: NDArray[np.bool_] | None = None
    orientation: int = 1
    page_count: int = 1
    pixel_size: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()


def check_size(rows: int, columns: int, *, bytes_per_pixel: float, file_bytes: int) -> None:
    """Refuse, from the header alone, an image that would fill the memory."""
    pixels = rows * columns
    size = f"its header says {columns} x {rows} pixels"
    if pixels == 0:
        raise RefusedError(f"{size}", "There is nothing in it to segment")
    if pixels > MOST_PIXELS:
        raise RefusedError(
            f"{size}, more than the {MOST_PIXELS / 1e6:.0f} million that can be handled",
            "Give a smaller image, or cut it into tiles",
        )
    needed = pixels * bytes_per_pixel
    if needed > SUSPICIOUS_BYTES and needed > SUSPICIOUS_EXPANSION * file_bytes:
        raise RefusedError(
            f"{size}, far too many for a file of {file_bytes} bytes",
            "If the image is genuine, save it again without compression",
        )
    needed *= COPIES
    available = available_bytes()
    if available is not None and needed > available:
        raise RefusedError(
            f"{size}, which need about {needed / 1e9:.1f} GB of memory, and "
            f"{available / 1e9:.1f} GB are free",
            "Close other programs, or give a smaller image",
        )


def check_page(page: int, page_count: int) -> None:
    """Refuse a page that the file does not have."""
    if not 0 <= page < page_count:
        pages = "1 page" if page_count == 1 else f"{page_count} pages"
        raise RefusedError(
            f"there is no page {page}", f"It has {pages}, counted from 0; choose one of them"
        )


def page_notes(page: int, page_count: int) -> tuple[str, ...]:
    """Say which page is read, where there is a choice."""
    return (f"Page {page + 1} of {page_count} is read.",) if page_count > 1 else ()


def names_of(channels: int, *, is_rgb: bool) -> tuple[str, ...]:
    """Return the channel names: grey; red, green, blue and more; or only numbers."""
    if channels == 1:
        return GREY
    first = RGB if is_rgb else ()
    return (*first, *(f"channel {k + 1}" for k in range(len(first), channels)))
