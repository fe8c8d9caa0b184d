"""How long spatial models take to converge on a megapixel, what memory, and beside other programs.

Four shapes under Gaussian noise. The image is float32, so that every pixel is a sample; runs are
also timed on its grey levels of 8 bits, and on noisy colours, most of them distinct.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import quality_data as data
from quality_measures import wrong_when_matched
from quality_rows import Row, at_most, noted, segmented, within
from resident import peak, reset_peak, resident

from segmenter.engine.kept import Kept
from segmenter.engine.pipeline import finish, image_of, steps
from segmenter.engine.settings import Covariance, Settings, Spatial
from segmenter.engine.threads import set_thread_count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from segmenter.engine.types import Image

ENLARGED, VARIANCE, SEED = 4, 0.03, 12345
GOALS = {Spatial.FIELD: 0.8, Spatial.CHAIN: 1.2}  # seconds
GOAL_OF_AUTO, GOAL_OF_STROKE = 1.0, 0.15  # seconds
PALETTE = np.array([(60, 70, 160), (90, 150, 70), (170, 120, 80), (200, 190, 180)], float)
COLOUR_NOISE = 22
TURNS = 5
THREADS = 2
PATIENCE = 300  # seconds that another program gets
FASTER = 5
PROGRAM = Path(__file__).parent / "quality_peers.py"


def megapixel(folder: Path) -> data.Noisy:
    with np.load(folder / "synthetic" / "labels.npz") as maps:
        truth = np.kron(maps["four"], np.ones((ENLARGED, ENLARGED), np.uint8))
    noise = np.random.default_rng(SEED).normal(0, np.sqrt(VARIANCE), truth.shape)
    levels = np.linspace(0, 1, int(truth.max()) + 1)
    return data.Noisy("four", VARIANCE, (levels[truth] + noise).astype(np.float32), truth)


def rows(folder: Path, peers: Path | None) -> Iterator[Row]:
    set_thread_count(THREADS)
    noisy = megapixel(folder)
    image = image_of(noisy.pixels)
    case = f"{noisy.truth.size / 2**20:.0f} megapixel, float32, K = 4"
    ours = 0.0, 0.0
    for spatial in Spatial:
        settings = settings_of(spatial)
        seconds, result = [], segmented(image, settings)
        for _ in range(TURNS):
            began = perf_counter()
            result = segmented(image, settings)
            seconds.append(perf_counter() - began)
        percent = 100 * wrong_when_matched(result.labels - 1, noisy.truth)
        more = (
            f", {percent:.2f} % wrong, {result.iterations} iterations, {_peak_of(folder, spatial)}"
        )
        took = median(seconds)
        if spatial in GOALS:
            yield within(case, str(spatial), took, GOALS[spatial], more=more)
        else:
            yield noted(case, "mixture", f"{took:.2f} s{more}")
        ours = (took, percent) if spatial is Spatial.FIELD else ours
    yield from _of_eight_bits(noisy)
    if peers is not None:
        yield from _peers(case, noisy, ours, peers)


def _of_eight_bits(noisy: data.Noisy) -> Iterator[Row]:
    """Time whole runs with the usual settings, and a stroke beside a mixture that is known."""
    random = np.random.default_rng(SEED)
    colours = PALETTE[noisy.truth] + random.normal(0, COLOUR_NOISE, (*noisy.truth.shape, 3))
    images = {
        "grey, 8 bits": np.clip(40 + 150 * noisy.pixels, 0, 255).astype(np.uint8),
        "colour, 8 bits": np.clip(colours, 0, 255).astype(np.uint8),
    }
    for kind, pixels in images.items():
        image, case = image_of(pixels), f"{noisy.truth.size / 2**20:.0f} megapixel, {kind}"
        for spatial, goal in GOALS.items():
            chosen = Settings(components=4, spatial=spatial)
            yield within(f"{case}, K = 4", str(spatial), _timed(image, chosen), goal)
        yield within(case, "auto", _timed(image, Settings(components="auto")), GOAL_OF_AUTO)
        took = _stroke_timed(image, noisy.truth)
        yield within(f"{case}, K = 4", "stroke", took, GOAL_OF_STROKE)


def _timed(image: Image, settings: Settings) -> float:
    seconds = []
    for _ in range(TURNS + 1):
        began = perf_counter()
        segmented(image, settings)
        seconds.append(perf_counter() - began)
    return median(seconds[1:])  # the first one loads kernels


def _stroke_timed(image: Image, truth: np.ndarray) -> float:
    """Return how long a run takes when only a true stroke has been added since the one before."""
    settings, kept = Settings(components=4), Kept()
    scribbles, seconds = np.zeros(image.shape, np.uint8), []
    for turn in range(TURNS + 2):
        began = perf_counter()
        finish(steps(image, settings, scribbles=scribbles, kept=kept))
        seconds.append(perf_counter() - began)
        scribbles = scribbles.copy()
        stroke = np.s_[100 + 20 * turn : 105 + 20 * turn, 100:300]
        scribbles[stroke] = truth[stroke] + 1
    return median(seconds[2:])  # before these there was no mixture, or no kernel


def settings_of(spatial: Spatial) -> Settings:
    return Settings(components=4, covariance=Covariance.TIED, spatial=spatial)


def _peak_of(folder: Path, spatial: Spatial) -> str:
    """Measure in a process of its own, which holds nothing yet."""
    command = [sys.executable, __file__, folder, spatial]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return f"{float(output):.0f} bytes a pixel"


def _print_peak(folder: Path, spatial: Spatial) -> None:
    image, settings = image_of(megapixel(folder).pixels), settings_of(spatial)
    segmented(image_of(image.pixels[:64, :64]), settings)  # libraries and kernels are loaded
    before = resident()
    reset_peak()
    segmented(image, settings)
    print((peak() - before) / image.valid.size)


def _peers(case: str, noisy: data.Noisy, ours: tuple[float, float], python: Path) -> Iterator[Row]:
    """Let the others segment the same image; our field is to be faster at a lower error."""
    our_seconds, our_percent = ours
    for name in ("atropos", "dipy"):
        found = peer(name, noisy.pixels, 4, python)
        if found is None:
            figure = f"more than {PATIENCE / our_seconds:.0f} x our time, stopped"
            yield noted(case, name, figure)
            continue
        labels, seconds, broken = found
        if broken:
            figure = f"{seconds:.1f} s; it divided by nothing, so it is not compared"
            yield noted(case, name, figure)
            continue
        percent = 100 * wrong_when_matched(labels, noisy.truth)
        figure = f"{seconds:.1f} s, {percent:.2f} % wrong"
        yield noted(case, name, figure)
        yield within(case, f"field beside {name}", our_seconds, seconds / FASTER)
        yield at_most(case, f"field beside {name}", our_percent, percent)


def peer(
    name: str, pixels: np.ndarray, classes: int, python: Path
) -> tuple[np.ndarray, float, bool] | None:
    """Return another program's labels, seconds and whether it broke down; None: too slow."""
    threads = {
        "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": str(THREADS),
        "OMP_NUM_THREADS": str(THREADS),
    }
    # Its packages are not ours.
    rest = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.npz", Path(folder) / "out.npz"
        np.savez(source, pixels=pixels, classes=classes)
        command = [python, PROGRAM, name, source, target]
        try:
            subprocess.run(command, check=True, env=rest | threads, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        with np.load(target) as found:
            return found["labels"], float(found["seconds"]), bool(found["broken"])


if __name__ == "__main__":
    _print_peak(Path(sys.argv[1]), Spatial(sys.argv[2]))
