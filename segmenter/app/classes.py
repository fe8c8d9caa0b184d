"""The classes that are shown: how many there are, and how each looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.state import coming_mixture, is_uncoloured
from segmenter.engine.settings import AUTO, BY_ENTROPY
from segmenter.engine.styles import fitted_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.state import Inputs, State
    from segmenter.engine.styles import ClassStyle


def class_count(state: State) -> int:
    """Return how many classes are asked for or, if those are more, are there to be seen."""
    found = 0 if state.result is None else state.result.class_count
    mixture = coming_mixture(state)
    coming = 0 if mixture is None else mixture.class_count
    said = state.inputs.scribbles.highest
    least = 1 + state.inputs.settings.noise_class
    return max(least, asked_classes(state.inputs), found, coming, said)


def noise_number(state: State) -> int:
    """Return the number of the noise class among those that are shown; 0 where there is none."""
    coming = coming_mixture(state)
    if coming is not None and coming.noise is not None:
        return coming.noise_number
    found = 0 if state.result is None else state.result.mixture.noise_number
    if coming is None and found:
        return found
    # A run finds the plain mixture first: its classes are shown without the noise class to come.
    return class_count(state) if state.inputs.settings.noise_class else 0


def asked_classes(inputs: Inputs) -> int:
    """Return how many classes are asked for; 0 where the data decide."""
    if inputs.start is not None:
        return inputs.start.class_count
    settings = inputs.settings
    more = int(settings.noise_class)
    is_counted = settings.join == BY_ENTROPY or inputs.scribbles
    if is_counted and settings.classes != AUTO:
        return int(settings.classes) + more
    if settings.join == BY_ENTROPY:
        return 0
    if settings.components == AUTO:
        return 0
    joined = sum(len(group) - 1 for group in settings.joined_by_hand)
    return max(1, int(settings.components) - joined) + more


def completed(inputs: Inputs) -> tuple[ClassStyle, ...]:
    """Return the classes of the inputs, and default ones up to as many as are asked for."""
    has_noise = any(style.is_noise for style in inputs.classes)
    count = len(inputs.classes) - has_noise
    count = max(count, asked_classes(inputs) - inputs.settings.noise_class)
    return fitted_classes(inputs.classes, count + has_noise, noise=(count + 1) * has_noise)


def classes_of(state: State) -> tuple[ClassStyle, ...]:
    """Return name, colour and visibility of every class that is asked for or there to be seen."""
    return fitted_classes(state.inputs.classes, class_count(state), noise=noise_number(state))


def style_of(state: State, number: int) -> ClassStyle:
    """Return the style of class `number`, counted from 1."""
    return classes_of(state)[number - 1]


def stepped_preview(state: State) -> NDArray[np.uint8] | None:
    """Return the preview of the half step at which a run waits; None before it has colours."""
    if state.progress is None or not state.stepping or is_uncoloured(state):
        return None
    return state.progress.preview


def point_classes(state: State) -> NDArray[np.uint8] | None:
    """Return the class, from 1, of the pixels that stand for all in plots; None without one.

    Where a run goes by half steps they are those of its preview, which a pixel may share with its
    neighbours; else those of the last result, until there is the next.
    """
    cloud, result, preview = state.cloud, state.result, stepped_preview(state)
    if cloud is None:
        return None
    if preview is not None:
        rows, columns = np.divmod(cloud.pixels, cloud.image.shape[1])
        step = -(-max(cloud.image.shape) // max(preview.shape))
        return np.asarray(preview[rows // step, columns // step])
    if result is None or result.mixture.features != cloud.names:
        return None
    return np.asarray(result.labels.ravel()[cloud.pixels])
