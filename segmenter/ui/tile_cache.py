"""Pictures of tiles: made when they are first seen, as many at a time as can be waited for."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QImage

    from segmenter.app.pyramid import Tile

KEPT = 256


class TileCache:
    """Remembers the tiles that were seen last.

    Parameters
    ----------
    at_once
        What the tiles that are made for one painting may cost, in the unit of their makers; one
        is made whatever it costs.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._tiles: OrderedDict[Tile, QImage] = OrderedDict()

    def clear(self) -> None:
        """Forget all: the tiles would look otherwise now."""
        self._tiles.clear()

    def has(self, tile: Tile) -> bool:
        """Whether a tile is remembered."""
        return tile in self._tiles

    def pictures(
        self,
        tiles: Sequence[Tile],
        make: Callable[[Tile], QImage],
        cost: Callable[[Tile], float],
    ) -> list[QImage | None]:
        """Return a picture for each tile, None for those that are left to the next painting."""
        spent = 0.0
        for tile in tiles:
            if tile in self._tiles:
                self._tiles.move_to_end(tile)
            elif spent < self._at_once:
                spent += cost(tile)
                self._tiles[tile] = make(tile)
        found = [self._tiles.get(tile) for tile in tiles]
        while len(self._tiles) > max(KEPT, len(tiles)):
            self._tiles.popitem(last=False)
        return found
