"""Small regions give way to what surrounds them, a number of pixels at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel
from segmenter.engine.kernels.regions import HELD, rings_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.kernels.regions import Parts

SLICE = 2**17  # pixels of small regions between two yields

_LISTS = "Tuple((int32[::1], int32[::1], int32[::1], int64[::1]))"


def dropping(parts: Parts, least: int) -> Generator[None, None, NDArray[np.uint8]]:
    """Return (regions + 1,) the class of each when those of less than `least` pixels give way.

    The smallest gives way first, of equal ones the first; it takes the class along the longest
    part of its edge, of equal ones the lowest, and is one with all it touches of that class.
    Yields after every `SLICE` pixels.
    """
    classes, areas, state = parts.classes.copy(), parts.areas.copy(), parts.state.copy()
    owners = np.arange(len(areas), dtype=np.int32)
    ring = rings_of(parts)
    yield
    # Of every area a list of regions: its newest entry, and for each entry the one before it.
    newest, before = np.full(max(least, 1), -1, np.int32), np.empty(2 * areas.size, np.int32)
    lists = (newest, before, np.empty(2 * areas.size, np.int32), np.zeros(1, np.int64))
    _enter_all(areas, lists)
    area, looked_at = 0, 0
    while area := _next_area(newest, area):
        numbers = np.sort(_of_area(newest[area], before, lists[2]))
        at_once = max(1, SLICE // area)
        for start in range(0, len(numbers), at_once):
            taken = numbers[start : start + at_once]
            _drop(taken, area, parts.numbers.ravel(), parts.numbers.shape,
                  (classes, areas, state, parts.first, owners), ring, lists)  # fmt: skip
            looked_at += area * len(taken)
            if looked_at >= SLICE:
                looked_at = 0
                yield
    _tell(classes, owners)
    return classes


@inlined()
def _owner(owners, number):
    """Return the region that a region has become a part of."""
    while owners[number] != number:
        owners[number] = owners[owners[number]]
        number = owners[number]
    return number


@inlined()
def _beside(place, side, shape):
    """Return the place on one of four sides, or -1 outside the image."""
    rows, columns = shape
    x = place % columns
    if side == 0:
        return place + 1 if x < columns - 1 else -1
    if side == 1:
        return place - 1 if x > 0 else -1
    if side == 2:
        return place + columns if place + columns < rows * columns else -1
    return place - columns  # negative above the first row


@inlined()
def _likeliest(number, numbers, shape, regions, ring, votes):
    """Return the class along the longest part of a region's edge; 0 if nothing is beside it."""
    classes, _, _, first, owners = regions
    votes[:] = 0
    place = first[number]
    while True:
        for side in range(4):
            beside = _beside(place, side, shape)
            if beside >= 0 and numbers[beside] > 0:
                other = _owner(owners, numbers[beside])
                if other != number:
                    votes[classes[other]] += 1
        place = ring[place]
        if place == first[number]:
            break
    best = np.argmax(votes)
    return best if votes[best] > 0 else 0


@inlined()
def _join(a, b, regions, ring):
    """Make one region of two; it has the lower number, which is returned."""
    _, areas, state, first, owners = regions
    a, b = min(a, b), max(a, b)
    ring[first[a]], ring[first[b]] = ring[first[b]], ring[first[a]]
    areas[a] += areas[b]
    state[a] |= state[b]
    owners[b] = a
    return a


@inlined()
def _joined_to(best, number, numbers, shape, regions, ring):
    """Make a region one with all that it touches of a class; return the number that it has then."""
    classes, areas, _, first, owners = regions
    pixels, place, joined = areas[number], first[number], number
    touched = np.empty(4 * pixels, np.int32)
    count = 0
    for _ in range(pixels):
        for side in range(4):
            beside = _beside(place, side, shape)
            if beside >= 0 and numbers[beside] > 0:
                other = _owner(owners, numbers[beside])
                if other != number and classes[other] == best:
                    touched[count] = other
                    count += 1
        place = ring[place]
    for k in range(count):
        other = _owner(owners, touched[k])
        if other != joined:
            joined = _join(joined, other, regions, ring)
    return joined


@kernel("int64(int32[::1], int64)")
def _next_area(newest, area):
    """Return the next area of which there are regions; 0 if there is none."""
    for larger in range(area + 1, len(newest)):
        if newest[larger] >= 0:
            return larger
    return 0


@kernel("int32[::1](int64, int32[::1], int32[::1])")
def _of_area(entry, before, entries):
    """Return the regions of a list, in no order."""
    length, place = 0, entry
    while place >= 0:
        length += 1
        place = before[place]
    found = np.empty(length, np.int32)
    for k in range(length):
        found[k] = entries[entry]
        entry = before[entry]
    return found


@inlined()
def _enter(number, area, lists):
    """Put a region into the list of those of its area."""
    newest, before, entries, count = lists
    if area < len(newest):
        entries[count[0]], before[count[0]] = number, newest[area]
        newest[area] = count[0]
        count[0] += 1


@kernel(f"void(int64[::1], {_LISTS})")
def _enter_all(areas, lists):
    for number in range(1, areas.size):
        _enter(number, areas[number], lists)


@kernel(
    "void(int32[::1], int64, Array(int32, 1, 'C', readonly=True), UniTuple(int64, 2),"
    " Tuple((uint8[::1], int64[::1], uint8[::1], int64[::1], int32[::1])), int32[::1],"
    f" {_LISTS})"
)
def _drop(wanted, area, numbers, shape, regions, ring, lists):
    """Let regions of one area give way, in the order in which they are given."""
    classes, areas, state, _, owners = regions
    votes = np.zeros(256, np.int64)
    for number in wanted:
        # What has grown meanwhile is listed anew.
        if owners[number] != number or areas[number] != area or state[number] & HELD:
            continue
        best = _likeliest(number, numbers, shape, regions, ring, votes)
        if best > 0:
            joined = _joined_to(best, number, numbers, shape, regions, ring)
            classes[joined] = best
            _enter(joined, areas[joined], lists)


@kernel("void(uint8[::1], int32[::1])")
def _tell(classes, owners):
    """Give every region the class of that which it has become a part of."""
    for number in range(1, classes.size):
        classes[number] = classes[_owner(owners, number)]
