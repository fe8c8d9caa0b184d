"""What an export will write, told before it does."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class Fate(StrEnum):
    """What happens to one file."""

    NEW = "New"
    REPLACED = "Replaces the file there"
    REFUSED = "Is the image itself: never replaced"


class Planned(NamedTuple):
    """A file that would be written."""

    name: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Wish:
    """Which products of a result, where, and under which NAME.

    Parameters
    ----------
    source
        The file of the image, never to be replaced; None when it came from memory.
    """

    folder: Path
    stem: str
    products: tuple[str, ...]
    class_count: int
    source: Path | None = None


def plan(wish: Wish) -> Generator[None, None, tuple[Planned, ...]]:
    """Return every file that the wish stands for, and what it meets on the disk."""
    from segmenter.files.export import planned_files  # noqa: PLC0415 - imaging libraries

    yield
    names = planned_files(wish.products, wish.stem, wish.class_count)
    return tuple(Planned(name, _fate(wish.folder / name, wish.source)) for name in names)


def _fate(path: Path, source: Path | None) -> Fate:
    # Not Path.exists: names too long for the disk raise there.
    if not os.path.exists(path):  # noqa: PTH110
        return Fate.NEW
    is_source = source is not None and source.exists() and path.samefile(source)
    return Fate.REFUSED if is_source else Fate.REPLACED
