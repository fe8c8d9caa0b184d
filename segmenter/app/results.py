"""The last results of one image by their inputs, so that undo shows them at once."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from segmenter.engine.outcome import Stop

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from segmenter.app.scribbles import Scribbles
    from segmenter.app.state import Inputs
    from segmenter.engine.outcome import Result
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

    Key = tuple[Settings, Scribbles, Mixture | None]

CACHE_BYTES = 256_000_000


class ResultCache:
    """Finished results, the oldest dropped when they take more than `limit` bytes together."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._results: OrderedDict[Key, Result] = OrderedDict()

    def keep(self, inputs: Inputs, result: Result) -> None:
        """Keep what these inputs have led to, unless it was stopped early."""
        if result.stopped is Stop.CANCELLED:
            return
        self._results[inputs.decisive] = result
        self._results.move_to_end(inputs.decisive)
        while self._size() > self._limit:
            self._results.popitem(last=False)

    def get(self, inputs: Inputs) -> Result | None:
        """Return what the same settings, scribbles and start have led to, if it is still kept."""
        return self._results.get(inputs.decisive)

    def clear(self) -> None:
        """Forget all: there is another image."""
        self._results.clear()

    def _size(self) -> int:
        # Results of one image may share their index; it is held once, so it counts once.
        held = {
            id(array): array.nbytes
            for kept in self._results.values()
            for array in _arrays(kept)
            if array is not None
        }
        return sum(held.values())


def _arrays(result: Result) -> tuple[NDArray[np.generic] | None, ...]:
    fixed = (result.labels, result.responsibilities, result.index, result.shading, result.conflicts)
    tried = [array for each in result.candidates for array in (each.labels, each.index)]
    return (*fixed, *tried)
