"""Image, result and style to RGBA: what the window shows and the overlay product holds."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.missing import known
from segmenter.engine.outcome import uncertainty_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Image

# Even steps of lightness, for colour-blind eyes too; anchors of matplotlib's viridis (CC0).
SCALE_COLOURS = (
    (68, 1, 84), (72, 40, 120), (62, 74, 137), (49, 104, 142), (38, 130, 142),
    (31, 158, 137), (53, 183, 121), (109, 205, 89), (180, 222, 44), (253, 231, 37),
)  # fmt: skip

DISPLAY_PERCENTILES = (0.5, 99.5)


class View(StrEnum):
    """What is drawn over the image."""

    LABELS = "Labels"
    SOFT_MASK = "Soft mask"
    UNCERTAINTY = "Uncertainty"
    IMAGE = "Image only"
    DIFFERENCES = "Differences"
    SHADING = "Shading"
    CORRECTED = "Corrected"


def displayed(image: Image) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) uint8 for the eye; the data stays untouched.

    8-bit images are shown as they are; others by a percentile stretch common to all channels.
    One channel is shown grey, two as red and green, more than three by the first three.
    'No data' is mid grey.
    """
    pixels = image.pixels[:, :, :3]
    is_plain = pixels.dtype == np.uint8
    shown = pixels.astype(np.uint8) if is_plain else _stretched(pixels, known(image)[:, :, :3])
    shown[~image.valid] = 128
    rows, columns, channels = shown.shape
    if channels == 1:
        return np.repeat(shown, 3, axis=2)
    if channels == 2:
        return np.concatenate([shown, np.zeros((rows, columns, 1), np.uint8)], axis=2)
    return shown


def _stretched(pixels: NDArray[np.generic], there: NDArray[np.bool_]) -> NDArray[np.uint8]:
    valid = there.any(axis=2)
    chosen = valid if np.array_equal(there.all(axis=2), valid) else there
    values = pixels[chosen].astype(np.float32, copy=False)
    if not values.size:
        return np.full(pixels.shape, 128, np.uint8)
    # Percentiles of at most about a million pixels: the eye cannot tell, and it stays quick.
    low, high = np.percentile(values[:: max(1, len(values) // 1_000_000)], DISPLAY_PERCENTILES)
    if high <= low:
        low, high = float(values.min()), float(values.max())
    gain = 255.0 / (high - low) if high > low else 0.0
    scaled = (np.where(there, pixels, low).astype(np.float32) - low) * gain
    stretched: NDArray[np.uint8] = np.clip(scaled, 0, 255).astype(np.uint8)
    return stretched


def colour_table(classes: Sequence[ClassStyle], opacity: float) -> NDArray[np.uint8]:
    """Return (classes + 1, 4) uint8 RGBA per label; 'no data' and hidden classes are clear."""
    table = np.zeros((len(classes) + 1, 4), np.uint8)
    for number, style in enumerate(classes, start=1):
        if style.visible:
            table[number] = (*style.colour, round(255 * opacity))
    return table


def labels_rgba(
    labels: NDArray[np.uint8], classes: Sequence[ClassStyle], opacity: float
) -> NDArray[np.uint8]:
    """Return (rows, columns, 4) uint8: the label map in the classes' colours."""
    table = colour_table(classes, opacity)
    return table[np.minimum(labels, len(table) - 1)]


def plane(
    result: Result, view: View, number: int, *, rows: slice, columns: slice
) -> NDArray[np.uint8]:
    """Return (rows, columns) uint8 that `plane_colours` colours, of only these rows and columns.

    Labels, also those on which differences are marked, are class numbers; the soft mask of class
    `number` is 0 to 255, the uncertainty 1 to 255, and so is the light from its least to its most.
    'No data' is 0.
    """
    if view in {View.LABELS, View.DIFFERENCES}:
        return result.labels[rows, columns]
    if view is View.SHADING:
        return _light_plane(result, rows, columns)
    places = result.samples_of(rows, columns)
    table = result.responsibilities
    if view is View.SOFT_MASK:
        table = table[number - 1 : number]
    no_data = places < 0
    if table.shape[1] > places.size:
        # Fewer pixels than samples: take only theirs.
        table = table[:, places.ravel()]
        places = np.arange(places.size).reshape(places.shape)
    is_mask = view is View.SOFT_MASK
    strength = (
        table[0] * np.float32(255) if is_mask else 1 + uncertainty_of(table) * np.float32(254)
    )
    values: NDArray[np.uint8] = np.rint(strength).astype(np.uint8)[places]
    values[no_data] = 0
    return values


def _light_plane(result: Result, rows: slice, columns: slice) -> NDArray[np.uint8]:
    labels = result.labels[rows, columns]
    if result.shading is None:
        return np.zeros_like(labels)
    low, high = result.light_range
    gain = np.float32(254 / (high - low) if high > low else 0)
    steps = 1 + np.clip((result.shading[rows, columns] - np.float32(low)) * gain, 0, 254)
    values: NDArray[np.uint8] = np.rint(steps).astype(np.uint8)
    values[labels == 0] = 0
    return values


def plane_colours(
    view: View, classes: Sequence[ClassStyle], number: int, opacity: float
) -> NDArray[np.uint8]:
    """Return (256, 4) uint8 RGBA for the values of a `plane`."""
    colours = np.zeros((256, 4), np.uint8)
    if view in {View.LABELS, View.DIFFERENCES}:
        table = colour_table(classes, opacity)
        colours[: len(table)] = table
    elif view is View.SOFT_MASK:
        colours[:, :3] = classes[number - 1].colour
        colours[:, 3] = np.rint(np.arange(256) * opacity)
    elif view in {View.UNCERTAINTY, View.SHADING}:
        colours[1:, :3] = _scale(255)
        colours[1:, 3] = round(255 * opacity)
    return colours


def _scale(count: int) -> NDArray[np.float64]:
    """Return (count, 3) colours from the least to the most."""
    anchors = np.array(SCALE_COLOURS, float)
    places, wanted = np.linspace(0, 1, len(anchors)), np.linspace(0, 1, count)
    parts = [np.interp(wanted, places, part) for part in anchors.T]
    ramp: NDArray[np.float64] = np.rint(np.stack(parts, axis=1))
    return ramp


def blended(shown: NDArray[np.uint8], rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) uint8: `rgba` laid over `shown`."""
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = shown.astype(np.uint16) * (255 - alpha) + rgba[..., :3].astype(np.uint16) * alpha
    return ((mixed + 127) // 255).astype(np.uint8)
