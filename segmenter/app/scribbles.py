"""Scribbles as the window keeps them: tiles that strokes share, so that undo costs no memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

TILE = 64  # px
_REACH = TILE / 2**0.5  # px from the middle of a tile to its corners
Place = tuple[int, int]
"""(row, column), of a pixel or of a tile."""


class Nib(NamedTuple):
    """What a brush leaves: class `number`, or 0 to erase, on a disc `size` pixels across."""

    number: int
    size: int


@dataclass(frozen=True, eq=True)
class Scribbles:
    """The class that the user has said of each pixel, if any; never changed, only replaced.

    Parameters
    ----------
    tiles
        By (row, column) of tiles: 64 x 64 class numbers, 0 where nothing is said. Tiles of which
        nothing is said are left out, so equal scribbles are equal.
    """

    tiles: Mapping[Place, bytes] = field(default_factory=lambda: MappingProxyType({}))

    def __hash__(self) -> int:
        return hash(frozenset(self.tiles.items()))

    def __bool__(self) -> bool:
        return bool(self.tiles)

    @cached_property
    def highest(self) -> int:
        """The largest class number that is said; 0 without any."""
        return max((max(tile) for tile in self.tiles.values()), default=0)

    def drawn(self, start: Place, end: Place, nib: Nib, shape: Place) -> Scribbles:
        """Return the scribbles with a straight line more, from pixel to pixel, both included.

        Parameters
        ----------
        shape
            (rows, columns) of the image, beyond which nothing is drawn.
        """
        changed = dict(self.tiles)
        for place in _tiles_near(start, end, nib.size / 2, shape):
            tile = np.frombuffer(self.tiles.get(place, bytes(TILE * TILE)), np.uint8)
            rows = np.arange(place[0] * TILE, (place[0] + 1) * TILE)
            columns = np.arange(place[1] * TILE, (place[1] + 1) * TILE)
            away = _distances(rows[:, None], columns, start, end)
            is_under = away <= nib.size / 2
            is_under &= (rows < shape[0])[:, None] & (columns < shape[1])
            drawn = np.where(is_under, np.uint8(nib.number), tile.reshape(TILE, TILE))
            changed.pop(place, None)
            if drawn.any():
                changed[place] = drawn.tobytes()
        return Scribbles(MappingProxyType(changed))

    def at(self, row: int, column: int) -> int:
        """Return the class that is said of one pixel; 0 for none."""
        tile = self.tiles.get((row // TILE, column // TILE))
        return 0 if tile is None else tile[row % TILE * TILE + column % TILE]

    def within(self, rows: range, columns: range) -> NDArray[np.uint8]:
        """Return the (rows, columns) uint8 class numbers of an area, 0 where nothing is said."""
        found = np.zeros((len(rows), len(columns)), np.uint8)
        for (row, column), tile in self.tiles.items():
            top, left = row * TILE, column * TILE
            up, down = max(rows.start, top), min(rows.stop, top + TILE)
            near, far = max(columns.start, left), min(columns.stop, left + TILE)
            if up < down and near < far:
                pixels = np.frombuffer(tile, np.uint8).reshape(TILE, TILE)
                target = found[up - rows.start : down - rows.start]
                source = pixels[up - top : down - top, near - left : far - left]
                target[:, near - columns.start : far - columns.start] = source
        return found

    def on(self, shape: Place) -> NDArray[np.uint8] | None:
        """Return them as the engine takes them for an image; None where nothing is said."""
        return self.within(range(shape[0]), range(shape[1])) if self else None

    def bounds(self) -> tuple[range, range]:
        """Return (rows, columns) that hold all that is said, in whole tiles."""
        rows, columns = zip(*self.tiles, strict=True) if self.tiles else ((0,), (0,))
        end = 1 if self.tiles else 0
        return (
            range(min(rows) * TILE, (max(rows) + end) * TILE),
            range(min(columns) * TILE, (max(columns) + end) * TILE),
        )


def scribbles_of(numbers: NDArray[np.uint8]) -> Scribbles:
    """Return the scribbles of (rows, columns) class numbers, 0 where nothing is said."""
    rows, columns = numbers.shape
    tiles = {}
    for row, column in product(range(0, rows, TILE), range(0, columns, TILE)):
        part = numbers[row : row + TILE, column : column + TILE]
        if part.any():
            tile = np.zeros((TILE, TILE), np.uint8)
            tile[: part.shape[0], : part.shape[1]] = part
            tiles[row // TILE, column // TILE] = tile.tobytes()
    return Scribbles(MappingProxyType(tiles))


def _tiles_near(start: Place, end: Place, reach: float, shape: Place) -> Iterator[Place]:
    """Yield the tiles of an image that a line of this half width may touch."""
    spans = []
    for side in (0, 1):
        low, high = sorted((start[side], end[side]))
        first, last = max(0, low - reach) // TILE, min(shape[side] - 1, high + reach) // TILE
        spans.append(np.arange(first, last + 1))
    rows, columns = np.meshgrid(*spans, indexing="ij")
    middle = (TILE - 1) / 2
    away = _distances(rows * TILE + middle, columns * TILE + middle, start, end)
    near = away <= reach + _REACH
    for row, column in zip(rows[near], columns[near], strict=True):
        yield int(row), int(column)


def _distances(
    rows: NDArray[Any], columns: NDArray[Any], start: Place, end: Place
) -> NDArray[np.float64]:
    """Return how far pixels are from a line between two pixels, middle to middle."""
    down, across = end[0] - start[0], end[1] - start[1]
    length = max(1, down * down + across * across)
    from_row, from_column = rows - start[0], columns - start[1]
    along = np.clip((from_row * down + from_column * across) / length, 0, 1)
    away: NDArray[np.float64] = np.hypot(from_row - along * down, from_column - along * across)
    return away
