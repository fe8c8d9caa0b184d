"""Image to samples: equal pixels merged where that is exact, 'no data' left out.

EM on distinct values weighted by their counts has the likelihood and the M-step of EM on all
pixels, so features are computed and fitted on the distinct values only, and what is found comes
back to the pixels through the index.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.chosen_features import looks_at_single_pixels
from segmenter.engine.features import extract
from segmenter.engine.kernels.merging import distinct_pixels, given_back
from segmenter.engine.memory import TABLE_BITS
from segmenter.engine.patterns import by_pattern, pattern_numbers
from segmenter.engine.types import Features, Image, Samples, SegmenterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings

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
        merged = merge_equal_pixels(image) if image.missing is None else _merged_apart(image)
        if merged is not None:
            features = extract(merged.image, settings, counts=merged.counts)
            weights = merged.counts.astype(np.float32)
            if features.missing is None:
                return features, Samples(features.values, weights, merged.index)
            return _by_pattern(features, weights, merged.index)
    features = extract(image, settings)
    if features.missing is None:
        return features, _of_all_pixels(features, image.valid)
    index = np.arange(image.valid.size, dtype=np.int32).reshape(image.shape)
    return _by_pattern(features, np.ones(index.size, np.float32), index)


def _by_pattern(
    features: Features, weights: NDArray[np.float32], index: NDArray[np.int32]
) -> tuple[Features, Samples]:
    """Return the samples by pattern, and the features with their values, which are then one."""
    assert features.missing is not None
    samples = by_pattern(features.values, features.missing, weights, index)
    return replace(features, values=samples.values, missing=None), samples


def _of_all_pixels(features: Features, valid: NDArray[np.bool_]) -> Samples:
    if valid.all():
        return Samples(features.values, np.ones(valid.size, np.float32))
    index = np.full(valid.shape, -1, np.int32)
    count = int(valid.sum())
    index[valid] = np.arange(count, dtype=np.int32)
    values = np.ascontiguousarray(features.values[:, valid.ravel()])
    return Samples(values, np.ones(count, np.float32), index)


def on_pixels(
    numbers: NDArray[np.uint8], index: NDArray[np.int32] | None, shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """Return (rows, columns) what (samples,) numbers say of every pixel; 0 for 'no data'."""
    return numbers.reshape(shape) if index is None else given_back(numbers, index)


def merge_equal_pixels(image: Image) -> Merged | None:
    """Merge equal pixels, or return None where it would not pay.

    It does not pay when a pixel has more than 64 bits or when hardly any two are equal.
    """
    rows, columns, channels = image.pixels.shape
    size = image.pixels.dtype.itemsize
    if size * channels > 8:
        return None
    # Adding zero makes -0.0 and 0.0 the same bits.
    plain = np.add(image.pixels, 0) if image.pixels.dtype.kind == "f" else image.pixels
    native = plain.astype(plain.dtype.newbyteorder("="), order="C", copy=False)
    pixels = native.view(np.uint8).reshape(rows * columns, channels * size)
    valid = image.valid.ravel()
    if 8 * size * channels <= TABLE_BITS:
        tables = _z_order(channels, size)
        found, counts, index = distinct_pixels(pixels, valid, tables, 8 * size * channels)
        distinct = _pixels_of(found, tables)
    else:
        keys = _keys(native)
        known = keys[valid]
        if _hardly_repeats(known):
            return None
        counts, index, examples = _by_sorting(keys, valid)
        if len(counts) > WORTH_MERGING * known.size:
            return None
        distinct = pixels[examples]
    shaped = distinct.view(native.dtype).reshape(1, -1, channels)
    everywhere = np.ones(shaped.shape[:2], np.bool_)
    small = Image(shaped, everywhere, image.channel_names, image.bit_depth)
    return Merged(small, counts, index.reshape(image.shape))


def _merged_apart(image: Image) -> Merged:
    """Merge equal pixels that lack the same channels.

    Of those that lack some, each may stay on its own, where merging would not pay.
    """
    assert image.missing is not None
    channels = image.pixels.shape[2]
    pixels = image.pixels.reshape(-1, channels)
    missing = image.missing.reshape(-1, channels)
    numbers = pattern_numbers(missing.T)
    numbers[~image.valid.ravel()] = -1
    order = np.argsort(numbers, kind="stable")
    edges = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    index = np.full(len(numbers), -1, np.int32)
    examples: list[NDArray[np.intp]] = []
    counts: list[NDArray[np.int64]] = []
    for own in np.split(order, edges)[1:]:
        number, many = _places_of_equals(pixels[own], image)
        index[own] = number + sum(len(before) for before in counts)
        first = np.empty(len(many), np.intp)
        first[number[::-1]] = own[::-1]
        examples.append(first)
        counts.append(many)
    chosen = np.concatenate(examples)
    everywhere = np.ones((1, len(chosen)), np.bool_)
    small = Image(
        pixels[chosen][None], everywhere, image.channel_names, image.bit_depth,
        missing=missing[chosen][None],
    )  # fmt: skip
    return Merged(small, np.concatenate(counts), index.reshape(image.shape))


def _places_of_equals(
    pixels: NDArray[np.generic], image: Image
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return for (n, channels) pixels the number of each distinct one, and how many it has."""
    everywhere = np.ones((1, len(pixels)), np.bool_)
    alone = Image(pixels[None], everywhere, image.channel_names, image.bit_depth)
    merged = merge_equal_pixels(alone)
    if merged is None:
        return np.arange(len(pixels), dtype=np.int32), np.ones(len(pixels), np.int64)
    return merged.index[0], merged.counts


