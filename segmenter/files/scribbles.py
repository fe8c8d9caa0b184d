"""Scribbles on disk: an 8-bit PNG of the image's size whose pixel values are class numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image

from segmenter.engine.scribbles import MOST_CLASSES
from segmenter.engine.types import SegmenterError
from segmenter.files.atomic import replacing
from segmenter.files.indexed import write_indexed
from segmenter.files.names import SCRIBBLES_ENDING, printable
from segmenter.files.refused import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from numpy.typing import NDArray

    from segmenter.engine.styles import ClassStyle

_ONE_NUMBER = {"L", "P", "1"}  # Pillow's modes with one 8-bit number per pixel, or less
_ADVICE = (
    "Give a PNG, grey or indexed with 8 bits, of the image's size, whose pixel values are class "
    "numbers and 0 where nothing is said"
)


def read_scribbles(path: str | PathLike[str], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Read the scribbles for an image of `shape`: (rows, columns) class numbers, 0 for none.

    Raises
    ------
    SegmenterError
        When the file cannot be read, is no such PNG, or says classes beyond 32.
    """
    path = Path(path)
    try:
        return _numbers(path, shape)
    # Pillow raises what it likes on hostile files.
    except Exception as error:
        if isinstance(error, RefusedError):
            reason, advice = error.reason, error.advice
        else:
            said = error.strerror if isinstance(error, OSError) else None
            reason, advice = said or "it is no PNG, or a damaged one", _ADVICE
        raise SegmenterError(
            f"Cannot take scribbles from {printable(path.name)}: {reason}. {advice}."
        ) from error


def _numbers(path: Path, shape: tuple[int, int]) -> NDArray[np.uint8]:
    with path.open("rb") as file, PIL.Image.open(file, formats=["PNG"]) as opened:
        # Before it is decoded: a small file may stand for an image of any size.
        if (opened.height, opened.width) != shape:
            own, needed = (opened.width, opened.height), (shape[1], shape[0])
            raise RefusedError(
                f"they are {_size(own)} pixels and the image is {_size(needed)}", _ADVICE
            )
        if opened.mode not in _ONE_NUMBER:
            raise RefusedError("its pixels are not single 8-bit numbers", _ADVICE)
        numbers = np.array(opened, np.uint8)
    highest = int(numbers.max(initial=0))
    if highest > MOST_CLASSES:
        reason = f"it says class {highest}, and there are {MOST_CLASSES} at most"
        raise RefusedError(reason, _ADVICE)
    return numbers


def write_scribbles(
    path: str | PathLike[str],
    numbers: NDArray[np.uint8],
    classes: Sequence[ClassStyle] = (),
    *,
    source: Path | None = None,
) -> None:
    """Write (rows, columns) class numbers as an indexed PNG in the colours of the classes.

    Parameters
    ----------
    source
        The file of the image, never to be replaced.

    Raises
    ------
    SegmenterError
        When the file cannot be written, or is the image itself.
    """
    path = Path(path)
    with replacing(path, spared=source) as file:
        write_indexed(file, numbers, classes[:MOST_CLASSES])


def scribbles_beside(folder: Path, image: Path) -> Path | None:
    """Return the scribbles for an image that a folder holds as NAME_scribbles.png, if it does."""
    path = folder / f"{image.stem}{SCRIBBLES_ENDING}"
    return path if path.is_file() else None


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
