"""How kernels are compiled and where the compiled code is kept."""

from __future__ import annotations

import hashlib
import pickle
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import platformdirs

if TYPE_CHECKING:
    from collections.abc import Callable

# numba fills this module at run time, out of sight of type checkers.
config: Any = numba.config
# What reading or writing a damaged or full cache has been seen to raise.
_BROKEN_CACHE = (
    OSError, EOFError, pickle.UnpicklingError, RuntimeError, ValueError, KeyError, AttributeError,
    ImportError, IndexError,
)  # fmt: skip
# No 'nnan' or 'ninf': what is not a number must stay visible.
EXACT = {"contract", "nsz"}
# Sums may be split over vector lanes; the split is fixed when the kernel is compiled.
SUMS = {"contract", "nsz", "reassoc"}


def _sources() -> str:
    """Return a short hash of all files that decide what kernels do; numba looks at one at a time.

    Those are the kernels and `types`, whose `BLOCK` becomes a part of the compiled code.
    """
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in (*sorted(folder.glob("*.py")), folder.parent / "types.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _prepared(folder: Path) -> Path | None:
    """Return the folder if it can be made and written, else None. Only its owner may write it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
    except OSError:
        return None
    return folder


def _choose_folder() -> Path | None:
    """Return a folder that is only ours, because a broken cache is emptied."""
    try:
        home = Path(config.CACHE_DIR or platformdirs.user_cache_dir("segmenter"))
    except (OSError, RuntimeError):  # no home folder at all
        return None
    return _prepared(home / f"segmenter-kernels-{numba.__version__}-{_sources()}")


cache_folder = _choose_folder()


def kernel(signature: str, fastmath: set[str] = EXACT) -> Callable[..., Any]:
    """Compile at import for one signature, from the cache where that works.

    A cache that is unwritable, full or broken makes the start slower, never fail: it is emptied
    and tried once more, then left alone.
    """

    def compiled(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - numba's dispatcher
        for _ in range(2 if cache_folder is not None else 0):
            try:
                return _jit(signature, fastmath, cache=True)(function)
            except _BROKEN_CACHE:
                _empty_cache()
        return _jit(signature, fastmath, cache=False)(function)

    return compiled


def inlined(fastmath: set[str] = EXACT) -> Callable[..., Any]:
    """Compile as a part of the kernels that call it."""
    return _jit(None, fastmath, cache=False)


def _jit(signature: str | None, fastmath: set[str], *, cache: bool) -> Callable[..., Any]:
    def decorated(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - numba's dispatcher
        # numba asks for the folder once, here; other users of numba keep theirs.
        theirs = config.CACHE_DIR
        config.CACHE_DIR = str(cache_folder) if cache else theirs
        try:
            return numba.njit(
                signature, cache=cache, nogil=True, fastmath=fastmath, error_model="numpy"
            )(function)
        finally:
            config.CACHE_DIR = theirs

    return decorated


def _empty_cache() -> None:
    if cache_folder is not None:
        shutil.rmtree(cache_folder, ignore_errors=True)
        _prepared(cache_folder)
