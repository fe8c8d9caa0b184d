"""Count how many seeds find the best optimum, image by image.

Run by hand: ``python tests/benchmarks/starts.py [--long N] [--seeds N] [--one-thread] [IMAGE...]``;
without images, the sample images. A seed has found the best when its run, to the end and on every
sample, comes within 1e-3 nats per sample of the best of all seeds. ``--long N`` also says how far
the best of N random starts, each followed to its optimum, lies above the best of the seeds (below
when negative). Prints a Markdown table; a pass is one E+M step over `SUBSET` samples.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segmenter.engine import mixture as engine
from segmenter.engine.iterate import iterate
from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.maximise import Form, m_step, moments_of_labels
from segmenter.engine.pipeline import finish
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings
from segmenter.engine.starts import starts
from segmenter.engine.thinning import SUBSET, subset
from segmenter.engine.threads import set_thread_count
from segmenter.files.images import read_image

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmenter.engine.types import Mixture, Samples

SAMPLE_IMAGES = Path(__file__).parents[2] / "sample_images"
COMPONENTS = range(2, 9)
CLOSE = 1e-3  # nats per sample
LONG_LIMIT, LONG_TOLERANCE = 400, 1e-6
FINISHERS = 5  # of the long search, that see every sample


class Passes:
    """Counts the samples that E-steps see."""

    def __init__(self) -> None:
        self.samples = 0
        self._e_steps: Callable[..., object] = engine._e_steps
        engine._e_steps = self  # type: ignore[assignment]

    def __call__(self, samples: Samples, mixtures: list[Mixture], *others: object) -> object:
        self.samples += len(mixtures) * samples.values.shape[1]
        return self._e_steps(samples, mixtures, *others)


class Trial(NamedTuple):
    """What one seed came to: nats per sample, seconds and samples seen by its search."""

    reached: float
    seconds: float
    seen: int


def trial(samples: Samples, form: Form, settings: Settings, passes: Passes) -> Trial:
    before, began = passes.samples, perf_counter()
    found = finish(starts(samples, form, settings))
    seconds, seen = perf_counter() - began, passes.samples - before
    limit = settings.max_iterations - max(0, len(found.log_likelihoods) - 1)
    return Trial(
        climbed(samples, found.mixture, form, limit=limit, tolerance=settings.tolerance)[0],
        seconds,
        seen,
    )


def climbed(
    samples: Samples, start: Mixture, form: Form, *, limit: int, tolerance: float
) -> tuple[float, Mixture]:
    fit = finish(iterate(samples, start, form, limit=limit, tolerance=tolerance))
    return fit.log_likelihoods[-1], fit.mixture


def long_search(samples: Samples, form: Form, components: int, count: int) -> float:
    """Return the best of `count` random starts; only the best few of these see every sample."""
    random = np.random.default_rng([components, count])
    few = subset(samples, random)
    ends = []
    for _ in range(count):
        labels, _ = lloyd(few, seed_centres(few, components, random), 5)
        start = m_step(moments_of_labels(few, labels), form, few.total)
        ends.append(climbed(few, start, form, limit=LONG_LIMIT, tolerance=LONG_TOLERANCE))
    ends.sort(key=lambda end: -end[0])
    different = [ends[0]]
    for end in ends:
        if end[0] < different[-1][0] - CLOSE / 4 and len(different) < FINISHERS:
            different.append(end)
    settings = Settings()
    return max(
        climbed(samples, end[1], form, limit=settings.max_iterations, tolerance=settings.tolerance)[
            0
        ]
        for end in different
    )


def row(path: Path, components: int, asked: argparse.Namespace, passes: Passes) -> str:
    features, samples = gather(read_image(path), Settings())
    trials = []
    for seed in range(asked.seeds):
        settings = Settings(components=components, seed=seed)
        form = Form(settings.covariance, features.noise, features.weight)
        trials.append(trial(samples, form, settings, passes))
    reached = np.array([one.reached for one in trials])
    found = int((reached >= reached.max() - CLOSE).sum())
    seconds = float(np.median([one.seconds for one in trials]))
    seen = float(np.median([one.seen for one in trials])) / SUBSET
    cells = [
        path.name, components, f"{found} of {asked.seeds}",
        f"{np.ptp(reached):.1e}", f"{reached.max():.5f}", f"{seconds:.3f} s", f"{seen:.0f}",
    ]  # fmt: skip
    if asked.long:
        best = long_search(samples, form, components, asked.long)
        cells.append(f"{best - reached.max():+.1e}")
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("images", nargs="*", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--long", type=int, default=0)
    parser.add_argument("--one-thread", action="store_true")
    asked = parser.parse_args()
    set_thread_count(1 if asked.one_thread else 0)
    paths = asked.images or sorted(p for p in SAMPLE_IMAGES.iterdir() if p.suffix != ".md")
    heads = ["image", "K", "seeds that found the best", "spread", "best", "search", "passes"]
    heads += [f"best of {asked.long} random"] * bool(asked.long)
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    passes = Passes()
    for path in paths:
        for components in COMPONENTS:
            print(row(path, components, asked, passes), flush=True)


if __name__ == "__main__":
    main()
