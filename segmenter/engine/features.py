"""Image to features: what the mixture sees of every pixel, centred and scaled.

Each kind of feature is one function and one row in `_KINDS`. A kind that looks at one pixel at a
time works on an image of distinct colours as well as on the whole image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.centring import centred_and_scaled, measured_step
from segmenter.engine.missing import complete, known
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.engine.types import Features, Image, SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

GREY_WEIGHTS = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709, luma
CONVERTED = 16_384  # pixels that go from one colour space to another at a time
_LAB_SPANS = (100.0, 184.4, 202.3)  # of L*, a*, b* over the sRGB cube

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
_KEEPS_CHANNELS_APART = {FeatureKind.RGB, FeatureKind.CHANNELS}
_NEEDS_COLOUR = {FeatureKind.RGB, FeatureKind.LAB, FeatureKind.HSV}


@dataclass(frozen=True, slots=True)
class _Source:
    """What features are made of: the image, smoothed, and what was measured before that.

    ``steps`` has the step of every channel; ``white`` is the value of full brightness.
    """

    image: Image
    settings: Settings
    steps: tuple[float, ...]
    white: float

    @property
    def step(self) -> float:
        """The step of brightness."""
        return sum(self.steps) / len(self.steps)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Raw features of one kind, in the file's units.

    ``steps`` is how far neighbouring values lie apart (0: continuous); a shared scale keeps the
    distances between the features of one kind, such as those of Lab.
    """

    values: Sequence[NDArray[np.floating]]
    names: tuple[str, ...]
    steps: tuple[float, ...]
    brightness: tuple[float, ...]
    weight: float = 1.0
    shares_scale: bool = True


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
    source = _source(image, settings)
    weights = image.valid.ravel() if counts is None else counts
    chosen = chosen_kinds(image, settings)
    lacking = [_lacking(kind, image) for kind in chosen]
    with np.errstate(over="ignore", invalid="ignore"):  # looked for below
        kinds = [_KINDS[kind](source) for kind in chosen]
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


