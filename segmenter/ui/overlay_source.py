"""Which numbers a layer shows over the image: of the run under way, the result, or k-means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.app.state import Layer
from segmenter.engine.overlay import View, plane
from segmenter.engine.types import Result

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.state import State


class Source(NamedTuple):
    """What a layer shows.

    Parameters
    ----------
    made_by
        The result, or a label map of the image's size or smaller.
    shape
        (rows, columns) of the image.
    view, chosen
        What of it is shown.
    """

    made_by: Result | NDArray[np.uint8]
    shape: tuple[int, int]
    view: View
    chosen: int

    @property
    def is_whole(self) -> bool:
        """Whether there is a number for every pixel; else a few stand for all."""
        return isinstance(self.made_by, Result) or self.made_by.shape == self.shape

    def same_as(self, other: Source | None) -> bool:
        """Whether both show the same numbers."""
        return other is not None and self.made_by is other.made_by and self[1:] == other[1:]

    @property
    def class_count(self) -> int:
        """How many probabilities a pixel has."""
        return self.made_by.class_count if isinstance(self.made_by, Result) else 1

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The label map, perhaps smaller than the image."""
        return self.made_by.labels if isinstance(self.made_by, Result) else self.made_by

    def numbers(self, rows: slice, columns: slice) -> NDArray[np.uint8]:
        """Return (rows, columns) what the colour table of the view colours."""
        if isinstance(self.made_by, Result):
            return plane(self.made_by, self.view, self.chosen, rows=rows, columns=columns)
        labels = self.made_by[rows, columns]
        if self.view is not View.SOFT_MASK:
            return labels
        strengths = np.where(labels == self.chosen, np.uint8(255), np.uint8(1))
        strengths[labels == 0] = 0
        return strengths


def source_of(layer: Layer, state: State) -> Source | None:
    """Return what a layer shows in a state; None for nothing."""
    look, result, image = state.look, state.result, state.image
    if image is None or layer is Layer.IMAGE or look.overlay_hidden or look.view is View.IMAGE:
        return None
    if layer is Layer.K_MEANS:
        look = replace(look, view=View.LABELS)
        made_by = None if state.comparison is None else state.comparison.labels
        return made_by if made_by is None else Source(made_by, image.shape, look.view, look.chosen)
    preview = None if state.progress is None else state.progress.preview
    if preview is not None and look.view is not View.UNCERTAINTY:
        return Source(preview, image.shape, look.view, look.chosen)
    if result is None or result.labels.shape != image.shape:
        return None
    if look.view is View.SOFT_MASK and look.chosen > result.class_count:
        return None
    return Source(result, image.shape, look.view, look.chosen)
