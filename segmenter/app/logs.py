"""Where the window keeps its log: the place that 'Details are in the log' means."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from platformdirs import user_log_path

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 1_000_000
FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def log_file() -> Path:
    """Return the path of the log."""
    return user_log_path("segmenter", appauthor=False) / "segmenter.log"


def keep_log(path: Path) -> None:
    """Write warnings and errors to `path` from now on; where that cannot be, to stderr."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=LARGEST, backupCount=1, encoding="utf-8", errors="backslashreplace"
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
