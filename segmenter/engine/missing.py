"""Values that an image lacks: told apart when it is read, and left out by the user's settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.number_words import counted
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image


class ToldApart(NamedTuple):
    """``pixels``, ``valid`` and ``missing`` as `Image` has them."""

    pixels: NDArray[np.generic]
    valid: NDArray[np.bool_]
    missing: NDArray[np.bool_] | None


def told_apart(
    pixels: NDArray[np.generic],
    lacking: NDArray[np.bool_] | None,
    opaque: NDArray[np.bool_] | None = None,
) -> ToldApart:
    """Tell pixels without any data from those that lack only some of their channels.

    Parameters
    ----------
    pixels
        (rows, columns, channels); what has no value is set to 0 in place.
    lacking
        (rows, columns, channels); True where there is no value. None: nowhere.
    opaque
        (rows, columns); False where the whole pixel has no data. None: nowhere.
    """
    valid = np.ones(pixels.shape[:2], np.bool_) if opaque is None else np.ascontiguousarray(opaque)
    if lacking is None:
        if opaque is not None:
            pixels[~valid] = 0
        return ToldApart(pixels, valid, None)
    valid = valid & ~lacking.all(axis=2)
    nowhere = lacking | ~valid[:, :, None]
    pixels[nowhere] = 0
    missing = np.ascontiguousarray(lacking & valid[:, :, None])
    return ToldApart(pixels, valid, missing if missing.any() else None)


def masked(image: Image, settings: Settings) -> Image:
    """Return the image without the values that the settings call missing, and say how many.

    Raises
    ------
    SegmenterError
        When nothing is left.
    """
    lacking, notes = np.zeros(image.pixels.shape, np.bool_), []
    for called, noun, rest in _called_missing(image, settings):
        where = called & known(image)
        notes.append(f"{counted(int(np.count_nonzero(where)), noun)}{rest} taken as missing.")
        lacking |= where
    if not notes:
        return image
    if image.missing is not None:
        lacking |= image.missing
    told = told_apart(image.pixels.copy(), lacking, image.valid)
    if image.valid.any() and not told.valid.any():
        raise SegmenterError(
            "No value of this image is left: all are the no-data value or saturated. "
            "Change these two settings."
        )
    return replace(image, **told._asdict(), notes=(*image.notes, *notes))


def known(image: Image) -> NDArray[np.bool_]:
    """Return (rows, columns, channels): where a channel has a value."""
    valid = np.broadcast_to(image.valid[:, :, None], image.pixels.shape)
    return valid if image.missing is None else valid & ~image.missing


def complete(image: Image) -> NDArray[np.bool_]:
    """Return (rows, columns): where every channel has a value."""
    return image.valid if image.missing is None else image.valid & ~image.missing.any(axis=2)


def _called_missing(
    image: Image, settings: Settings
) -> Iterator[tuple[NDArray[np.bool_], str, str]]:
    """Yield where a setting calls values missing, what one is called, and what follows that."""
    pixels = image.pixels
    if settings.no_data is not None:
        with np.errstate(over="ignore"):  # no half-precision value is that large
            equal = np.asarray(pixels == settings.no_data)
        yield equal, "value", f" equal to the no-data value {settings.no_data:g}"
    if settings.saturated and pixels.dtype.kind in "ui":
        largest = 2**image.bit_depth - 1
        smallest = -(2**image.bit_depth) if pixels.dtype.kind == "i" else 0
        yield (pixels == smallest) | (pixels == largest), "saturated value", ""
