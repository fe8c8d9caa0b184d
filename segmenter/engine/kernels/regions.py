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


def without_holes(parts: Parts, most: int, class_count: int) -> NDArray[np.uint8]:
    """Return (regions + 1,) the class of each when holes of up to `most` pixels are filled.

    A hole of a class is a connected part of all others, beside which there is that class alone;
    class after class is filled.
    """
    classes = parts.classes.copy()
    ring = rings_of(parts)
    barred = (parts.state != 0) | (parts.areas > most)
    barred[0] = True
    for number in range(1, class_count + 1):
        _fill(parts.numbers.ravel(), parts.numbers.shape[1], np.array([number, most]), barred,
              classes, parts.areas, parts.first, ring)  # fmt: skip
    return classes


def rings_of(parts: Parts) -> NDArray[np.int32]:
    """Return (pixels,) the place of the next pixel of the same region."""
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
