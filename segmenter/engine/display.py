"""An image for the eye: 8 bits, in grey or three colours. The data stays untouched."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from segmenter.engine.missing import known

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Image

DISPLAY_PERCENTILES = (0.5, 99.5)
LOOKED_AT = 1_000_000
"""Pixels whose values decide on the stretch: the eye cannot tell, and it stays quick."""
NO_DATA_GREY = 128
MOST_LISTED = 2  # bytes of an unsigned value, every one of which is worth a place in a table


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """How the values of an image become 8 bits, the same way for any part of it.

    Parameters
    ----------
    low, gain
        The value that is black, and 8-bit steps for each step of the values.
    table
        What every value becomes, where a value has at most 16 bits; else None.
    """

    low: float
    gain: float
    table: NDArray[np.uint8] | None = None

    def of(self, image: Image) -> NDArray[np.uint8]:
        """Return (rows, columns, 1 or 3) uint8 for an image or a part of it.

        One channel is shown grey, two as red and green, more than three by the first three.
        'No data' is mid grey.
        """
        shown = self._shown(image)
        shown[~image.valid] = NO_DATA_GREY
        rows, columns, channels = shown.shape
        if channels == 2:
            return np.concatenate([shown, np.zeros((rows, columns, 1), np.uint8)], axis=2)
        return shown

    def _shown(self, image: Image) -> NDArray[np.uint8]:
        pixels: NDArray[Any] = image.pixels[:, :, :3]
        if pixels.dtype == np.uint8:
            return np.array(pixels, order="C")
        if self.table is not None:
            return np.take(self.table, pixels)
        if image.missing is not None:
            pixels = np.where(image.missing[:, :, :3], self.low, pixels)
        return self._stretched(pixels)

    def _stretched(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        scaled = values.astype(np.float32)
        scaled -= np.float32(self.low)
        scaled *= np.float32(self.gain)
        return np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)


def shades_of(image: Image) -> Shades:
    """Decide how an image is shown: bytes as they are, others by a percentile stretch.

    The stretch is common to all channels and decided by about a million pixels.
    """
    kind = image.pixels.dtype
    if kind == np.uint8:
        return Shades(0.0, 1.0)
    low, high = _range(image)
    shades = Shades(low, 255.0 / (high - low) if high > low else 0.0)
    if kind.kind == "u" and kind.itemsize <= MOST_LISTED:
        every = np.arange(2 ** (8 * kind.itemsize))
        shades = replace(shades, table=shades._stretched(every))  # noqa: SLF001 - its own kind
    return shades


def _range(image: Image) -> tuple[float, float]:
    """Return the values that become black and white."""
    step = max(1, ceil(sqrt(image.valid.size / LOOKED_AT)))
    values = _values(part_of(image, slice(None, None, step), slice(None, None, step)))
    if not values.size:
        values = _values(image)
    if not values.size:
        return 0.0, 0.0
    low, high = np.percentile(values.astype(np.float32), DISPLAY_PERCENTILES)
    if high > low:
        return float(low), float(high)
    # Nearly all are alike: what is rare tells them apart, so none may be left out.
    pixels, there = image.pixels[:, :, :3], known(image)[:, :, :3]
    return (
        float(np.min(pixels, where=there, initial=values[0])),
        float(np.max(pixels, where=there, initial=values[0])),
    )


def _values(image: Image) -> NDArray[Any]:
    return np.asarray(image.pixels[:, :, :3][known(image)[:, :, :3]])


def part_of(image: Image, rows: slice, columns: slice) -> Image:
    """Return these rows and columns of an image, without copying them."""
    missing = image.missing
    return replace(
        image,
        pixels=image.pixels[rows, columns],
        valid=image.valid[rows, columns],
        missing=None if missing is None else missing[rows, columns],
    )


def displayed(image: Image) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) uint8: the whole image as `Shades` shows it."""
    shown = shades_of(image).of(image)
    return np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else shown
