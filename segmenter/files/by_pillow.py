"""Decode everything but TIFF, and the few TIFFs that tifffile leaves, by Pillow."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import imagecodecs
import numpy as np
import PIL.Image
import PIL.ImageCms
import PIL.ImageFile

from segmenter.files.decoded import (
    MOST_PIXELS,
    Decoded,
    check_page,
    check_size,
    names_of,
    page_notes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

# Few parsers are exposed to what may come, and none of them starts another program.
FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP", "PPM")
ORIENTATION = 0x112
REDUCED = "Its colours were reduced from 16 bits to 8."
MOST_GIF_PIXELS = 2**25

_SIXTEEN_BIT_MODES = ("I;16", "I;16L", "I;16B", "I;16N")
_PLAIN_MODES = ("L", "LA", "RGB", "RGBA", "I", "F", *_SIXTEEN_BIT_MODES)
_CONVERTED = {"1": "L", "La": "LA", "PA": "RGBA", "RGBa": "RGBA"}

_opening = threading.Lock()


def decode_by_pillow(path: Path, page: int) -> Decoded:
    """Decode one page; Pillow's many exceptions pass through."""
    with path.open("rb") as file, _opened(file) as opened:
        # Counting also matters for turned TIFFs: unless they were sought in, they load scrambled.
        page_count = int(getattr(opened, "n_frames", 1))
        check_page(page, page_count)
        opened.seek(page)
        _check(opened, path.stat().st_size)
        # Loaded once, before anything that would load it in passing: after a failed load,
        # a second one may succeed with an image of zeros.
        is_reduced = opened.format == "PPM" and _is_deep_ppm(opened)
        opened.load()
        pixels = _pixels(opened, path)
        # Loading a TIFF turns it upright and takes its orientation away.
        orientation = opened.getexif().get(ORIENTATION, 1)
    has_alpha = pixels.shape[2] in {2, 4}
    colours = pixels[:, :, :-1] if has_alpha else pixels
    return Decoded(
        pixels=colours,
        channel_names=names_of(colours.shape[2], is_rgb=True),
        bit_depth=8 * pixels.dtype.itemsize,
        alpha=pixels[:, :, -1] if has_alpha else None,
        orientation=orientation if isinstance(orientation, int) else 1,
        page_count=page_count,
        notes=(*page_notes(page, page_count), *((REDUCED,) if is_reduced else ())),
    )


@contextmanager
def _opened(file: BinaryIO) -> Iterator[PIL.ImageFile.ImageFile]:
    """Open by content; Pillow's own limit of pixels gives way to `check_size`.

    Except for GIF, where opening already takes memory for the first frame.
    """
    is_gif = file.read(3) == b"GIF"
    file.seek(0)
    with _opening:
        limit = PIL.Image.MAX_IMAGE_PIXELS
        try:
            PIL.Image.MAX_IMAGE_PIXELS = MOST_GIF_PIXELS if is_gif else MOST_PIXELS
            opened = PIL.Image.open(file, formats=FORMATS)
        finally:
            PIL.Image.MAX_IMAGE_PIXELS = limit
    with opened:
        yield opened


def _check(opened: PIL.Image.Image, file_bytes: int) -> None:
    columns, rows = opened.size
    bytes_per_pixel = 4 if opened.mode in {"I", "F"} else len(opened.getbands())
    check_size(rows, columns, bytes_per_pixel=bytes_per_pixel, file_bytes=file_bytes)


def _pixels(opened: PIL.ImageFile.ImageFile, path: Path) -> NDArray[Any]:
    """Return (rows, columns, channels) with alpha last where there is one."""
    if opened.format == "PNG" and _is_deep_png(path):
        return _three_axes(np.asarray(imagecodecs.png_decode(path.read_bytes())))
    plain = _plain(opened)
    pixels = _three_axes(np.asarray(plain))
    return pixels.astype(np.uint16) if opened.format == "PPM" and plain.mode == "I" else pixels


def _is_deep_png(path: Path) -> bool:
    """Whether a PNG has 16 bits, which Pillow would reduce to 8 where there is colour or alpha."""
    with path.open("rb") as file:
        return file.read(25)[24] == 16


def _is_deep_ppm(opened: PIL.ImageFile.ImageFile) -> bool:
    """Whether the largest value of a PPM, which Pillow scales to 255, is beyond it."""
    arguments = opened.tile[0].args if opened.tile else ()
    return isinstance(arguments, tuple) and any(
        isinstance(value, int) and value > 255 for value in arguments
    )


def _plain(opened: PIL.Image.Image) -> PIL.Image.Image:
    """Convert palettes, single bits and other colour spaces to grey or RGB, with alpha or not."""
    if opened.mode == "LAB":
        profiles = PIL.ImageCms.createProfile("LAB"), PIL.ImageCms.createProfile("sRGB")
        converted = PIL.ImageCms.profileToProfile(opened, *profiles, outputMode="RGB")
        assert converted is not None
        return converted
    if opened.mode in _CONVERTED:
        return opened.convert(_CONVERTED[opened.mode])
    if opened.mode == "P" and not opened.has_transparency_data and _is_grey(opened):
        return opened.convert("L")
    if "transparency" in opened.info and opened.mode in {"L", "RGB", "P"}:
        return opened.convert("LA" if opened.mode == "L" else "RGBA")
    return opened if opened.mode in _PLAIN_MODES else opened.convert("RGB")


def _is_grey(opened: PIL.Image.Image) -> bool:
    """Whether a palette holds only greys."""
    palette = opened.getpalette("RGB") or []
    return palette[0::3] == palette[1::3] == palette[2::3]


def _three_axes(array: NDArray[Any]) -> NDArray[Any]:
    return array[:, :, None] if array.ndim == 2 else array
