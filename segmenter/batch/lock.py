"""One run at a time in an output folder."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from segmenter.engine.types import SegmenterError
from segmenter.files.atomic import writing_problems

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_NAME = ".segmenter_batch.lock"
# Tells this process from one of the same number before a restart.
_THIS_PROCESS = secrets.token_hex(8)
UNFINISHED_AFTER = 10.0  # seconds; a younger lock that tells nothing is being written


class _Holder(NamedTuple):
    """Who has locked a folder."""

    host: str
    process: int
    token: str


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of `folder`; what a run that was killed left is cleared away.

    Raises
    ------
    SegmenterError
        Another run is using the folder, or it cannot be written.
    """
    path = folder / LOCK_NAME
    with writing_problems(path.name):
        _take(path)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def _take(path: Path) -> None:
    own = _Holder(socket.gethostname(), os.getpid(), _THIS_PROCESS)
    holder: _Holder | None = None
    for _ in range(2):
        try:
            with path.open("x") as file:
                json.dump(own, file)
        except FileExistsError:
            holder = _read(path)
            if not (_is_gone(holder) if holder else _is_old(path)):
                break
            path.unlink(missing_ok=True)
        else:
            return
    by = "" if holder is None else f" (process {holder.process} on {holder.host})"
    raise SegmenterError(
        f"Another run{by} is writing to {path.parent}. Wait for it, or choose another output "
        f"folder; if there is none, delete {path}."
    )


def _read(path: Path) -> _Holder | None:
    """Return who holds the lock; None where it was left unfinished."""
    try:
        host, process, token = json.loads(path.read_text("utf-8"))
        return _Holder(str(host), int(process), str(token))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > UNFINISHED_AFTER
    except FileNotFoundError:
        return True


def _is_gone(holder: _Holder) -> bool:
    """Whether the process that holds the lock has ended; of other machines nobody knows."""
    if holder.host != socket.gethostname():
        return False
    if holder.process == os.getpid():
        return holder.token != _THIS_PROCESS
    try:
        os.kill(holder.process, 0)
    except (ProcessLookupError, OverflowError):
        return True
    except OSError:
        return False
    return False
