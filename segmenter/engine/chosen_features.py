"""Which kinds of feature an image is seen by: those that are chosen and that suit it."""

from __future__ import annotations

from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Image, SegmenterError

# Whole images of these kinds need the neighbourhood or the place, so equal pixels differ.
# What is not here has one feature for each channel.
FEATURE_COUNTS: dict[FeatureKind, int] = {
    FeatureKind.GREY: 1,
    FeatureKind.RGB: 3,
    FeatureKind.LAB: 3,
    FeatureKind.HSV: 3,
    FeatureKind.TEXTURE: 1,
    FeatureKind.POSITION: 2,
}
_NEEDS_PLACE = {FeatureKind.TEXTURE, FeatureKind.POSITION}
_NEEDS_COLOUR = {FeatureKind.RGB, FeatureKind.LAB, FeatureKind.HSV}


def automatic_kinds(image: Image) -> tuple[FeatureKind, ...]:
    """Return the kinds that are used where none is chosen."""
    if not image.is_colour:
        return (FeatureKind.CHANNELS,)
    # What combines channels cannot be told from part of them.
    return (FeatureKind.LAB,) if image.missing is None else (FeatureKind.RGB,)


def feature_count(image: Image, settings: Settings) -> int:
    """Return how many features `extract` will give."""
    channels: int = image.pixels.shape[2]
    return sum(FEATURE_COUNTS.get(kind, channels) for kind in chosen_kinds(image, settings))


def suits(kind: FeatureKind, image: Image) -> bool:
    """Whether the image has the channels that a kind of feature needs."""
    return image.is_colour or kind not in _NEEDS_COLOUR


def chosen_kinds(image: Image, settings: Settings) -> tuple[FeatureKind, ...]:
    """Return the kinds that will be used: those chosen, else by the kind of image."""
    kinds = settings.features or automatic_kinds(image)
    for kind in kinds:
        if not suits(kind, image):
            count = len(image.channel_names)
            raise SegmenterError(
                f"Feature '{kind}' needs a colour image, and this one has "
                f"{count} channel{'s' if count > 1 else ''}. "
                "Choose 'channels' or leave it automatic."
            )
    if settings.position_weight == 0:
        kinds = tuple(kind for kind in kinds if kind is not FeatureKind.POSITION)
        if not kinds:
            raise SegmenterError(
                "Position is the only feature and its weight is 0. "
                "Choose another feature or raise the position weight."
            )
    return kinds


def looks_at_single_pixels(image: Image, settings: Settings) -> bool:
    """Whether equal pixels have equal features, so that they can be merged exactly."""
    return settings.smoothing == 0 and not _NEEDS_PLACE.intersection(chosen_kinds(image, settings))
