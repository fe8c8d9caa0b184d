"""The image as it would be in even light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.missing import known, masked
from segmenter.engine.restore import in_type

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Image


def corrected(image: Image, result: Result) -> NDArray[np.generic]:
    """Return the image divided by the light that was estimated; as it is where none was.

    Returns
    -------
    (rows, columns, channels): whole numbers in the type of the file, rounded and limited to its bit
    depth, and as they are where there is no data; else float32, not a number where there is none.

    Raises
    ------
    SegmenterError
        When the result is not of this image.
    """
    result.check_image(image)
    there = known(masked(image, result.settings))
    dtype = image.pixels.dtype
    values = image.pixels.astype(np.float32 if dtype.kind == "f" else dtype)
    for channel in range(values.shape[2]):
        has = there[:, :, channel]
        if result.shading is not None:
            even = image.pixels[has, channel] / result.shading[has].astype(np.float64)
            values[has, channel] = in_type(even, image, dtype)
        if dtype.kind == "f":
            values[~has, channel] = np.nan
    return values
