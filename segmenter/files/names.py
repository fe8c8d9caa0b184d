"""File names: shown on one line, kept within what a disk allows, and seen through."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_NAME = 255  # bytes, on every common file system
SHORTENED_STEM = 150  # bytes

OUT_NAME = "segmented"
"""The folder that products go to."""

SCRIBBLES_ENDING = "_scribbles.png"
"""What follows the NAME of an image in that of its scribbles."""


def printable(name: str) -> str:
    """Return `name` on one line, with control, direction and undecodable characters escaped."""
    return "".join(
        letter
        if letter.isprintable()
        else letter.encode("unicode_escape", "surrogatepass").decode()
        for letter in name
    )


def fitting_stem(stem: str, *, longest_ending: int) -> str:
    """Return `stem`, shortened with a hash when it and an ending of so many bytes are too long."""
    encoded = os.fsencode(stem)
    if len(encoded) + longest_ending <= LONGEST_NAME:
        return stem
    digest = hashlib.sha256(encoded).hexdigest()[:12]
    return f"{encoded[:SHORTENED_STEM].decode(errors='ignore')}~{digest}"


def identity(path: Path) -> tuple[int, int] | None:
    """Return what all names of one file share, links among them; None where there is no file."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
