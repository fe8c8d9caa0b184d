"""Small pictures of image files, made in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage

from segmenter.engine.display import displayed
from segmenter.engine.types import SegmenterError
from segmenter.files.images import read_image

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path


class Thumbnail(NamedTuple):
    """A small picture of the image in a file."""

    path: Path
    picture: QImage


def thumbnails(
    paths: Sequence[Path], size: QSize
) -> Generator[tuple[Thumbnail, ...], None, tuple[Thumbnail, ...]]:
    """Yield the pictures made so far, filling `size`; files that cannot be read have none."""
    made: tuple[Thumbnail, ...] = ()
    for path in paths:
        try:
            shown = displayed(read_image(path))
        except SegmenterError:
            continue
        rows, columns, _ = shown.shape
        full = QImage(shown.tobytes(), columns, rows, 3 * columns, QImage.Format.Format_RGB888)
        made = (*made, Thumbnail(path, _filling(full, size)))
        yield made
    return made


def _filling(full: QImage, size: QSize) -> QImage:
    """Return the middle of the picture, as much of it as has the proportions of `size`."""
    scaled = full.scaled(
        size,
        Qt.AspectRatioMode.KeepAspectRatioByExpanding,
        Qt.TransformationMode.SmoothTransformation,
    )
    middle = QRect(QRect().topLeft(), size)
    middle.moveCenter(scaled.rect().center())
    return scaled.copy(middle)
