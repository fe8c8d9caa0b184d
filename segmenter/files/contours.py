"""Outlines of classes as polygons with holes that follow the edges of pixels exactly."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

Point = tuple[int, int]
Ring = list[Point]

# Directions of edges, clockwise on the screen: east, south, west, north. Walking so, the class
# lies on the right.
_ROW_STEPS = (0, 1, 0, -1)
_COLUMN_STEPS = (1, 0, -1, 0)
# The pixel on the right of an edge, from the corner where the edge begins.
_ROWS_RIGHT = (0, 0, -1, -1)
_COLUMNS_RIGHT = (0, -1, -1, 0)


class _Edges(NamedTuple):
    """Unit edges between pixels of a class and others, in the order of their numbers.

    ``corner`` is where an edge begins, ``following`` the number of the edge after it, ``part``
    the connected part of the class that it bounds.
    """

    corner: list[int]
    following: list[int]
    part: list[int]
    crossings: frozenset[int]


def polygons(mask: NDArray[np.bool_]) -> list[list[Ring]]:
    """Return the polygons of a (rows, columns) mask, one for each part connected by pixel edges.

    A polygon is its outer ring, then its holes. A ring is a list of (x, y) = (column, row)
    corners, closed, simple, without needless points; pixel (row, column) reaches from
    (column, row) to (column + 1, row + 1). Outer rings have positive area, holes negative.
    """
    outers: dict[int, Ring] = {}
    holes: dict[int, list[Ring]] = {}
    edges = _edges(mask)
    for part, corners in _loops(edges):
        ring = _ring(corners, mask.shape[1] + 1)
        if _area(ring) > 0:
            outers[part] = ring
        else:
            holes.setdefault(part, []).append(ring)
    return [[outer, *holes.get(part, [])] for part, outer in sorted(outers.items())]


def _edges(mask: NDArray[np.bool_]) -> _Edges:
    columns = mask.shape[1]
    parts, _ = ndimage.label(mask)
    starts = _starts(mask)
    direction, row, column = np.nonzero(starts)
    end_row = row + np.take(_ROW_STEPS, direction)
    end_column = column + np.take(_COLUMN_STEPS, direction)
    # Turning right first keeps pixels apart that touch only at a corner.
    right, left = (direction + 1) % 4, (direction + 3) % 4
    onwards = np.where(starts[direction, end_row, end_column], direction, left)
    onwards = np.where(starts[right, end_row, end_column], right, onwards)
    number = np.zeros(starts.shape, np.int64)
    number[starts] = np.arange(len(direction))
    part = parts[row + np.take(_ROWS_RIGHT, direction), column + np.take(_COLUMNS_RIGHT, direction)]
    crossings = np.flatnonzero(starts.sum(axis=0).ravel() == 2)
    return _Edges(
        corner=(row * (columns + 1) + column).tolist(),
        following=number[onwards, end_row, end_column].tolist(),
        part=part.tolist(),
        crossings=frozenset(crossings.tolist()),
    )


def _starts(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (4, rows + 1, columns + 1): whether an edge of each direction begins at a corner."""
    inside = np.pad(mask, 1)
    above, below = inside[:-1], inside[1:]
    north_west, north_east = above[:, :-1], above[:, 1:]
    south_west, south_east = below[:, :-1], below[:, 1:]
    return np.stack(
        [
            south_east & ~north_east,
            south_west & ~south_east,
            north_west & ~south_west,
            north_east & ~north_west,
        ]
    )


def _loops(edges: _Edges) -> Iterator[tuple[int, list[int]]]:
    """Yield the part and the corners of every loop; loops that touch themselves come apart."""
    fresh = [True] * len(edges.corner)
    for first in range(len(edges.corner)):
        path: list[int] = []
        visited: dict[int, int] = {}
        edge = first
        while fresh[edge]:
            fresh[edge] = False
            corner = edges.corner[edge]
            if corner in edges.crossings:
                if corner in visited:
                    loop = path[visited[corner] :]
                    del path[visited[corner] :]
                    for passed in edges.crossings.intersection(loop):
                        del visited[passed]
                    yield edges.part[first], loop
                visited[corner] = len(path)
            path.append(corner)
            edge = edges.following[edge]
        if path:
            yield edges.part[first], path


def _ring(corners: list[int], width: int) -> Ring:
    """Return the closed ring of (x, y), with the points on straight lines left out."""
    place = np.array(corners)
    step = np.roll(place, -1) - place
    kept = place[step != np.roll(step, 1)]
    ring = list(zip((kept % width).tolist(), (kept // width).tolist(), strict=True))
    return [*ring, ring[0]]


def _area(ring: Ring) -> float:
    return sum(x * next_y - next_x * y for (x, y), (next_x, next_y) in pairwise(ring)) / 2