def _z_order(channels: int, size: int) -> NDArray[np.uint32]:
    """Return (bytes, 256) what each byte of a pixel adds to its key along a Z-order curve.

    The curve runs through the cube of all colours so that samples that follow each other are
    alike, which spares EM much work (see the kernels).
    """
    tables = np.zeros((channels * size, 256), np.uint32)
    for place in range(8 * channels * size):
        channel, bit = divmod(place, 8 * size)
        byte = bit // 8 if sys.byteorder == "little" else size - 1 - bit // 8
        is_set = np.arange(256, dtype=np.uint32) >> (bit % 8) & 1
        tables[channel * size + byte] |= is_set << (bit * channels + channels - 1 - channel)
    return tables


def _pixels_of(keys: NDArray[np.int64], tables: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return (n, bytes) the pixels whose bytes add up to these keys."""
    pixels = np.zeros((len(keys), len(tables)), np.uint8)
    for part in range(len(tables)):
        values = keys >> (8 * part) & 255
        for byte, table in enumerate(tables):
            # What the bits of this part of the key say of the byte.
            back = np.zeros(256, np.uint8)
            for bit in range(8):
                back[(np.arange(256) << (8 * part)) & table[1 << bit] > 0] |= np.uint8(1 << bit)
            pixels[:, byte] |= back[values]
    return pixels


def _by_sorting(
    keys: NDArray[np.unsignedinteger], valid: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
    """Return how many pixels have each key, the number of every pixel, and an example of each."""
    known = keys[valid]
    _, first, places, counts = np.unique(
        known, return_index=True, return_inverse=True, return_counts=True
    )
    index = np.full(len(keys), -1, np.int32)
    index[valid] = places
    return counts, index, np.flatnonzero(valid)[first]


def _keys(pixels: NDArray[np.generic]) -> NDArray[np.unsignedinteger]:
    """Return (pixels,) unsigned whole numbers of up to 64 bits, equal where pixels are."""
    rows, columns, channels = pixels.shape
    size = pixels.dtype.itemsize
    parts = pixels.view(f"u{size}").reshape(rows * columns, channels)
    keys: NDArray[np.unsignedinteger] = parts[:, 0].astype(f"u{4 if size * channels <= 4 else 8}")
    for channel in range(1, channels):
        np.left_shift(keys, 8 * size, out=keys)
        np.bitwise_or(keys, parts[:, channel], out=keys)
    return keys


def _hardly_repeats(keys: NDArray[np.unsignedinteger]) -> bool:
    """Whether a block from the middle holds almost only different values."""
    if keys.size <= MERGE_TRIAL:
        return False
    middle = (keys.size - MERGE_TRIAL) // 2
    trial = keys[middle : middle + MERGE_TRIAL]
    return len(np.unique(trial)) > 0.9 * MERGE_TRIAL
