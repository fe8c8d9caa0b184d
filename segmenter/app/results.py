"""The last results of one image by their settings, so that undo shows them at once."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from segmenter.engine.types import Stop

if TYPE_CHECKING:
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Result

CACHE_BYTES = 256_000_000


class ResultCache:
    """Finished results, the oldest dropped when they take more than `limit` bytes together."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._results: OrderedDict[Settings, Result] = OrderedDict()

    def keep(self, result: Result) -> None:
        """Keep a result, unless it was stopped early."""
        if result.stopped is Stop.CANCELLED:
            return
        self._results[result.settings] = result
        self._results.move_to_end(result.settings)
        while self._size() > self._limit:
            self._results.popitem(last=False)

    def get(self, settings: Settings) -> Result | None:
        """Return the result for `settings`, if it is still kept."""
        return self._results.get(settings)

    def clear(self) -> None:
        """Forget all: there is another image."""
        self._results.clear()

    def _size(self) -> int:
        # Results of one image may share their index; it is held once, so it counts once.
        held = {
            id(array): array.nbytes
            for kept in self._results.values()
            for array in (kept.labels, kept.responsibilities, kept.index)
            if array is not None
        }
        return sum(held.values())
