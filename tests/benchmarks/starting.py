"""How long the program takes to start: the package, a run, and the very first run."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
from PIL import Image as Pictures

PROGRAM = Path(sys.executable).parent / "segmenter"


def start_rows() -> list[str]:
    rows = ["| start | took | goal |", "| --- | --- | --- |"]
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.png"
        pixels = np.random.default_rng(0).normal(120, 30, (480, 640, 3)).clip(0, 255)
        smooth = Pictures.fromarray(pixels.astype(np.uint8)).resize((160, 120)).resize((640, 480))
        smooth.save(photo)
        run = [str(PROGRAM), "run", str(photo), "--out", f"{folder}/products"]
        first = [
            _timed(run, {"NUMBA_CACHE_DIR": str(Path(folder) / f"cache {number}")})
            for number in range(3)
        ]
        for _ in range(2):
            _timed(run)
        warm = [_timed(run) for _ in range(7)]
        nothing = [_timed([sys.executable, "-c", "pass"]) for _ in range(7)]
        package = [_timed([sys.executable, "-c", "import segmenter"]) for _ in range(7)]
    taken = median(package) - median(nothing)
    rows.append(f"| `import segmenter`, beyond Python itself | {taken:.2f} s | 0.15 s |")
    rows.append(f"| `segmenter run`, 0.3 megapixels, warm | {median(warm):.2f} s | 1.2 s |")
    rows.append(f"| the same with an empty cache | {median(first):.1f} s | 10 s |")
    return rows


def _timed(command: list[str], more: dict[str, str] | None = None) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | (more or {}))
    return perf_counter() - began
