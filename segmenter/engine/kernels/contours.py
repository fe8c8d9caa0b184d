"""Walk along the edges of pixels, around every part of a class and every hole in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.compile import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

EAST, SOUTH, WEST, NORTH = range(4)  # clockwise on the screen; the class lies on the right


@inlined()
def _onwards(begins, direction):
    """Return the direction of the edge after one of `direction`, of those that begin there."""
    # Turning right first keeps pixels apart that touch only at a corner.
    for turn in (1, 0):
        if begins >> ((direction + turn) & 3) & 1:
            return (direction + turn) & 3
    return (direction + 3) & 3


@inlined()
def _cut(path, span, place, corners, written):
    """Move a span of the path to the finished corners; return how many these are then."""
    for i in range(span[0], span[1]):
        corners[written] = path[i]
        written += 1
        place[path[i]] = -1
    return written


@kernel("int64(uint8[::1], int64, int32[::1], int32[::1], int32[::1])")
def _walk(edges, width, path, corners, ends):
    """Fill `corners` and `ends`; return how many rings there are.

    The low four bits of `edges` tell which directions begin at a corner; the high four are set
    when they have been walked. `path` is room for the corners of the walk under way.
    """
    ahead = np.array([1, width, -1, -width])
    place = np.full(edges.size, -1, np.int32)  # of a crossing on the path
    written, rings = 0, 0
    for start in range(4 * edges.size):
        corner, direction, before, length = start >> 2, start & 3, -1, 0
        while (edges[corner] >> direction) & ~(edges[corner] >> (4 + direction)) & 1:
            edges[corner] |= np.uint8(16 << direction)
            if direction != before:
                if place[corner] >= 0:
                    # The walk touches itself: what lies between is a ring of its own.
                    span = (place[corner], length)
                    written = _cut(path, span, place, corners, written)
                    length = span[0]
                    ends[rings] = written
                    rings += 1
                is_crossing = (edges[corner] & 15) in (5, 10)
                place[corner] = length if is_crossing else -1
                path[length] = corner
                length += 1
            corner += ahead[direction]
            before = direction
            direction = _onwards(edges[corner], direction)
        if length:
            written = _cut(path, (0, length), place, corners, written)
            ends[rings] = written
            rings += 1
    return rings


def rings(edges: NDArray[np.uint8], turns: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the corners of all rings, one ring after the other, and where each ring ends.

    Parameters
    ----------
    edges
        (rows + 1, columns + 1): bit d tells that an edge of direction d begins at a corner.
    turns
        How many corners are turned at; those where two walks cross count twice.

    Notes
    -----
    A corner is its place in the flat `edges`. Rings are simple, and corners on straight lines are
    left out.
    """
    corners, path = np.empty(turns, np.int32), np.empty(turns, np.int32)
    ends = np.empty(turns // 4, np.int32)
    found = _walk(edges.flatten(), edges.shape[1], path, corners, ends)
    return corners, ends[:found]
