"""Image to samples: equal pixels merged where that is exact, 'no data' left out.

EM on distinct values weighted by their counts has the likelihood and the M-step of EM on all
pixels, so features are computed and fitted on the distinct values only, and what is found comes
back to the pixels through the index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.features import extract, looks_at_single_pixels
from segmenter.engine.types import Features, Image, Samples, SegmenterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings

TABLE_BITS = 24  # colours of so many bits are counted in a table; more are sorted
TABLE_PIXELS = 4_000_000  # below this, sorting beats touching a whole table
MERGE_TRIAL = 65_536  # pixels looked at before a long sort
WORTH_MERGING = 1 / 3  # distinct values per pixel above which all pixels are used


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """Distinct pixels of an image.

    Parameters
    ----------
    image
        (1, n) the distinct pixels.
    counts
        (n,) how many pixels each stands for.
    index
        (rows, columns) pixel -> distinct one, -1 for 'no data'.
    """

    image: Image
    counts: NDArray[np.int64]
    index: NDArray[np.int32]


def gather(image: Image, settings: Settings) -> tuple[Features, Samples]:
    """Compute the features of an image and the samples that EM will see.

    Raises
    ------
    SegmenterError
        When no pixel has data, or a feature does not suit the image.
    """
    if not image.valid.any():
        raise SegmenterError(
            "Every pixel of this image is 'no data' (NaN, infinite or transparent). "
            "Choose another page or image."
        )
    if looks_at_single_pixels(image, settings):
        merged = merge_equal_pixels(image)
        if merged is not None:
            features = extract(merged.image, settings, counts=merged.counts)
            weights = merged.counts.astype(np.float32)
            return features, Samples(features.values, weights, merged.index)
    features = extract(image, settings)
    return features, _of_all_pixels(features, image.valid)


def _of_all_pixels(features: Features, valid: NDArray[np.bool_]) -> Samples:
    if valid.all():
        return Samples(features.values, np.ones(valid.size, np.float32))
    index = np.full(valid.shape, -1, np.int32)
    count = int(valid.sum())
    index[valid] = np.arange(count, dtype=np.int32)
    values = np.ascontiguousarray(features.values[:, valid.ravel()])
    return Samples(values, np.ones(count, np.float32), index)


def merge_equal_pixels(image: Image) -> Merged | None:
    """Merge equal pixels, or return None where it would not pay.

    It does not pay when a pixel has more than 64 bits or when hardly any two are equal.
    """
    keys = _keys(image.pixels)
    if keys is None:
        return None
    valid = image.valid.ravel()
    everywhere = bool(valid.all())
    known = keys if everywhere else keys[valid]
    bits = image.pixels.dtype.itemsize * 8 * image.pixels.shape[2]
    if bits <= 8 or (bits <= TABLE_BITS and known.size >= TABLE_PIXELS):
        distinct, counts, places = _by_table(known, bits)
    elif bits > TABLE_BITS and _hardly_repeats(known):
        return None
    else:
        distinct, places, counts = np.unique(known, return_inverse=True, return_counts=True)
    if len(distinct) > WORTH_MERGING * known.size and bits > TABLE_BITS:
        return None
    index = np.full(image.shape, -1, np.int32)
    index.reshape(-1)[slice(None) if everywhere else valid] = places
    pixels = _pixels(distinct, image.pixels.dtype, image.pixels.shape[2])
    small = Image(pixels, np.ones(pixels.shape[:2], np.bool_), image.channel_names, image.bit_depth)
    return Merged(small, counts, index)


def _keys(pixels: NDArray[np.generic]) -> NDArray[np.unsignedinteger] | None:
    """Return (pixels,) unsigned whole numbers, equal where pixels are; None above 64 bits."""
    rows, columns, channels = pixels.shape
    size = pixels.dtype.itemsize
    if size * channels > 8:
        return None
    # Adding zero makes -0.0 and 0.0 the same bits.
    plain = np.add(pixels, 0, dtype=pixels.dtype) if pixels.dtype.kind == "f" else pixels
    parts = np.ascontiguousarray(plain).view(f"u{size}").reshape(rows * columns, channels)
    keys: NDArray[np.unsignedinteger] = parts[:, 0].astype(f"u{4 if size * channels <= 4 else 8}")
    for channel in range(1, channels):
        np.left_shift(keys, 8 * size, out=keys)
        np.bitwise_or(keys, parts[:, channel], out=keys)
    return keys


def _pixels(
    keys: NDArray[np.unsignedinteger], dtype: np.dtype[np.generic], channels: int
) -> NDArray[np.generic]:
    """Return the (1, n, channels) pixels that `_keys` made these keys of."""
    size = dtype.itemsize
    shifts = [8 * size * (channels - 1 - channel) for channel in range(channels)]
    parts = np.stack([(keys >> keys.dtype.type(s)).astype(f"u{size}") for s in shifts], axis=-1)
    return parts.view(dtype).reshape(1, len(keys), channels)


def _by_table(
    keys: NDArray[np.unsignedinteger], bits: int
) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64], NDArray[np.int32]]:
    table = np.bincount(keys, minlength=2**bits)
    distinct = np.flatnonzero(table)
    counts = table[distinct]
    number = np.empty(len(table), np.int32)
    number[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct.astype(keys.dtype), counts, number[keys]


def _hardly_repeats(keys: NDArray[np.unsignedinteger]) -> bool:
    """Whether a block from the middle holds almost only different values."""
    if keys.size <= MERGE_TRIAL:
        return False
    middle = (keys.size - MERGE_TRIAL) // 2
    trial = keys[middle : middle + MERGE_TRIAL]
    return len(np.unique(trial)) > 0.9 * MERGE_TRIAL
