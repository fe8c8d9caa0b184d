"""Three tissues of a head, slice by slice, with even and uneven light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import quality_data as data
from quality_measures import dice
from quality_rows import Row, at_most, noted, segmented

from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import Settings, Spatial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOAL = 9.3  # percent; ANTs' Atropos: 10.0
SHADES = (0.2, 0.4)
LOSS = 1.0  # points that shading may cost
TISSUES = 3
PLAIN = Settings(components=TISSUES)
FIELD = PLAIN.model_copy(update={"spatial": Spatial.FIELD})


def rows(folder: Path) -> Iterator[Row]:
    case = "brain, three tissues"
    yield noted(case, "mixture", _figure(folder, PLAIN)[1])
    even, said = _figure(folder, FIELD)
    yield at_most(case, "field", even, GOAL, more=said.removeprefix(f"{even:.2f} %"))
    shading_on = FIELD.model_copy(update={"shading": True})
    for shade in SHADES:
        shaded = f"{case}, light uneven by {shade:.0%}"
        yield noted(shaded, "field", _figure(folder, FIELD, shade)[1])
        figure, said = _figure(folder, shading_on, shade)
        more = said.removeprefix(f"{figure:.2f} %")
        yield at_most(shaded, "field, shading on", figure, round(even + LOSS, 2), more=more)


def _figure(folder: Path, settings: Settings, shade: float = 0.0) -> tuple[float, str]:
    """Return percent of the brain wrong over all slices, and the same in words with Dice."""
    found, true, strengths = [], [], []
    for one in data.brain(folder, shade):
        result = segmented(image_of(one.pixels), settings)
        inside = one.truth > 0
        found.append(result.labels[inside])
        true.append(one.truth[inside])
        strengths.append(result.strength or 0.0)
    labels, truth = np.concatenate(found), np.concatenate(true)
    percent = 100 * float(np.mean(labels != truth))
    scores = " ".join(f"{dice(labels == t, truth == t):.3f}" for t in range(1, TISSUES + 1))
    strength = f", strength {np.mean(strengths):.2f}" if any(strengths) else ""
    return percent, f"{percent:.2f} %, Dice {scores}{strength}"
