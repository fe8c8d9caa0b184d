"""The images that lie beside one in its folder, and what was made of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segmenter.files.export import LONGEST_ENDING
from segmenter.files.images import is_readable_name
from segmenter.files.names import SCRIBBLES_ENDING, fitting_stem
from segmenter.files.products import PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_ENDINGS = (*(product.ending for product in PRODUCTS.values()), SCRIBBLES_ENDING)
_MADE = re.compile(
    "(.+)(?:" + "|".join(re.escape(each).replace(r"\#", r"\d+") for each in _ENDINGS) + ")",
    re.DOTALL,
)


def images_beside(path: Path) -> list[Path]:
    """Return the files of a folder that are named like images, in the order a person expects.

    Numbers in names count as numbers, so that 'cell 9' comes before 'cell 10'. What was made of
    another image there is left out, unless it is `path` itself.
    """
    named = [other for other in path.parent.iterdir() if is_readable_name(other)]
    made = made_of_others(named) - {path}
    found = (other for other in named if other not in made and other.is_file())
    return sorted(found, key=_in_order)


def made_of_others(images: Collection[Path]) -> set[Path]:
    """Return those that are named as products or scribbles of another of `images` beside them."""
    stems = {(path.parent, stem) for path in images for stem in _product_stems(path)}
    return {
        path
        for path in images
        if (made := _MADE.fullmatch(path.name)) and (path.parent, made[1]) in stems
    }


def _product_stems(path: Path) -> set[str]:
    """Return what the names of an image's products begin with: where stems are equal, its name."""
    return {fitting_stem(stem, longest_ending=LONGEST_ENDING) for stem in (path.stem, path.name)}


def _in_order(path: Path) -> list[tuple[int, str]]:
    parts = re.split(r"(\d+)", path.name.casefold())
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
