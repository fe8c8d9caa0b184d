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
LUMA = 77, 150, 29
"""What red, green and blue have of the brightness, in 256ths."""
FINE = 4096
"""Steps between black and white in which the curve of a gamma is looked up."""


@dataclass(frozen=True, slots=True)
class Display:
    """The values of an image that are shown black and white, and the way from one to the other.

    ``low`` and ``high`` are in the image's own units. With ``gamma`` 1 shades go evenly; below 1
    dark values are brighter, above 1 darker.
    """

    low: float
    high: float
    gamma: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """How the values of an image become 8 bits, the same way for any part of it.

    Parameters
    ----------
    low, gain
        The value that is black, and 8-bit steps for each step of the values.
    table
        What every value becomes, where a value has at most 16 bits; else None. Bytes without a
        table are shown as they are.
    gamma
        The exponent on the way from black to white.
    """

    low: float
    gain: float
    table: NDArray[np.uint8] | None = None
    gamma: float = 1.0

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
        if self.table is not None:
            return np.take(self.table, pixels)
        if pixels.dtype == np.uint8:
            return np.array(pixels, order="C")
        if image.missing is not None:
            pixels = np.where(image.missing[:, :, :3], self.low, pixels)
        return self._stretched(pixels)

    def _stretched(self, values: NDArray[Any]) -> NDArray[np.uint8]:
        scaled = values.astype(np.float32)
        scaled -= np.float32(self.low)
        if self.gamma == 1:
            scaled *= np.float32(self.gain)
            np.clip(scaled, 0, 255, out=scaled)
            return np.rint(scaled, out=scaled).astype(np.uint8)
        # Looked up, because a power for every pixel takes long.
        scaled *= np.float32(self.gain * (FINE - 1) / 255)
        places = np.clip(scaled, 0, FINE - 1, out=scaled).astype(np.uint16)
        curve = np.linspace(0, 1, FINE) ** self.gamma
        return np.take(np.rint(255 * curve).astype(np.uint8), places)

    def from_shown(self, before: Shades) -> NDArray[np.uint8]:
        """Return (256,) uint8: what becomes of shades made by `before`, as well as they tell."""
        width = 255 / before.gain if before.gain else 0.0
        return self._stretched(before.low + width * np.linspace(0, 1, 256) ** (1 / before.gamma))


def shades_of(image: Image, display: Display | None = None) -> Shades:
    """Decide how an image is shown: as `display` says or, without one, as suits most images.

    Then bytes are shown as they are, others by a percentile stretch that is common to all channels
    and decided by about a million pixels.
    """
    kind = image.pixels.dtype
    if display is None and has_bytes(image):
        return Shades(0.0, 1.0)
    if display is None:
        display = Display(*percentiles(image))
    low, high = display.low, display.high
    gain = 255.0 / (high - low) if high > low else 0.0
    shades = Shades(low, gain, gamma=display.gamma)
    if kind.kind == "u" and kind.itemsize <= MOST_LISTED:
        every = np.arange(2 ** (8 * kind.itemsize))
        shades = replace(shades, table=shades._stretched(every))  # noqa: SLF001 - its own kind
    return shades


def has_bytes(image: Image) -> bool:
    """Whether every value of an image is a shade as it is."""
    return bool(image.pixels.dtype == np.uint8)


def whole_range(image: Image) -> tuple[float, float]:
    """Return the least and the greatest value that an image can have, if bytes, or that it has."""
    if has_bytes(image):
        return 0.0, 255.0
    return _extremes(image) if known(image).any() else (0.0, 0.0)


def percentiles(image: Image) -> tuple[float, float]:
    """Return the values that a few pixels lie below and above."""
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
    return _extremes(image)


def _extremes(image: Image) -> tuple[float, float]:
    pixels = image.pixels[:, :, :3]
    if image.missing is None and image.valid.all():
        return float(pixels.min()), float(pixels.max())
    there = known(image)[:, :, :3]
    first = pixels.reshape(-1)[int(there.argmax())]
    return (
        float(np.min(pixels, where=there, initial=first)),
        float(np.max(pixels, where=there, initial=first)),
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


def greyed(shown: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (rows, columns, 1) uint8 as bright as (rows, columns, 1 or 3) are to the eye.

    Notes
    -----
    Luma of ITU-R BT.601.
    """
    if shown.shape[2] == 1:
        return shown
    luma = np.full(shown.shape[:2], 128, np.uint16)
    for place, weight in enumerate(LUMA):
        luma += shown[:, :, place] * np.uint16(weight)
    return (luma >> np.uint16(8)).astype(np.uint8)[:, :, None]


def displayed(
    image: Image, display: Display | None = None, *, is_grey: bool = False
) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) uint8: the whole image as `Shades` shows it, perhaps greyed."""
    shown = shades_of(image, display).of(image)
    shown = greyed(shown) if is_grey else shown
    return np.repeat(shown, 3, axis=2) if shown.shape[2] == 1 else shown
