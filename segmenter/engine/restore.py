r"""The image as the mixture expects it: missing channels filled, or all channels without noise.

With components k, responsibilities r and the observed channels o of a pixel x, a channel that is
missing is expected to be

.. math:: E[x \mid x_o] = \sum_k r_k \, (\mu_k + \Sigma_{k,:o} \Sigma_{k,oo}^{-1} (x_o - \mu_{k,o}))

(1), and what is behind the noise, where :math:`x = s + e` with e of variance S,

.. math:: E[s \mid x_o] = \sum_k r_k \, (\mu_k + A_{k,:o} \Sigma_{k,oo}^{-1} (x_o - \mu_{k,o}))

(2) with :math:`A_k = \Sigma_k - S`. The responsibilities are those of the result, so the neighbours
help where the mixture knows of them.

Where the features are not the channels themselves, such as Lab, each class has the mean and the
covariance of the channels of its pixels, weighted by its soft mask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.centring import measured_step
from segmenter.engine.missing import complete, known, masked
from segmenter.engine.patterns import pattern_numbers
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Image

AT_ONCE = 65_536  # pixels
LONGEST_EXACT = 53  # bits of a whole number that float64 holds
_LEAST = 1e-9  # of a channel's mean square: variance that every class has at least
_MEDIAN = 0.6745  # absolute deviation of a standard normal number


@dataclass(frozen=True, slots=True, eq=False)
class _Channels:
    """Components in the units of the channels.

    ``weights`` (K,), ``means`` (K, C), ``covariances`` (K, C, C) and ``classes`` (K,).
    """

    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    classes: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Some pixels of which the same channels are known.

    ``places`` (n,) in row order; ``seen`` the numbers of the channels that are known;
    ``values`` (known channels, n).
    """

    places: NDArray[np.intp]
    seen: NDArray[np.intp]
    values: NDArray[np.float64]


def restored(image: Image, result: Result) -> NDArray[np.generic]:
    """Return the image with the missing channels, and only those, as expected by (1).

    Returns
    -------
    (rows, columns, channels): whole numbers in the type of the file; else float32, not a number
    where there is no data.

    Raises
    ------
    SegmenterError
        When the result is not of this image.
    """
    seen = _checked(image, result)
    values = seen.pixels.reshape(-1, seen.pixels.shape[2]).copy()
    if seen.missing is not None:
        channels = _channels(seen, result)
        filled = np.zeros(values.shape, np.float64)
        for part in _parts(seen, result, seen.valid & ~complete(seen)):
            filled[part.places] = _expected(part, channels, channels.covariances, result).T
        lacking = seen.missing.reshape(values.shape)
        values[lacking] = in_type(filled[lacking], seen, values.dtype)
    return _finished(values, seen)


def denoised(image: Image, result: Result) -> NDArray[np.generic]:
    """Return the image without the noise, as expected by (2).

    The noise of every channel is estimated as in `noise_of`.

    Returns
    -------
    (rows, columns, channels): uint16 from 0 to 65535 for 8 bits; other whole numbers in the type of
    the file; else float32, not a number where there is no data.

    Raises
    ------
    SegmenterError
        When the result is not of this image.
    """
    seen = _checked(image, result)
    channels = _channels(seen, result)
    noise = np.array([noise_of(seen, c) for c in range(seen.pixels.shape[2])]) ** 2
    signal = _without(channels.covariances, noise)
    found = np.zeros((seen.valid.size, seen.pixels.shape[2]))
    for part in _parts(seen, result, seen.valid):
        found[part.places] = _expected(part, channels, signal, result).T
    if seen.pixels.dtype == np.uint8:
        deep = np.clip(np.rint(found * 257), 0, 65535).astype(np.uint16)
        return deep.reshape(seen.pixels.shape)
    return _finished(in_type(found, seen, seen.pixels.dtype), seen)


