r"""Uneven light: a smooth field that multiplies an image, and what the image would be without it.

The light at pixel i is :math:`b_i = 1 + \sum_m c_m \phi_m(i)` (1), with products of Legendre
polynomials along rows and columns, moved to mean 0 over the pixels with data. Features go with the
light or not at all: L*, a* and b* are nearly proportional to the values that a photo's file holds,
as both follow the eye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import legendre

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Features

DEGREE = 4  # of the polynomials, rows and columns together
TERMS = tuple((i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1) if 0 < i + j <= DEGREE)
IN_ANY_LIGHT = {"hue cosine", "hue sine", "texture", "row", "column"}


def darkness(features: Features) -> NDArray[np.float64]:
    """Return (D,) the scaled features without light; not a number where light does not matter."""
    dark: NDArray[np.float64] = -features.offset / features.scale
    return np.where([name in IN_ANY_LIGHT for name in features.names], np.nan, dark)


def polynomials(side: int) -> NDArray[np.float64]:
    """Return (`DEGREE` + 1, side) Legendre polynomials at the middles of a row of pixels."""
    middles = (2 * np.arange(side) + 1) / side - 1
    return np.ascontiguousarray(legendre.legvander(middles, DEGREE).T)


def light_of(coefficients: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return (rows, columns) the light of equation (1), from (M,) c."""
    table = np.zeros((DEGREE + 1, DEGREE + 1))
    table[tuple(np.transpose(TERMS))] = coefficients
    rows, columns = (polynomials(side) for side in valid.shape)
    along = np.einsum("ir,ij->rj", rows, table).astype(np.float32)
    light: NDArray[np.float32] = np.einsum("rj,jc->rc", along, columns.astype(np.float32))
    light += np.float32(1 - light.mean(where=valid, dtype=np.float64))
    return light


def evened(
    values: NDArray[np.float32], light: NDArray[np.float32], dark: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return (D, n) scaled features in even light, from those in (n,) light."""
    even = values.copy()
    for row, d in zip(even, dark.astype(np.float32), strict=True):
        if not np.isnan(d):
            np.subtract(row, d, out=row)
            np.divide(row, light, out=row)
            np.add(row, d, out=row)
    return even
