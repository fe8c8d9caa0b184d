"""Files that come with the program: resources and sample images."""

from __future__ import annotations

from pathlib import Path

from segmenter.engine.types import SegmenterError
from segmenter.files.images import is_readable_name

_PACKAGE = Path(__file__).parents[1]


def resource(name: str) -> Path:
    """Return the path of the resource `name`, such as an icon."""
    path = _folder("resources") / name
    if not path.is_file():
        raise SegmenterError(f"The resource '{name}' is missing. Install Segmenter again.")
    return path


def sample_images() -> list[Path]:
    """Return the paths of the sample images, by name; none where they were not installed."""
    folder = _folder("sample_images")
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if path.is_file() and is_readable_name(path)]


def is_bundled(path: Path) -> bool:
    """Whether a path lies within the program: its package, or the samples beside it."""
    places = (_PACKAGE, _folder("sample_images"), _folder("resources"))
    return any(path.resolve().is_relative_to(place.resolve()) for place in places)


def _folder(name: str) -> Path:
    """Return the folder inside the installed package, or beside it in a checkout."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / name
