"""The values of every kind of feature, in the file's units.

Each kind is one function and one row in `KINDS`. A kind that looks at one pixel at a time works on
an image of distinct colours as well as on the whole image.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.centring import measured_step
from segmenter.engine.chosen_features import chosen_kinds
from segmenter.engine.missing import complete, known
from segmenter.engine.settings import FeatureKind, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from segmenter.engine.types import Image

GREY_WEIGHTS = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709, luma
CONVERTED = 16_384  # pixels that go from one colour space to another at a time
_LAB_SPANS = (100.0, 184.4, 202.3)  # of L*, a*, b* over the sRGB cube


@dataclass(frozen=True, slots=True)
class Source:
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
class Kind:
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


def _as_float(pixels: NDArray[np.generic]) -> NDArray[np.floating]:
    """Return float32 where it holds every value exactly, else float64."""
    return pixels.astype(np.result_type(pixels.dtype, np.float32), copy=False)


def source_of(image: Image, settings: Settings) -> Source:
    """Measure the image as it is in the file, then smooth it."""
    there = known(image)
    each = [(channel, there[:, :, c]) for c, channel in enumerate(_channels(image))]
    steps = tuple(measured_step(channel[where]) for channel, where in each)
    source = Source(image, settings, steps, _white(image))
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


def _grey(source: Source) -> Kind:
    return Kind((grey_values(source.image),), ("grey",), (source.step,), (1.0,))


def _rgb(source: Source) -> Kind:
    values = [_as_float(channel) for channel in _channels(source.image)]
    return Kind(values, source.image.channel_names, source.steps, GREY_WEIGHTS)


def _lab(source: Source) -> Kind:
    """CIE L*a*b* of sRGB under D65, by scikit-image."""
    from skimage.color import rgb2lab  # noqa: PLC0415 - costs a start 0.2 s

    steps = [span * source.step / source.white for span in _LAB_SPANS]
    values = _converted(source, rgb2lab)
    return Kind(values, ("L*", "a*", "b*"), (steps[0], steps[1], steps[2]), (1.0, 0.0, 0.0))


def _hsv(source: Source) -> Kind:
    """Hue as a point on a circle whose radius is the saturation, and the value."""
    from skimage.color import rgb2hsv  # noqa: PLC0415

    hue, saturation, value = _converted(source, rgb2hsv)
    angle = hue * hue.dtype.type(2 * np.pi)
    values = (saturation * np.cos(angle), saturation * np.sin(angle), value)
    step = source.step / source.white
    names = ("hue cosine", "hue sine", "value")
    return Kind(values, names, (2 * step, 2 * step, step), (0.0, 0.0, 1.0))


def _converted(
    source: Source, convert: Callable[[NDArray[np.floating]], NDArray[np.floating]]
) -> tuple[NDArray[np.floating], ...]:
    """Convert red, green and blue from 0 to 1, some pixels at a time: they stay in the cache."""
    flat = source.image.pixels.reshape(-1, 3)
    parts = [flat[start : start + CONVERTED] for start in range(0, len(flat), CONVERTED)]
    converted = [convert(np.clip(_as_float(part) / source.white, 0, 1)) for part in parts]
    return tuple(np.concatenate([part[:, channel] for part in converted]) for channel in range(3))


def _channel_values(source: Source) -> Kind:
    values = [_as_float(channel) for channel in _channels(source.image)]
    count = len(values)
    brightness = GREY_WEIGHTS if source.image.is_colour else (1 / count,) * count
    return Kind(values, source.image.channel_names, source.steps, brightness, shares_scale=False)


def _texture(source: Source) -> Kind:
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
    return Kind((deviation,), ("texture",), (0.0,), (0.0,))


def _position(source: Source) -> Kind:
    rows, columns = np.indices(source.image.shape, dtype=np.float32)
    # Alone there is nothing that it could count beside.
    alone = chosen_kinds(source.image, source.settings) == (FeatureKind.POSITION,)
    weight = 1.0 if alone else source.settings.position_weight
    return Kind((rows, columns), ("row", "column"), (1.0, 1.0), (0.0, 0.0), weight)


KINDS: dict[FeatureKind, Callable[[Source], Kind]] = {
    FeatureKind.GREY: _grey,
    FeatureKind.RGB: _rgb,
    FeatureKind.LAB: _lab,
    FeatureKind.HSV: _hsv,
    FeatureKind.CHANNELS: _channel_values,
    FeatureKind.TEXTURE: _texture,
    FeatureKind.POSITION: _position,
}
