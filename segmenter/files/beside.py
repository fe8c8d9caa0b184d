"""The images that lie beside one in its folder."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segmenter.files.images import is_readable_name

if TYPE_CHECKING:
    from pathlib import Path


def images_beside(path: Path) -> list[Path]:
    """Return the files of a folder that are named like images, in the order a person expects.

    Numbers in names count as numbers, so that 'cell 9' comes before 'cell 10'.
    """
    found = (other for other in path.parent.iterdir() if is_readable_name(other))
    return sorted((other for other in found if other.is_file()), key=_in_order)


def _in_order(path: Path) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
