"""How much memory there is, and whether a run fits into it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from segmenter.engine.memory import needed_bytes, regions_bytes
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image

SYSTEM = Path("/proc/meminfo")
OWN_GROUP = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")


def available_bytes() -> int | None:
    """Return the bytes that can still be had, or None where the system does not say.

    The limits of the control groups that this process is in count as well: containers and
    services have them.
    """
    known = [_of_system(), *(_of_group(folder) for folder in _groups())]
    return min((free for free in known if free is not None), default=None)


def check_memory(image: Image, settings: Settings, *, components: int = 0) -> None:
    """Refuse a run that would fill the memory, before it begins.

    Parameters
    ----------
    components
        How many a given mixture has, where that is not what the settings say.
    """
    needed = needed_bytes(image, settings, components=components)
    _check(
        "This image with these settings needs", needed,
        "Choose fewer components or features, or give a smaller image.",
    )  # fmt: skip


def check_memory_of_regions(image: Image) -> None:
    """Refuse to measure regions where that would fill the memory."""
    _check(
        "Measuring the regions of this image needs", regions_bytes(image),
        "Close other programs, or give a smaller image.",
    )  # fmt: skip


def _check(what: str, needed: int, advice: str) -> None:
    available = available_bytes()
    if available is not None and needed > available:
        raise SegmenterError(
            f"{what} about {needed / 1e9:.1f} GB of memory, and "
            f"{available / 1e9:.1f} GB are free. {advice}"
        )


def _of_system() -> int | None:
    with suppress(OSError, ValueError, IndexError):
        for line in SYSTEM.read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def _groups() -> list[Path]:
    """Return the folders of the own control group and of those around it."""
    with suppress(OSError):
        for line in OWN_GROUP.read_text().splitlines():
            if line.startswith("0::"):
                own = PurePosixPath(line[len("0::") :])
                inner = [GROUPS / place.relative_to("/") for place in (own, *own.parents)]
                return [*dict.fromkeys(inner)]
    return []


def _of_group(folder: Path) -> int | None:
    """Return what a control group may still take; None where it has no limit."""
    with suppress(OSError, ValueError):
        limit = int((folder / "memory.max").read_text())
        used = int((folder / "memory.current").read_text())
        return max(0, limit - used + _file_cache(folder))
    return None


def _file_cache(folder: Path) -> int:
    """Return what counts as used but is given up when needed."""
    with suppress(OSError, ValueError):
        lines = (line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return int(dict(lines).get("inactive_file", 0))
    return 0
