"""Outlines of classes as polygons with holes that follow the edges of pixels exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_POINTS_AT_ONCE = 2**16


class Outlines(NamedTuple):
    """Polygons: their rings, and the corners of these, one after the other.

    Parameters
    ----------
    points
        (points, 2) int32 (x, y) = (column, row) corners; pixel (row, column) reaches from
        (column, row) to (column + 1, row + 1). Every ring is simple and ends where it begins.
    rings
        (rings + 1,) where each ring begins in `points`, and the end of the last.
    is_outer
        (rings,) whether a ring begins a polygon; its holes follow. Outer rings have positive
        area, holes negative.
    """

    points: NDArray[np.int32]
    rings: NDArray[np.int64]
    is_outer: NDArray[np.bool_]


def outlines(mask: NDArray[np.bool_]) -> Outlines:
    """Return the polygons of a (rows, columns) mask, one for each part connected by pixel edges."""
    from segmenter.engine.kernels.contours import rings  # noqa: PLC0415 - compiles

    edges, turns = _edges(mask)
    corners, ends = rings(edges, turns)
    begins = np.concatenate([[0], ends[:-1]]) if len(ends) else ends
    y, x = np.divmod(corners, np.int32(mask.shape[1] + 1))
    is_outer = _areas(x, y, begins, ends) > 0
    order = np.lexsort((~is_outer, _parts(mask, x, y, begins)))
    sizes = (ends - begins)[order]
    stops = np.cumsum(sizes + 1)
    # Every ring, in its new place, then its first corner again.
    which = np.repeat(begins[order], sizes + 1) + np.arange(stops[-1] if len(stops) else 0)
    which -= np.repeat(stops - (sizes + 1), sizes + 1)
    which[stops - 1] = begins[order]
    points = np.stack([x[which], y[which]], axis=1)
    return Outlines(points, np.concatenate([[0], stops]), is_outer[order])


def _edges(mask: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], int]:
    """Return which edges begin at each corner, as bits, and how many turns there are."""
    inside = np.pad(mask, 1).view(np.uint8)
    north_west, north_east = inside[:-1, :-1], inside[:-1, 1:]
    south_west, south_east = inside[1:, :-1], inside[1:, 1:]
    edges: NDArray[np.uint8] = south_east & ~north_east
    edges |= (south_west & ~south_east) << 1
    edges |= (north_west & ~south_west) << 2
    edges |= (north_east & ~north_west) << 3
    is_bend = (north_west ^ north_east ^ south_west ^ south_east).sum(dtype=np.int64)
    is_crossing = np.count_nonzero((edges == 0b0101) | (edges == 0b1010))
    return edges, int(is_bend) + 2 * int(is_crossing)


def _areas(
    x: NDArray[np.int32], y: NDArray[np.int32], begins: NDArray[np.int32], ends: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Return twice the signed area of every ring."""
    if not len(ends):
        return np.zeros(0, np.int64)
    after = np.arange(1, len(x) + 1)
    after[ends - 1] = begins
    twice = x.astype(np.int64) * y[after] - x[after].astype(np.int64) * y
    return np.add.reduceat(twice, begins)


def _parts(
    mask: NDArray[np.bool_],
    x: NDArray[np.int32],
    y: NDArray[np.int32],
    begins: NDArray[np.int32],
) -> NDArray[np.int32]:
    """Return the number of the connected part that every ring bounds."""
    from scipy import ndimage  # noqa: PLC0415 - costs a start 0.3 s

    parts, _ = ndimage.label(mask)
    right, down = np.sign(x[begins + 1] - x[begins]), np.sign(y[begins + 1] - y[begins])
    # The pixel on the right of the first edge, from the corner where it begins.
    rows = y[begins] - ((right < 0) | (down < 0))
    columns = x[begins] - ((right < 0) | (down > 0))
    numbers: NDArray[np.int32] = parts[rows, columns]
    return numbers


def coordinates(found: Outlines) -> Iterator[bytes]:
    """Yield the coordinates of a GeoJSON MultiPolygon, as JSON text in pieces."""
    count = len(found.points)
    digits = np.arange(found.points.max(initial=0) + 1).astype(bytes)
    digits = digits.view(np.uint8).reshape(len(digits), -1)
    begins = np.zeros((count + 1, 2), bool)  # a polygon, a ring
    begins[found.rings[:-1]] = np.stack([found.is_outer, np.ones_like(found.is_outer)], axis=1)
    begins[-1] = True
    yield b"["
    for first in range(0, count, _POINTS_AT_ONCE):
        last = min(first + _POINTS_AT_ONCE, count)
        text = _text(found.points[first:last], begins[first : last + 1], digits)
        yield text if last < count else text[:-1]
    yield b"]"


def _text(points: NDArray[np.int32], begins: NDArray[np.bool_], digits: NDArray[np.uint8]) -> bytes:
    """Return '[x,y],' for every point, with the brackets of the rings and polygons around."""
    opening, comma, closing = (np.uint8(ord(letter)) for letter in "[,]")
    width = digits.shape[1]
    letters = np.zeros((len(points), 2 * width + 8), np.uint8)
    letters[:, :2] = begins[:-1] * opening
    letters[:, 2] = opening
    letters[:, 3 : 3 + width] = digits[points[:, 0]]
    letters[:, 3 + width] = comma
    letters[:, 4 + width : 4 + 2 * width] = digits[points[:, 1]]
    letters[:, 4 + 2 * width] = closing
    letters[:, 5 + 2 * width : 7 + 2 * width] = begins[1:, ::-1] * closing
    letters[:, 7 + 2 * width] = comma
    text: bytes = letters[letters != 0].tobytes()
    return text
