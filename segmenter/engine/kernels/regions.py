"""Regions, the connected parts of a class: what each is like, and which give way to others.

Regions are numbered from 1, in the order of their first pixels; number 0 is 'no data'. The pixels
of a region are a ring: each tells the place of the next, so two regions become one by exchanging
two numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

OPEN, HELD = 1, 2  # touches the image's edge or 'no data'; must stay what it is

_LABELS = "Array(uint8, 2, 'C', readonly=True)"
_NUMBERS = "Array(int32, 2, 'C', readonly=True)"


class Parts(NamedTuple):
    """The regions of a label map.

    Parameters
    ----------
    numbers
        (rows, columns) int32 region of every pixel.
    classes, areas, first, state
        (regions + 1,) uint8 class; int64 pixels; int64 place of the first pixel, counted along the
        rows; uint8 bits `OPEN` and `HELD`.
    """

    numbers: NDArray[np.int32]
    classes: NDArray[np.uint8]
    areas: NDArray[np.int64]
    first: NDArray[np.int64]
    state: NDArray[np.uint8]


def surveyed(
    labels: NDArray[np.uint8], numbers: NDArray[np.int32], count: int, held: NDArray[np.uint8]
) -> Parts:
    """Return what the `count` regions are like; `held` is not 0 at pixels that must stay."""
    parts = Parts(
        numbers,
        np.zeros(count + 1, np.uint8),
        np.zeros(count + 1, np.int64),
        np.zeros(count + 1, np.int64),
        np.zeros(count + 1, np.uint8),
    )
    _survey(labels, numbers, held, *parts[1:])
    return parts


def without_small(parts: Parts, least: int) -> NDArray[np.uint8]:
    """Return (regions + 1,) the class of each when those of less than `least` pixels give way.

    The smallest gives way first, of equal ones the first; it takes the class along the longest
    part of its edge, of equal ones the lowest, and is one with all it touches of that class.
    """
    classes, areas, state = parts.classes.copy(), parts.areas.copy(), parts.state.copy()
    owners = np.arange(len(areas), dtype=np.int32)
    ring = _rings(parts)
    _drop(parts.numbers.ravel(), parts.numbers.shape, least, (classes, areas, state, parts.first,
          owners), ring)  # fmt: skip
    return classes


def without_holes(parts: Parts, most: int, class_count: int) -> NDArray[np.uint8]:
    """Return (regions + 1,) the class of each when holes of up to `most` pixels are filled.

    A hole of a class is a connected part of all others, beside which there is that class alone;
    class after class is filled.
    """
    classes = parts.classes.copy()
    ring = _rings(parts)
    barred = (parts.state != 0) | (parts.areas > most)
    barred[0] = True
    for number in range(1, class_count + 1):
        _fill(parts.numbers.ravel(), parts.numbers.shape[1], np.array([number, most]), barred,
              classes, parts.areas, parts.first, ring)  # fmt: skip
    return classes


def _rings(parts: Parts) -> NDArray[np.int32]:
    ring = np.empty(parts.numbers.size, np.int32)
    _ring(parts.numbers.ravel(), parts.first, ring)
    return ring


@kernel(f"void({_LABELS}, {_NUMBERS}, {_LABELS}, uint8[::1], int64[::1], int64[::1], uint8[::1])")
def _survey(labels, numbers, held, classes, areas, first, state):
    rows, columns = numbers.shape
    for y in range(rows):
        for x in range(columns):
            number = numbers[y, x]
            if areas[number] == 0:
                classes[number] = labels[y, x]
                first[number] = y * columns + x
            areas[number] += 1
            if held[y, x]:
                state[number] |= np.uint8(HELD)
            is_open = y == 0 or x == 0 or y == rows - 1 or x == columns - 1
            if not is_open:
                is_open = (
                    numbers[y - 1, x] == 0
                    or numbers[y + 1, x] == 0
                    or numbers[y, x - 1] == 0
                    or numbers[y, x + 1] == 0
                )
            if is_open:
                state[number] |= np.uint8(OPEN)


@kernel("void(Array(int32, 1, 'C', readonly=True), int64[::1], int32[::1])")
def _ring(numbers, first, ring):
    last = first.copy()
    for place in range(numbers.size):
        number = numbers[place]
        ring[last[number]] = place
        last[number] = place
        ring[place] = first[number]


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


@inlined()
def _listed(entry, before, entries):
    """Return the regions of a list, in order."""
    length, place = 0, entry
    while place >= 0:
        length += 1
        place = before[place]
    found = np.empty(length, np.int32)
    for k in range(length):
        found[k] = entries[entry]
        entry = before[entry]
    found.sort()
    return found


@inlined()
def _enter(number, area, lists):
    """Put a region into the list of those of its area."""
    newest, before, entries, count = lists
    if area < len(newest):
        entries[count[0]], before[count[0]] = number, newest[area]
        newest[area] = count[0]
        count[0] += 1


@kernel(
    "void(Array(int32, 1, 'C', readonly=True), UniTuple(int64, 2), int64,"
    " Tuple((uint8[::1], int64[::1], uint8[::1], int64[::1], int32[::1])), int32[::1])"
)
def _drop(numbers, shape, least, regions, ring):
    classes, areas, state, _, owners = regions
    # Of every area a list of regions: its newest entry, and for each entry the one before it.
    newest, before = np.full(least, -1, np.int32), np.empty(2 * areas.size, np.int32)
    lists = (newest, before, np.empty(2 * areas.size, np.int32), np.zeros(1, np.int64))
    for number in range(1, areas.size):
        _enter(number, areas[number], lists)
    votes = np.zeros(256, np.int64)
    for area in range(1, least):
        for number in _listed(newest[area], before, lists[2]):
            # What has grown meanwhile is listed anew.
            if owners[number] != number or areas[number] != area or state[number] & HELD:
                continue
            best = _likeliest(number, numbers, shape, regions, ring, votes)
            if best > 0:
                joined = _joined_to(best, number, numbers, shape, regions, ring)
                classes[joined] = best
                _enter(joined, areas[joined], lists)
    for number in range(1, areas.size):
        classes[number] = classes[_owner(owners, number)]


@inlined()
def _look_beside(number, start, room, regions, search):
    """Look at all around a region; return how many join the search, or -1 if this is no hole."""
    numbers, width, target, barred, classes, areas, first, ring = regions
    found_by, queue, count = search
    place, added = first[number], 0
    for _ in range(areas[number]):
        for step in (1, -1, width, -width):
            other = numbers[place + step]
            if classes[other] == target or found_by[other] == start:
                continue
            room -= areas[other]
            if barred[other] or found_by[other] or room < 0:
                return -1
            queue[count + added], found_by[other] = other, start
            added += 1
        place = ring[place]
    return added


@kernel(
    "void(Array(int32, 1, 'C', readonly=True), int64, int64[::1], boolean[::1], uint8[::1],"
    " int64[::1], int64[::1], int32[::1])"
)
def _fill(numbers, width, wanted, barred, classes, areas, first, ring):
    target, most = wanted[0], wanted[1]
    regions = (numbers, width, target, barred, classes, areas, first, ring)
    found_by, queue = np.zeros(areas.size, np.int32), np.empty(areas.size, np.int32)
    for start in range(1, areas.size):
        if barred[start] or classes[start] == target or found_by[start]:
            continue
        queue[0], found_by[start] = start, start
        count, k, room = 1, 0, most - areas[start]
        while 0 <= k < count:
            search = (found_by, queue, count)
            added = _look_beside(queue[k], start, room, regions, search)
            for number in queue[count : count + added]:
                room -= areas[number]
            count += added
            k = k + 1 if added >= 0 else -1
        if k > 0:
            for number in queue[:count]:
                classes[number] = target
