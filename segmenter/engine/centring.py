"""Raw features to features of mean 0 and variance 1, and what rounding does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SMALLEST_RELATIVE_NOISE = 1e-6  # of a feature's variance: keeps every component proper
STEP_TRIAL = 65_536  # values looked at to find the step in which they come
STEP_ROUNDING = 0.05  # of a step: how far float32 may have moved the values


class Scaled(NamedTuple):
    """``values`` (features, pixels) float32: (raw - ``offset``) / ``scale``, 0 where there is none.

    ``noise`` is the variance of the rounding to the steps, in scaled units. All but the values are
    (features,) float64.
    """

    values: NDArray[np.float32]
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    noise: NDArray[np.float64]


def centred_and_scaled(
    raw_values: Sequence[NDArray[np.floating]],
    steps: Sequence[float],
    *,
    there: NDArray[np.bool_],
    weights: NDArray[np.generic],
    together: bool,
) -> Scaled:
    """Move features to mean 0 and variance 1.

    Parameters
    ----------
    raw_values
        One array of any shape for every feature.
    steps
        How far neighbouring values of each lie apart; 0: continuous.
    there
        (features, pixels), or (features, 1) for all pixels: where there is a value.
    weights
        (pixels,) how much each pixel counts.
    together
        Whether all have one scale, which keeps the distances between them.
    """
    flat = [values.reshape(-1) for values in raw_values]
    if weights.dtype == np.bool_ and bool(weights.all()) and there.all():
        offset = np.array([values.mean(dtype=np.float64) for values in flat])
        variance = np.array(
            [_variance(v - v.dtype.type(m)) for v, m in zip(flat, offset, strict=True)]
        )
    else:
        each = [_mean_and_variance(v, weights, own) for v, own in zip(flat, there, strict=True)]
        offset, variance = np.array(each).T.copy()
    if together:
        has = there.any(axis=1)
        variance = np.full_like(variance, variance[has].mean() if has.any() else 0)
    scale = np.sqrt(variance)
    scale[scale < np.finfo(flat[0].dtype).tiny] = 1.0
    # Not a number rather than zero for what overflowed, so that it is found.
    scale[np.isinf(scale)] = np.nan
    noise = np.maximum((np.array(steps) / scale) ** 2 / 12, SMALLEST_RELATIVE_NOISE)
    values = np.empty((len(flat), flat[0].size), np.float32)
    for row, raw, middle, unit in zip(values, flat, offset, scale, strict=True):
        # Subtract in the raw precision: a large common offset must not eat the small differences.
        np.divide(raw - raw.dtype.type(middle), raw.dtype.type(unit), out=row, casting="same_kind")
    if not there.all():
        values[np.broadcast_to(~there, values.shape)] = 0
    return Scaled(values, offset, scale, noise)


def _mean_and_variance(
    values: NDArray[np.floating], weights: NDArray[np.generic], there: NDArray[np.bool_]
) -> tuple[float, float]:
    share = weights.astype(np.float64) * there
    share /= max(1.0, float(share.sum()))
    # einsum, not dot: the bits of long sums must not depend on the threads of a BLAS.
    # A float64 of numpy, not of Python: the gaps to it are float64 too.
    mean = np.float64(np.einsum("i,i->", values, share))
    return float(mean), float(np.einsum("i,i->", (values - mean) ** 2, share))


def _variance(centred: NDArray[np.floating]) -> float:
    # The squares of float32 may overflow or vanish in float32.
    summed = np.einsum("i,i->", centred, centred, dtype=np.float64, casting="same_kind")
    return float(summed) / centred.size


def measured_step(values: NDArray[np.generic]) -> float:
    """Return the step h in which values come, 0 where they are continuous.

    A camera's 12 bits in a 16-bit file come in steps of 16; 8 bits in a float file in steps of
    1/255. Looks at up to `STEP_TRIAL` values, evenly spaced.
    """
    trial = np.unique(values[:: max(1, len(values) // STEP_TRIAL)])
    if np.issubdtype(trial.dtype, np.integer):
        gaps = np.diff(trial.astype(object if trial.dtype.itemsize > 4 else np.int64))
        return float(np.gcd.reduce(gaps)) if len(gaps) else 1.0
    gaps = np.diff(trial.astype(np.float64))
    if not len(gaps):
        return 0.0
    step = float(gaps.min())
    multiples = gaps / step
    return step if np.abs(multiples - np.rint(multiples)).max() < STEP_ROUNDING else 0.0
