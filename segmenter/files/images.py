"""Read images: any of the common formats, with its bit depth, channels and validity kept."""

from __future__ import annotations

import errno
import stat
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from segmenter.engine.missing import told_apart
from segmenter.engine.types import Image, SegmenterError
from segmenter.files.by_pillow import decode_by_pillow
from segmenter.files.by_tifffile import decode_by_tifffile, has_other_colours
from segmenter.files.names import printable
from segmenter.files.refused import RefusedError

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    from segmenter.files.decoded import Decoded

READABLE_SUFFIXES = (
    ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".btf", ".bmp", ".dib",
    ".gif", ".webp", ".pbm", ".pgm", ".ppm", ".pnm",
)  # fmt: skip

_TIFF_BEGINNINGS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SAVE_AGAIN = "Open it in the program that made it and save it again"

_EXPLANATIONS: tuple[tuple[type[Exception], str, str], ...] = (
    (
        PIL.UnidentifiedImageError,
        "it is not an image, or of a format that is not known",
        "Give a PNG, JPEG, TIFF, BMP, GIF, WebP or PPM file",
    ),
    (
        PIL.Image.DecompressionBombError,
        "its header says more pixels than can be handled",
        "Give a smaller image, or cut it into tiles",
    ),
    (MemoryError, "it does not fit into memory", "Close other programs, or give a smaller image"),
    (FileNotFoundError, "there is no such file", "Check the name and the folder"),
    (PermissionError, "reading it is not permitted", "Change its permissions"),
)

# What to do to stored pixels so that they stand upright, by EXIF orientation.
_TURNS = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}


def is_readable_name(path: str | PathLike[str]) -> bool:
    """Whether a file of this name is likely an image; `read_image` itself looks only inside."""
    name = Path(path).name
    return not name.startswith(".") and name.lower().endswith(READABLE_SUFFIXES)


def read_image(path: str | PathLike[str], *, page: int = 0) -> Image:
    """Read one page of an image file, counted from 0.

    The kind of file is told by its content. Orientation is applied. NaN, infinite values and the
    file's own no-data value are missing; pixels of nothing else, and fully transparent ones, become
    'no data'. Whatever cannot be read, for whatever reason, raises one `SegmenterError`.
    """
    path = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _finished(_decoded(path, page), path, page)
    # Decoders raise what they like on hostile files, MemoryError and TypeError among it.
    except Exception as error:
        reason, advice = _explained(error)
        raise SegmenterError(
            f"Cannot read {printable(path.name)}: {printable(reason)}. {advice}."
        ) from error


def _decoded(path: Path, page: int) -> Decoded:
    if not stat.S_ISREG(path.stat().st_mode):
        raise RefusedError("it is not a regular file", "Give an image file")
    with path.open("rb") as file:
        beginning = file.read(4)
    if not beginning:
        raise RefusedError("it is empty", "Get the file again from where it came")
    if beginning in _TIFF_BEGINNINGS:
        return _decoded_tiff(path, page)
    return decode_by_pillow(path, page)


def _decoded_tiff(path: Path, page: int) -> Decoded:
    """Decode by tifffile or by Pillow, whichever suits; by the other what the first cannot."""
    first, second = decode_by_tifffile, decode_by_pillow
    if has_other_colours(path, page):
        first, second = second, first
    try:
        return first(path, page)
    except RefusedError:
        raise
    except Exception:
        with suppress(Exception):
            return second(path, page)
        raise


def _finished(decoded: Decoded, path: Path, page: int) -> Image:
    turn = _TURNS.get(decoded.orientation, np.asarray)
    lacking, alpha = _lacking(decoded), decoded.alpha
    told = told_apart(
        # Copied only where it has to be: a large image is slow to copy.
        np.require(turn(decoded.pixels), requirements=("C_CONTIGUOUS", "WRITEABLE")),
        None if lacking is None else turn(lacking),
        None if alpha is None else turn(alpha > 0),
    )
    return Image(
        **told._asdict(),
        channel_names=decoded.channel_names,
        bit_depth=decoded.bit_depth,
        path=path,
        page=page,
        page_count=decoded.page_count,
        pixel_size=_turned_size(decoded),
        notes=(*decoded.notes, *_alpha_notes(decoded)),
    )


def _lacking(decoded: Decoded) -> NDArray[np.bool_] | None:
    """Return (rows, columns, channels): where a value is not finite or said to be none."""
    if decoded.pixels.dtype.kind != "f":
        return decoded.lacking
    not_finite: NDArray[np.bool_] = ~np.isfinite(decoded.pixels)
    return not_finite if decoded.lacking is None else not_finite | decoded.lacking


def _alpha_notes(decoded: Decoded) -> tuple[str, ...]:
    if decoded.alpha is None or len(np.unique(decoded.alpha)) <= 2:
        return ()
    return ("Half transparent pixels are taken as if they were opaque.",)


def _turned_size(decoded: Decoded) -> tuple[float, float] | None:
    if decoded.pixel_size is None or decoded.orientation not in {5, 6, 7, 8}:
        return decoded.pixel_size
    rows, columns = decoded.pixel_size
    return columns, rows


def _explained(error: Exception) -> tuple[str, str]:
    """Return the reason and the advice for whatever a decoder raised."""
    if isinstance(error, RefusedError):
        return error.reason, error.advice
    for kind, reason, advice in _EXPLANATIONS:
        if isinstance(error, kind):
            return reason, advice
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return "the link leads in a circle", "Give the file itself"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror, "Check the disk or the connection"
    said = " ".join(str(error).split())[:120] or type(error).__name__
    return f"it is damaged, incomplete or unusual ({said})", _SAVE_AGAIN