def _as_float(pixels: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return float32 where it holds every value exactly, else float64."""
    return pixels.astype(np.result_type(pixels.dtype, np.float32), copy=False)


def _source(image: Image, settings: Settings) -> _Source:
    """Measure the image as it is in the file, then smooth it."""
    there = known(image)
    each = [(channel, there[:, :, c]) for c, channel in enumerate(_channels(image))]
    steps = tuple(measured_step(channel[where]) for channel, where in each)
    source = _Source(image, settings, steps, _white(image))
    if settings.smoothing == 0 and there.all():
        return source
    if settings.smoothing == 0:
        # 'No data' may hold anything, so not a number too.
        plain = np.where(there, image.pixels, image.pixels.dtype.type(0))
        return replace(source, image=replace(image, pixels=plain))
    blurred = [_blurred(_as_float(channel), where, settings.smoothing) for channel, where in each]
    return replace(source, image=replace(image, pixels=np.stack(blurred, axis=-1)))


def _white(image: Image) -> float:
    """Return the channel value that stands for full brightness."""
    if np.issubdtype(image.pixels.dtype, np.integer):
        return float(2**image.bit_depth - 1)
    largest = float(image.pixels[known(image)].max(initial=0))
    return 1.0 if largest <= 1.0 else largest


def _blurred(
    values: NDArray[np.floating], valid: NDArray[np.bool_], sigma: float
) -> NDArray[np.floating]:
    from scipy.ndimage import gaussian_filter  # noqa: PLC0415 - costs a start 0.2 s

    if valid.all():
        blurred: NDArray[np.floating] = gaussian_filter(values, sigma, mode="nearest")
        return blurred
    # Normalised convolution: the mean over those neighbours that have data.
    known = gaussian_filter(valid.astype(values.dtype), sigma, mode="nearest")
    summed = gaussian_filter(np.where(valid, values, 0), sigma, mode="nearest")
    return np.where(valid, summed / np.maximum(known, np.finfo(values.dtype).tiny), 0)


def _channels(image: Image) -> list[NDArray[np.generic]]:
    return [image.pixels[:, :, c] for c in range(image.pixels.shape[2])]


def grey_values(image: Image) -> NDArray[np.floating]:
    """Return (rows, columns) brightness in the file's units: luma, or the mean of the channels."""
    channels = [_as_float(channel) for channel in _channels(image)]
    weights = GREY_WEIGHTS if image.is_colour else (1 / len(channels),) * len(channels)
    grey = channels[0] * channels[0].dtype.type(weights[0])
    for weight, channel in zip(weights[1:], channels[1:], strict=True):
        grey += channel * channel.dtype.type(weight)
    return grey


def _grey(source: _Source) -> _Kind:
    return _Kind((grey_values(source.image),), ("grey",), (source.step,), (1.0,))


def _rgb(source: _Source) -> _Kind:
    values = [_as_float(channel) for channel in _channels(source.image)]
    return _Kind(values, source.image.channel_names, source.steps, GREY_WEIGHTS)


def _lab(source: _Source) -> _Kind:
    """CIE L*a*b* of sRGB under D65, by scikit-image."""
    from skimage.color import rgb2lab  # noqa: PLC0415 - costs a start 0.2 s

    steps = [span * source.step / source.white for span in _LAB_SPANS]
    values = _converted(source, rgb2lab)
    return _Kind(values, ("L*", "a*", "b*"), (steps[0], steps[1], steps[2]), (1.0, 0.0, 0.0))


def _hsv(source: _Source) -> _Kind:
    """Hue as a point on a circle whose radius is the saturation, and the value."""
    from skimage.color import rgb2hsv  # noqa: PLC0415

    hue, saturation, value = _converted(source, rgb2hsv)
    angle = hue * hue.dtype.type(2 * np.pi)
    values = (saturation * np.cos(angle), saturation * np.sin(angle), value)
    step = source.step / source.white
    names = ("hue cosine", "hue sine", "value")
    return _Kind(values, names, (2 * step, 2 * step, step), (0.0, 0.0, 1.0))


def _converted(
    source: _Source, convert: Callable[[NDArray[np.floating]], NDArray[np.floating]]
) -> tuple[NDArray[np.floating], ...]:
    """Convert red, green and blue from 0 to 1, some pixels at a time: they stay in the cache."""
    flat = source.image.pixels.reshape(-1, 3)
    parts = [flat[start : start + CONVERTED] for start in range(0, len(flat), CONVERTED)]
    converted = [convert(np.clip(_as_float(part) / source.white, 0, 1)) for part in parts]
    return tuple(np.concatenate([part[:, channel] for part in converted]) for channel in range(3))


def _channel_values(source: _Source) -> _Kind:
    values = [_as_float(channel) for channel in _channels(source.image)]
    count = len(values)
    brightness = GREY_WEIGHTS if source.image.is_colour else (1 / count,) * count
    return _Kind(values, source.image.channel_names, source.steps, brightness, shares_scale=False)


def _texture(source: _Source) -> _Kind:
    """Logarithm of the local standard deviation of grey in a Gaussian window.

    The logarithm because standard deviations are skewed and the components are not.
    """
    grey, sigma = grey_values(source.image), source.settings.texture_scale
    whole = complete(source.image)
    values = grey[whole]
    grey = grey - grey.dtype.type(values.mean(dtype=np.float64) if values.size else 0)
    mean = _blurred(grey, whole, sigma)
    variance = np.maximum(_blurred(grey * grey, whole, sigma) - mean * mean, 0)
    spread = float(values.var()) if values.size else 0.0
    smallest = max(source.step**2 / 12, 1e-6 * spread, 1e-30)
    deviation = np.log(np.sqrt(variance + grey.dtype.type(smallest)))
    return _Kind((deviation,), ("texture",), (0.0,), (0.0,))


def _position(source: _Source) -> _Kind:
    rows, columns = np.indices(source.image.shape, dtype=np.float32)
    # Alone there is nothing that it could count beside.
    alone = chosen_kinds(source.image, source.settings) == (FeatureKind.POSITION,)
    weight = 1.0 if alone else source.settings.position_weight
    return _Kind((rows, columns), ("row", "column"), (1.0, 1.0), (0.0, 0.0), weight)


_KINDS: dict[FeatureKind, Callable[[_Source], _Kind]] = {
    FeatureKind.GREY: _grey,
    FeatureKind.RGB: _rgb,
    FeatureKind.LAB: _lab,
    FeatureKind.HSV: _hsv,
    FeatureKind.CHANNELS: _channel_values,
    FeatureKind.TEXTURE: _texture,
    FeatureKind.POSITION: _position,
}
