"""Image to features: what the mixture sees of every pixel, centred and scaled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.centring import centred_and_scaled
from segmenter.engine.chosen_features import FEATURE_COUNTS, chosen_kinds
from segmenter.engine.feature_values import KINDS, source_of
from segmenter.engine.missing import complete, known
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Features, Image, SegmenterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEEPS_CHANNELS_APART = {FeatureKind.RGB, FeatureKind.CHANNELS}


def extract(
    image: Image, settings: Settings, *, counts: NDArray[np.integer] | None = None
) -> Features:
    """Compute the features of every pixel of an image, (features, rows * columns).

    Parameters
    ----------
    counts
        (rows * columns,) how many pixels each one stands for; None: one each. They decide the
        centre and scale, so that merged and single pixels give the same features.

    Raises
    ------
    SegmenterError
        When the image lacks the channels that a chosen feature needs.
    """
    source = source_of(image, settings)
    weights = image.valid.ravel() if counts is None else counts
    chosen = chosen_kinds(image, settings)
    lacking = [_lacking(kind, image) for kind in chosen]
    with np.errstate(over="ignore", invalid="ignore"):  # looked for below
        kinds = [KINDS[kind](source) for kind in chosen]
        centred = [
            centred_and_scaled(
                kind.values, kind.steps, there=~nowhere, weights=weights, together=kind.shares_scale
            )
            for kind, nowhere in zip(kinds, lacking, strict=True)
        ]
    values = np.concatenate([values for values, _, _, _ in centred])
    if not np.isfinite(values).all():
        raise SegmenterError(
            "The pixel values of this image are too large to compute with. "
            "Divide them by a constant, or set what is no measurement to NaN."
        )
    features = Features(
        values=values,
        names=tuple(name for kind in kinds for name in kind.names),
        offset=np.concatenate([offset for _, offset, _, _ in centred]),
        scale=np.concatenate([scale for _, _, scale, _ in centred]),
        noise=np.concatenate([noise for _, _, _, noise in centred]),
        weight=np.concatenate([np.full(len(kind.names), kind.weight) for kind in kinds]),
        brightness=np.concatenate([np.asarray(kind.brightness, np.float64) for kind in kinds]),
        missing=None if image.missing is None else np.concatenate(lacking),
    )
    return features if image.missing is None else _with_values(features)


def _lacking(kind: FeatureKind, image: Image) -> NDArray[np.bool_]:
    """Return (features, pixels), or (features, 1) for all pixels: where there is no value.

    What combines channels needs them all.
    """
    channels: int = image.pixels.shape[2]
    count = FEATURE_COUNTS.get(kind, channels)
    if image.missing is None:
        return np.zeros((count, 1), np.bool_)
    if kind in _KEEPS_CHANNELS_APART:
        return np.ascontiguousarray(~known(image).reshape(-1, count).T)
    whole = image.valid if kind is FeatureKind.POSITION else complete(image)
    return np.repeat(~whole.reshape(1, -1), count, axis=0)


def _with_values(features: Features) -> Features:
    """Return the features without those that no pixel has, none with a weight above 1.

    Raises
    ------
    SegmenterError
        When none is left.
    """
    missing = features.missing
    assert missing is not None
    has = ~np.asarray(missing.all(axis=1))
    if not has.any():
        raise SegmenterError(
            "No pixel has all the channels that the chosen features combine. "
            "Choose 'channels' or leave the features automatic."
        )
    # Where values are missing, larger weights have no highest likelihood.
    features = replace(features, weight=np.minimum(features.weight, 1))
    if has.all():
        return features
    return Features(
        values=np.ascontiguousarray(features.values[has]),
        names=tuple(name for name, is_there in zip(features.names, has, strict=True) if is_there),
        offset=features.offset[has],
        scale=features.scale[has],
        noise=features.noise[has],
        weight=features.weight[has],
        brightness=features.brightness[has],
        missing=np.ascontiguousarray(missing[has]),
    )
