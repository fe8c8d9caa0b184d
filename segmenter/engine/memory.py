"""How much memory a run will take, told before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.chosen_features import feature_count, looks_at_single_pixels
from segmenter.engine.cleanup import is_cleaned
from segmenter.engine.settings import AUTO, Spatial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image

# Measured as the peak of whole runs, in bytes, beside what grows with features and components.
PER_PIXEL = 22  # sorting, the index, labels
PER_COUNTED = 8  # the same where equal pixels are counted in a table; the rest is for each sample
PER_SAMPLE = 24  # conversion between colour spaces; weights, densities
PER_INCOMPLETE = 12  # numbers of patterns, and their order
PER_TRIED = 256  # the search for starts, for each squared component and feature
PER_CLEANED = 45  # numbers of regions, and what is known of each where there is only noise
TABLE_BITS = 24  # pixels of so many bits are counted in a table; longer ones are sorted
TRIAL = 256  # px: equal pixels are counted on at most so many rows and columns


def needed_bytes(image: Image, settings: Settings, *, components: int = 0) -> int:
    """Return about how many bytes a run takes at its peak, beside the image itself.

    It is told from above: real images need less, rarely more.

    Parameters
    ----------
    components
        How many a given mixture has; 0: as many as the settings say.
    """
    channels: int = image.pixels.shape[2]
    width = np.result_type(image.pixels.dtype, np.float32).itemsize
    features = feature_count(image, settings)
    preparing = (8 + width) * features + (width * channels if settings.smoothing else 0)
    fitting = 4 * features + 4 * (components or settings.at_most)
    if not image.valid.all():
        # The features of all pixels, and of those that have data.
        preparing += 4 * features + 8
    may_lack = image.missing is not None or settings.no_data is not None or settings.saturated
    if may_lack:
        # The samples of each pattern beside all of them, and what is found for one pattern.
        preparing += 8 * features
        fitting += 4 * features + 2 * (components or settings.at_most) + PER_INCOMPLETE
    per_sample = PER_SAMPLE * width // 4 + max(preparing, fitting)
    share = _share_of_samples(image, settings)
    tried = ((components or settings.at_most) * features) ** 2
    searching = 0 if components else PER_TRIED * tried
    if _is_counted(image, settings) and not may_lack:
        plain = PER_COUNTED + share * (PER_PIXEL - PER_COUNTED + per_sample)
    else:
        plain = PER_PIXEL + share * per_sample
    if settings.components == AUTO and not components:
        plain += settings.most_components  # a label map of each number that is tried
    classes = (components or settings.at_most) + int(settings.noise_class)
    labelled = 5 + share * 4 * classes
    cleaning = labelled + PER_CLEANED if is_cleaned(settings) else 0
    per_pixel = max(plain, _over_classes(settings, classes, features, share), cleaning)
    return int(image.valid.size * per_pixel) + searching


def regions_bytes(image: Image) -> int:
    """Return about how many bytes the regions of an image take where there is only noise."""
    return int(image.valid.size) * PER_CLEANED


def _over_classes(settings: Settings, classes: int, features: int, share: float) -> float:
    """Return the bytes per pixel of EM over classes, which comes after the plain mixture."""
    if settings.spatial is Spatial.CHAIN:
        return 52 + 12 * classes + share * (10 * classes + 10)
    per_sample = 8 * features + 12
    if settings.spatial is Spatial.FIELD:
        field = 26 + 8.25 * classes + share * (12 * classes + per_sample)
        # The weights of edges, and what it takes to find them before there is a field.
        return max(field + 8, 115) if settings.contrast else field
    return PER_PIXEL + share * (18 * classes + per_sample) if settings.noise_class else 0


def _share_of_samples(image: Image, settings: Settings) -> float:
    """Return how many samples there are per pixel, at most."""
    if settings.shading or not looks_at_single_pixels(image, settings):
        return 1.0
    rows, columns = (-(-side // TRIAL) for side in image.shape)
    trial = image.pixels[::rows, ::columns].reshape(-1, image.pixels.shape[2])
    # Of more pixels, a smaller share is distinct, and there are only so many values.
    most = 2.0 ** min(_bits(image), 64) / image.valid.size
    return min(most, _distinct(trial) / len(trial))


def _is_counted(image: Image, settings: Settings) -> bool:
    is_merged = looks_at_single_pixels(image, settings) and not settings.shading
    return is_merged and _bits(image) <= TABLE_BITS


def _bits(image: Image) -> int:
    """Return how many bits the channels of a pixel have together."""
    channels: int = image.pixels.shape[2]
    return 8 * image.pixels.dtype.itemsize * channels


def _distinct(rows: NDArray[np.generic]) -> int:
    """Return how many different rows there are.

    `numpy.unique` of whole rows takes long, and Python for itself: the window stood still.
    """
    ordered = rows[np.lexsort(rows.T)]
    return 1 + int(np.count_nonzero((ordered[1:] != ordered[:-1]).any(axis=1)))
