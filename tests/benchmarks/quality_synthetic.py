"""Known label maps under Gaussian noise: three and four shapes, and Potts textures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import quality_data as data
from quality_measures import wrong_when_matched
from quality_rows import Row, at_most, noted, segmented

from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import Covariance, Settings, Spatial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PUBLISHED_SEED = 12345
MORE_SEEDS = (1, 2, 3, 4, 5)
# Percent wrong with the published seed: a mean-field field and a chain along one scan, both plain.
REFERENCE = {
    ("three", 0.01): (0.00, 0.06), ("three", 0.02): (0.04, 0.18), ("three", 0.03): (0.08, 0.29),
    ("three", 0.05): (0.13, 0.41), ("three", 0.08): (0.23, 0.70), ("four", 0.01): (0.01, 0.05),
    ("four", 0.02): (0.04, 0.15), ("four", 0.03): (0.09, 0.22), ("four", 0.05): (0.26, 0.33),
    ("four", 0.08): (0.51, 0.42), ("potts2", 0.03): (0.12, 0.14), ("potts2", 0.05): (0.71, 0.91),
    ("potts2", 0.08): (2.22, 2.80), ("potts3", 0.02): (3.10, 3.93), ("potts3", 0.03): (6.10, 7.66),
    ("potts3", 0.05): (11.20, 17.94), ("potts4", 0.02): (11.54, 16.54),
    ("potts4", 0.03): (16.82, 23.16), ("potts4", 0.05): (24.84, 36.75),
}  # fmt: skip
MARGIN_OVER_ORACLE = {0.01: 0.3, 0.02: 0.3, 0.03: 0.3, 0.05: 1.0}  # points
# The noise is the same in every class.
PLAIN = Settings(covariance=Covariance.TIED)


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    seeds = (PUBLISHED_SEED,) if quick else (PUBLISHED_SEED, *MORE_SEEDS)
    for name, variances in data.SYNTHETIC.items():
        for variance in variances:
            yield from _cell([data.synthetic(folder, name, variance, seed) for seed in seeds])


def oracle_labels(noisy: data.Noisy) -> np.ndarray:
    """Label every pixel by itself with the true parameters."""
    shares = np.bincount(noisy.truth.ravel()) / noisy.truth.size
    levels = np.linspace(0, 1, len(shares))
    log_densities = -((noisy.pixels[..., None] - levels) ** 2) / (2 * noisy.variance)
    return (log_densities + np.log(shares)).argmax(axis=-1)


def _cell(trials: list[data.Noisy]) -> Iterator[Row]:
    first = trials[0]
    case = f"{first.name} {first.variance:g}"
    oracle = 100 * wrong_when_matched(oracle_labels(first), first.truth)
    field, chain = REFERENCE[first.name, first.variance]
    yield noted(case, "true parameters", f"{oracle:.2f} %")
    plain, more = _measured(trials, Spatial.NONE)
    if first.variance in MARGIN_OVER_ORACLE:
        goal = round(oracle + MARGIN_OVER_ORACLE[first.variance], 2)
        yield at_most(case, "mixture", plain, goal, more=more)
    else:
        yield noted(case, "mixture", f"{plain:.2f} %{more}")
    for spatial, goal in ((Spatial.FIELD, field), (Spatial.CHAIN, chain)):
        figure, more = _measured(trials, spatial)
        yield at_most(case, str(spatial), figure, goal, more=more)


def _measured(trials: list[data.Noisy], spatial: Spatial) -> tuple[float, str]:
    """Return percent wrong with the published seed, and mean and worst over the others."""
    figures, strengths = [], []
    for trial in trials:
        count = int(trial.truth.max()) + 1
        settings = PLAIN.model_copy(update={"components": count, "spatial": spatial})
        result = segmented(image_of(trial.pixels), settings)
        figures.append(100 * wrong_when_matched(result.labels - 1, trial.truth))
        strengths.append(result.strength)
    more = "" if strengths[0] is None else f", strength {strengths[0]:.2f}"
    if len(figures) > 1:
        others = figures[1:]
        more += f" (others: mean {np.mean(others):.2f}, worst {max(others):.2f})"
    return figures[0], more
