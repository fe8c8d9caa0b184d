"""Which numbers a layer shows over the image: of the run under way, the result, or another map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.app.classes import classes_of
from segmenter.app.sides import EM, IMAGE, K_MEANS, clusters_of, is_coming, styles_beside
from segmenter.app.state import is_uncoloured
from segmenter.engine.outcome import Result
from segmenter.engine.overlay import LABEL_VIEWS, View, plane
from segmenter.engine.styles import fitted_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.sides import Layer
    from segmenter.app.state import State
    from segmenter.engine.styles import ClassStyle


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
    layer
        Whose it is.
    """

    made_by: Result | NDArray[np.uint8]
    shape: tuple[int, int]
    view: View
    chosen: int
    layer: Layer = EM

    @property
    def is_whole(self) -> bool:
        """Whether there is a number for every pixel; else a few stand for all."""
        return isinstance(self.made_by, Result) or self.made_by.shape == self.shape

    def same_as(self, other: Source | None) -> bool:
        """Whether both show the same numbers."""
        return other is not None and self.made_by is other.made_by and self[1:] == other[1:]

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
    image = state.image
    if image is None or is_bare(layer, state):
        return None
    clusters = clusters_of(state)
    if layer == K_MEANS and clusters is not None and clusters.preview is not None:
        return Source(clusters.preview, image.shape, View.LABELS, 0, layer)
    if layer != EM:
        labels = None if state.compared is None else state.compared.maps.get(layer)
        return labels if labels is None else Source(labels, image.shape, View.LABELS, 0, layer)
    return _source_of_run(state, image.shape)


def _source_of_run(state: State, shape: tuple[int, int]) -> Source | None:
    """Return the growing preview or the last result."""
    look, result = state.look, state.result
    preview = None if state.progress is None else state.progress.preview
    if is_uncoloured(state):
        preview = None
    if preview is not None and look.view not in {View.UNCERTAINTY, View.SHADING}:
        return Source(preview, shape, look.view, look.chosen)
    if result is None or result.labels.shape != shape:
        return None
    if look.view is View.SOFT_MASK and look.chosen > result.class_count:
        return None
    return Source(result, shape, look.view, look.chosen)


def is_bare(layer: Layer, state: State) -> bool:
    """Whether nothing is to be laid over the image."""
    look = state.look
    is_plain = look.view is View.IMAGE or (layer == EM and look.view is View.CORRECTED)
    return look.overlay_hidden or layer == IMAGE or is_plain


def is_tinted(layer: Layer, state: State) -> bool:
    """Whether a layer's colours lie over an image that is to be grey under them."""
    look = state.look
    if not look.grey_image or not look.opacity or is_bare(layer, state):
        return False
    source = source_of(layer, state)
    if source is None:
        return is_coming(layer, state)
    return not (look.outlined and source.view in LABEL_VIEWS)


def styles_of(source: Source, state: State) -> tuple[ClassStyle, ...]:
    """Return the styles of the classes, and of those that only another layer has."""
    clusters = clusters_of(state)
    if clusters is not None and source.made_by is clusters.preview:
        return styles_beside(clusters, state)
    if source.layer == EM or state.compared is None:
        return classes_of(state)
    return fitted_classes(state.inputs.classes, state.compared.class_count)
