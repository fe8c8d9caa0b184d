"""Rows of the window's table, and what its parts share: an application, photos, waiting."""

from __future__ import annotations

import os
from time import perf_counter, sleep, thread_time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import PIL.Image
from PySide6.QtWidgets import QApplication

from segmenter.engine.types import Image

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

PATIENCE = 120.0


# On a machine that others use, too: what a painting costs, without the time that others take.
clock = thread_time if os.environ.get("SEGMENTER_CLOCK") == "processor" else perf_counter


class Row(NamedTuple):
    """One measure in the unit it is given in; without a goal it is there to be known."""

    measure: str
    figure: float
    unit: str
    goal: float | None = None
    said: str = ""
    """The figure in words, where there is more to say than the number that the goal is for."""


def in_table(rows: list[Row]) -> str:
    """Return a Markdown table that says of every measure whether it reaches its goal."""
    lines = ["| measure | figure | goal | verdict |", "| --- | --- | --- | --- |"]
    for row in rows:
        goal = "" if row.goal is None else f"< {row.goal:.3g} {row.unit}"
        verdict = "" if row.goal is None else "met" if row.figure < row.goal else "**missed**"
        figure = row.said or f"{row.figure:.3g}"
        lines.append(f"| {row.measure} | {figure} {row.unit} | {goal} | {verdict} |")
    return "\n".join(lines)


def application() -> QApplication:
    """Return the one application, as the program makes it."""
    app = QApplication.instance() or QApplication(["segmenter"])
    assert isinstance(app, QApplication)
    return app


def until(question: Callable[[], object]) -> float:
    """Let events through until a question is answered with yes; return the seconds it took."""
    began = perf_counter()
    while not question():
        QApplication.processEvents()
        sleep(0.0005)
        assert perf_counter() - began < PATIENCE, "waited in vain"
    return perf_counter() - began


def photo(megapixels: float) -> NDArray[np.uint8]:
    """Return (rows, columns, 3) that vary as a photo does: shapes large and small, some noise."""
    rows = round((megapixels * 1e6 / 1.5) ** 0.5)
    columns = round(rows * 1.5)
    random = np.random.default_rng(0)
    made = np.zeros((rows, columns, 3), np.uint8)
    for side, weight in ((8, 0.6), (64, 0.3)):
        small = random.integers(0, 256, (side, side, 3), dtype=np.uint8)
        large = PIL.Image.fromarray(small).resize((columns, rows), PIL.Image.Resampling.BICUBIC)
        made += (np.asarray(large) * weight).astype(np.uint8)
    noise = random.integers(0, 12, (512, columns, 3), dtype=np.uint8)
    for top in range(0, rows, 512):
        made[top : top + 512] += noise[: rows - top]
    return made


def image_of_photo(megapixels: float) -> Image:
    """Return a photo as the reader gives it."""
    pixels = photo(megapixels)
    return Image(pixels, np.ones(pixels.shape[:2], bool), ("red", "green", "blue"), 8)


def write_photo(path: Path, megapixels: float) -> Path:
    """Write a photo as a camera does."""
    PIL.Image.fromarray(photo(megapixels)).save(path, quality=90)
    return path
