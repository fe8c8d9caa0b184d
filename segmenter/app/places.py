"""Where what is written goes, unless the user says otherwise."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths

from segmenter.files.bundled import is_bundled
from segmenter.files.names import OUT_NAME


def products_folder(image: Path | None, last: Path | None) -> Path:
    """Return a folder of its own beside the image, where the command line writes, too.

    Without a file, and for files that come with the program, it is the folder used last, or the
    user's documents: nothing is written into the program.
    """
    if image is not None and not is_bundled(image):
        return image.parent / OUT_NAME
    return documents_folder() if last is None or is_bundled(last) else last


def batch_folder(images: Path) -> Path:
    """Return the folder for the products of a folder of images."""
    return (documents_folder() if is_bundled(images) else images) / OUT_NAME


def documents_folder() -> Path:
    """Return the user's folder for documents; it may be missing."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(found) if found else Path.home()


def nearest_folder(folder: Path) -> Path:
    """Return a folder, or the nearest above that is there: choosers show no other."""
    return next((place for place in (folder, *folder.parents) if place.is_dir()), Path.home())
