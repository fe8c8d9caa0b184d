"""Number the distinct pixels of an image, and give every pixel back what its number got.

A key of up to 24 bits says what a pixel is. Marking which keys occur, one bit each, gives the
number of a key: how many marked ones lie before it. The bits and the count at every word of 64 are
4 MB and stay in the cache, where a table of numbers would not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.threads import spread
from segmenter.engine.types import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = 4  # pieces of an image that may be worked on side by side, each with counts of its own

_PIXELS = "Array(uint8, 2, 'C', readonly=True), Array(boolean, 1, 'C', readonly=True)"


def distinct_pixels(
    pixels: NDArray[np.uint8], valid: NDArray[np.bool_], tables: NDArray[np.uint32], bits: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Give the distinct pixels numbers, in the order of their keys.

    Parameters
    ----------
    pixels, valid
        (n, bytes) the bytes of every pixel, and (n,) whether it has data.
    tables
        (bytes, 256): what the value of each byte adds to the key by 'or'.
    bits
        Length of a key, at least 6.

    Returns
    -------
    The keys that occur; how many pixels have each; (n,) the number of every pixel's key, -1 where
    it has no data.
    """
    seen = np.zeros(1 << bits, np.bool_)
    spread(_mark, PARTS, pixels, valid, tables, seen)
    words = np.packbits(seen, bitorder="little").view("<u8")
    found = np.bitwise_count(words).astype(np.uint64)
    before = np.cumsum(found) - found
    numbers = np.empty(len(pixels), np.int32)
    counts = np.zeros((PARTS, int(found.sum())), np.int32)
    ranks = np.stack([words, before], axis=1)
    spread(_number, PARTS, pixels, valid, tables, ranks, numbers, counts)
    return np.flatnonzero(seen), counts.sum(axis=0, dtype=np.int64), numbers


def given_back(found: NDArray[np.uint8], numbers: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Return for every number what was found for it, 0 for -1; any shape."""
    out = np.empty(numbers.shape, np.uint8)
    spread(_give_back, PARTS, found, numbers.reshape(-1), out.reshape(-1))
    return out


@inlined()
def _range(part, count):
    return count * part // PARTS, count * (part + 1) // PARTS


@inlined()
def _key(pixel, tables):
    key = tables[0, pixel[0]]
    for byte in range(1, len(pixel)):
        key |= tables[byte, pixel[byte]]
    return key


@kernel(f"void(int64, int64, {_PIXELS}, uint32[:, ::1], boolean[::1])")
def _mark(first, last, pixels, valid, tables, seen):
    start, _ = _range(first, len(pixels))
    _, end = _range(last - 1, len(pixels))
    for i in range(start, end):
        if valid[i]:
            seen[_key(pixels[i], tables)] = True  # all threads write the same


@inlined()
def _ones(word):
    """Count the bits that are set, the way that compilers know."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)


@kernel(f"void(int64, int64, {_PIXELS}, uint32[:, ::1], uint64[:, ::1], int32[::1], int32[:, ::1])")
def _number(first, last, pixels, valid, tables, ranks, numbers, counts):
    for part in range(first, last):
        begin, end = _range(part, len(pixels))
        for start in range(begin, end, BLOCK):
            stop = min(end, start + BLOCK)
            for i in range(start, stop):
                key = _key(pixels[i], tables)
                word, bit = key >> np.uint32(6), np.uint64(key & np.uint32(63))
                lower = ranks[word, 0] & ((np.uint64(1) << bit) - np.uint64(1))
                number = np.int32(ranks[word, 1] + _ones(lower))
                numbers[i] = number if valid[i] else np.int32(-1)
            # Apart from the loop above, whose reads would wait for these writes.
            for i in range(start, stop):
                if valid[i]:
                    counts[part, numbers[i]] += 1


@kernel(
    "void(int64, int64, Array(uint8, 1, 'C', readonly=True), Array(int32, 1, 'C', readonly=True),"
    " uint8[::1])"
)
def _give_back(first, last, found, numbers, out):
    start, _ = _range(first, len(numbers))
    _, end = _range(last - 1, len(numbers))
    for i in range(start, end):
        number = numbers[i]
        out[i] = found[number] if number >= 0 else np.uint8(0)
