"""Pictures of tiles: made when they are first seen, as many at a time as can be waited for."""

from __future__ import annotations

from collections import OrderedDict
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QImage

    from segmenter.app.pyramid import Tile

KEPT = 256
MAKING_SECONDS = 0.002
"""What making tiles may add to one painting."""


class Allowance:
    """Time for making tiles during one painting; one tile is made whatever it takes."""

    def __init__(self, seconds: float = MAKING_SECONDS) -> None:
        self._end = perf_counter() + seconds
        self._is_used = False

    def use(self) -> bool:
        """Whether another tile may be made, which is made then."""
        is_left = not self._is_used or perf_counter() < self._end
        self._is_used = True
        return is_left


class TileCache:
    """Remembers the tiles that were seen last."""

    def __init__(self) -> None:
        self._tiles: OrderedDict[Tile, QImage] = OrderedDict()
        self._room = KEPT

    def clear(self) -> None:
        """Forget all: the tiles would look otherwise now."""
        self._tiles.clear()

    def picture(self, tile: Tile, make: Callable[[Tile], QImage]) -> QImage:
        """Return the picture of a tile."""
        if tile not in self._tiles:
            self._tiles[tile] = make(tile)
        self._tiles.move_to_end(tile)
        while len(self._tiles) > self._room:
            self._tiles.popitem(last=False)
        return self._tiles[tile]

    def pictures(
        self, tiles: Sequence[Tile], make: Callable[[Tile], QImage], allowance: Allowance
    ) -> list[QImage | None]:
        """Return a picture for each tile, None for those that are left to the next painting."""
        # All that is seen at once is kept.
        self._room = max(KEPT, len(tiles))
        return [
            self.picture(tile, make) if tile in self._tiles or allowance.use() else None
            for tile in tiles
        ]
