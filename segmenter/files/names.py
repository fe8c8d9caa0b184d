"""File names: shown on one line, and kept within what a disk allows."""

from __future__ import annotations

import hashlib
import os

LONGEST_NAME = 255  # bytes, on every common file system
SHORTENED_STEM = 150  # bytes


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
