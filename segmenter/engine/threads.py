"""The one pool of threads that the engine spreads its kernels over.

Kernels release the interpreter lock and work on a range of fixed chunks, so the number of threads
decides only who computes a chunk, never what it holds.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_lock = Lock()
_pool: ThreadPoolExecutor | None = None
_thread_count = 0


def thread_count() -> int:
    """Return how many threads the engine uses: as set, else as many as this process may have."""
    if _thread_count:
        return _thread_count
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def set_thread_count(count: int) -> None:
    """Use `count` threads from now on; 0 means as many as this process may have."""
    global _pool, _thread_count  # noqa: PLW0603 - one pool for the process is the purpose
    with _lock:
        _thread_count = max(0, count)
        retired, _pool = _pool, None
    if retired is not None:
        retired.shutdown(wait=True)


def spread(kernel: Callable[..., Any], chunks: int, *arguments: object) -> None:
    """Call ``kernel(first, last, *arguments)`` for ranges that cover `chunks`, side by side."""
    parts = min(thread_count(), chunks)
    if parts <= 1:
        kernel(0, chunks, *arguments)
        return
    edges = [chunks * part // parts for part in range(parts + 1)]
    with _lock:  # or another thread might retire the pool in between
        pool = _shared_pool()
        waiting = [pool.submit(kernel, *ends, *arguments) for ends in pairwise(edges[1:])]
    # The calling thread takes the first part itself: one hand-over less.
    kernel(edges[0], edges[1], *arguments)
    for part in waiting:
        part.result()


def _shared_pool() -> ThreadPoolExecutor:
    global _pool  # noqa: PLW0603
    if _pool is None:
        _pool = ThreadPoolExecutor(thread_count(), thread_name_prefix="segmenter")
    return _pool


def _forget_pool() -> None:
    """Begin afresh in a forked process: it has the pool but none of its threads."""
    global _lock, _pool
    _lock, _pool = Lock(), None


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget_pool)
