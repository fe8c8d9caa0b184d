"""Write a file completely or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from segmenter.engine.types import SegmenterError
from segmenter.files.names import identity, printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PREFIX = ".segmenter-"
_SUFFIX = ".part"
_STALE_AFTER = 3600.0  # seconds; a younger one may belong to a program that still runs

_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space, or choose another folder"),
    errno.EDQUOT: ("your quota is used up", "Free some space, or choose another folder"),
    errno.EACCES: ("writing there is not permitted", "Choose another folder"),
    errno.EPERM: ("writing there is not permitted", "Choose another folder"),
    errno.EROFS: ("the disk can only be read", "Choose another folder"),
    errno.ENOENT: ("there is no such folder", "Choose another folder"),
    errno.ENOTDIR: ("a part of its path is a file", "Choose another folder"),
    errno.EEXIST: ("a file is in the place of the folder", "Choose another folder"),
    errno.EISDIR: ("a folder has that name", "Choose another name"),
    errno.ENAMETOOLONG: ("its name is too long", "Choose a shorter name"),
}


@contextmanager
def replacing(path: Path, *, spared: Path | None = None) -> Iterator[BinaryIO]:
    """Yield a file that takes the place of `path` when the block ends well.

    Until then the old file stays; if the block fails, nothing is left behind. Failures of the
    disk raise `SegmenterError`, and so does a path that leads to `spared`, the file of the image.
    """
    there = identity(path)
    if spared is not None and there is not None and there == identity(spared):
        raise SegmenterError(
            f"{printable(path.name)} would replace the image itself. Choose another name."
        )
    with writing_problems(path.name):
        # A link stays a link: what it leads to is replaced.
        target = path.resolve()
        part = target.parent / f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"
        try:
            with part.open("x+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, part)
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _settle(target.parent)


@contextmanager
def writing_problems(name: str) -> Iterator[None]:
    """Turn the disk's refusals into one line that tells what could not be written, and why."""
    try:
        yield
    except OSError as error:
        reason, advice = _REASONS.get(
            error.errno or 0, (error.strerror or str(error), "Check the disk or the connection")
        )
        raise SegmenterError(f"Cannot write {printable(name)}: {reason}. {advice}.") from error


def remove_stale_parts(folder: Path) -> None:
    """Remove what writers that were killed left in `folder` more than an hour ago."""
    limit = time.time() - _STALE_AFTER
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        # Another program may be cleaning too, or the file may not be ours to remove.
        with suppress(OSError):
            if part.lstat().st_mtime < limit:
                part.unlink()


def _settle(folder: Path) -> None:
    """Have the disk remember the new name, where folders can be opened."""
    if os.name != "posix":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