def noise_of(image: Image, channel: int) -> float:
    """Return the standard deviation of the noise of a channel, in the file's units.

    From the median of the finest diagonal details, which hold little of the image itself (Donoho
    and Johnstone 1994, section 4.4); Haar's wavelet, where all four pixels have data.
    """
    rows, columns = (side // 2 * 2 for side in image.shape)
    there = known(image)[:rows, :columns, channel]
    values = image.pixels[:rows, :columns, channel].astype(np.float64)
    quarters = [(r, c) for r in (0, 1) for c in (0, 1)]
    a, b, c, d = (values[row::2, column::2] for row, column in quarters)
    whole = np.logical_and.reduce([there[row::2, column::2] for row, column in quarters])
    details = np.abs((a - b - c + d) / 2)[whole]
    return float(np.median(details)) / _MEDIAN if details.size else 0.0


def _checked(image: Image, result: Result) -> Image:
    result.check_image(image)
    return masked(image, result.settings)


def _without(covariances: NDArray[np.float64], noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (K, C, C) what is left of covariances without the noise, at least nothing."""
    lower = np.linalg.cholesky(covariances)
    whitened = np.linalg.solve(lower, np.sqrt(noise) * np.eye(len(noise)))
    lengths, axes = np.linalg.eigh(np.einsum("kab,kcb->kac", whitened, whitened))
    roots = np.einsum("kab,kbc->kac", lower, axes)
    left: NDArray[np.float64] = np.einsum(
        "kab,kb,kcb->kac", roots, 1 - np.minimum(lengths, 1), roots
    )
    return left


def _parts(image: Image, result: Result, which: NDArray[np.bool_]) -> Iterator[_Part]:
    """Yield the pixels (rows, columns) asked for, a limited number at a time."""
    count = image.pixels.shape[2]
    places = np.flatnonzero(which)
    there = known(image).reshape(-1, count)[places]
    light = None if result.shading is None else result.shading.reshape(-1)
    numbers = pattern_numbers(~there.T)
    flat = image.pixels.reshape(-1, count)
    for number in np.unique(numbers):
        own = np.flatnonzero(numbers == number)
        seen = np.flatnonzero(there[own[0]])
        for start in range(0, len(own), AT_ONCE):
            some = places[own[start : start + AT_ONCE]]
            values = flat[some][:, seen].T.astype(np.float64)
            yield _Part(some, seen, values if light is None else values / light[some])


def _expected(
    part: _Part, channels: _Channels, covariances: NDArray[np.float64], result: Result
) -> NDArray[np.float64]:
    """Return (C, n) expectations of what has these (K, C, C) covariances with the channels."""
    seen = part.seen
    own = channels.covariances[:, seen[:, None], seen]
    slopes = np.linalg.solve(own, covariances[:, :, seen].transpose(0, 2, 1))
    parts, outliers = _responsibilities(part, channels, own, result)
    found = np.zeros((covariances.shape[1], len(part.places)))
    for k, share in enumerate(parts):
        gaps = part.values - channels.means[k, seen][:, None]
        # einsum, not @: the bits of long products must not depend on the threads of a BLAS.
        expected = np.einsum("oc,on->cn", slopes[k], gaps) + channels.means[k][:, None]
        found += share * expected
    # What suits no class is taken as it is, as far as it is known.
    found[seen] += outliers * (part.values - found[seen])
    return found if result.shading is None else found * result.shading.reshape(-1)[part.places]


def _responsibilities(
    part: _Part, channels: _Channels, own: NDArray[np.float64], result: Result
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (K, n) p(component given pixel and no outlier), and (n,) p(outlier)."""
    lower = np.linalg.cholesky(own)
    with np.errstate(divide="ignore"):
        joint = np.log(channels.weights)[:, None] + np.zeros(len(part.places))
    for k, root in enumerate(np.linalg.inv(lower)):
        gaps = part.values - channels.means[k, part.seen][:, None]
        joint[k] -= 0.5 * np.sum(np.einsum("ab,bn->an", root, gaps) ** 2, axis=0)
        joint[k] += np.log(np.diagonal(root)).sum()
    of_class = _memberships(result, part.places)
    classes = len(of_class) - (result.mixture.noise is not None)
    outliers = of_class[classes:].sum(axis=0)
    found = np.zeros_like(joint)
    for c in range(classes):
        members = channels.classes == c
        found[members] = of_class[c] * _normalised(joint[members])
    total = found.sum(axis=0)
    found = np.where(total > 0, found / np.maximum(total, 1e-300), _normalised(joint))
    return found, outliers


def _normalised(joint: NDArray[np.float64]) -> NDArray[np.float64]:
    if not len(joint):
        return joint
    parts: NDArray[np.float64] = np.exp(joint - joint.max(axis=0))
    parts /= parts.sum(axis=0)
    return parts


def _memberships(result: Result, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return (classes, n) soft masks of pixels; all 0 where the features say nothing."""
    samples = places if result.index is None else result.index.reshape(-1)[places]
    found: NDArray[np.float64] = result.responsibilities[:, samples].astype(np.float64)
    found[:, samples < 0] = 0
    return found


# ---- Components in the units of the channels ----------------------------------------------------


def _channels(image: Image, result: Result) -> _Channels:
    mixture, names = result.mixture, list(result.mixture.features)
    there = np.asarray(known(image).any(axis=(0, 1)))
    wanted = [name for name, has in zip(image.channel_names, there, strict=True) if has]
    if result.settings.smoothing or not set(wanted) <= set(names):
        return _of_classes(image, result)
    count = len(there)
    means = np.zeros((len(mixture), count))
    covariances = np.tile(np.eye(count), (len(mixture), 1, 1))
    places, own = [names.index(name) for name in wanted], np.flatnonzero(there)
    means[:, own] = mixture.means[:, places]
    covariances[:, own[:, None], own] = mixture.covariances[:, np.array(places)[:, None], places]
    return _Channels(mixture.weights, means, covariances, mixture.classes)


def _of_classes(image: Image, result: Result) -> _Channels:
    """Return one component per class, from its complete pixels."""
    classes = result.class_count - (result.mixture.noise is not None)
    count = image.pixels.shape[2]
    weights, first = np.zeros(classes), np.zeros((classes, count))
    second = np.zeros((classes, count, count))
    middle = np.zeros(count)
    for number, part in enumerate(_parts(image, result, complete(image))):
        if number == 0:
            middle = part.values.mean(axis=1)
        shares = _memberships(result, part.places)[:classes]
        about = part.values - middle[:, None]
        weights += shares.sum(axis=1)
        first += np.einsum("kn,cn->kc", shares, about)
        second += np.stack([np.einsum("n,an,bn->ab", share, about, about) for share in shares])
    if not weights.any():
        raise SegmenterError(
            "No pixel has all its channels, so nothing tells how they go together. "
            "Choose the features 'channels'."
        )
    sizes = np.maximum(weights, 1e-300)
    means = first / sizes[:, None]
    scatter = second / sizes[:, None, None] - means[:, :, None] * means[:, None, :]
    steps = np.array([measured_step(image.pixels[complete(image)][:, c]) for c in range(count)])
    scale = np.einsum("kcc->c", second) / weights.sum()
    least = np.maximum(steps**2 / 12, np.maximum(_LEAST * scale, 1e-30))
    covariances = scatter + np.diag(least)
    return _Channels(weights / weights.sum(), means + middle, covariances, np.arange(classes))


# ---- The type of the file -----------------------------------------------------------------------


def in_type(
    values: NDArray[np.float64], image: Image, dtype: np.dtype[np.generic]
) -> NDArray[np.generic]:
    """Return values in the type of the file, rounded and limited to its bit depth if whole."""
    if dtype.kind == "f":
        return values.astype(np.float32)
    smallest = -(2.0**image.bit_depth) if dtype.kind == "i" else 0.0
    largest = 2.0**image.bit_depth - 1
    if image.bit_depth > LONGEST_EXACT:
        largest = np.nextafter(largest, 0)  # which the type can hold
    return np.clip(np.rint(values), smallest, largest).astype(dtype)


def _finished(values: NDArray[np.generic], image: Image) -> NDArray[np.generic]:
    if values.dtype.kind == "f":
        values = values.astype(np.float32)
        values[~image.valid.ravel()] = np.nan
    return values.reshape(image.pixels.shape)
