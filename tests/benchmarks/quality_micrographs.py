"""Nuclei on a dark ground, and precipitates in a superalloy."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING

import quality_data as data
from quality_measures import dice, wrong_when_matched
from quality_rows import Row, at_least, at_most, noted, segmented

from segmenter.engine.settings import BY_ENTROPY, Settings, Spatial
from segmenter.files.images import read_image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from segmenter.engine.outcome import Result

NUCLEI_GOAL = 0.80
FRESH_GOAL, AGED_GOAL = 10.5, 20.0  # percent
TWO = Settings(components=2)
NUCLEI = Settings(components=3, join=BY_ENTROPY, classes=2)
FIELD = TWO.model_copy(update={"spatial": Spatial.FIELD})
# The noise of the microscope spreads over neighbours, and the channels between precipitates are
# narrow and run in all directions.
WHOLE = FIELD.model_copy(update={"smoothing": 1.0, "neighbours": 8, "cut": True})


def nuclei_rows(folder: Path) -> Iterator[Row]:
    case = "nuclei"
    images = list(data.nuclei(folder))
    yield noted(case, "mixture, K = 2", f"{mean(_dices(images, TWO)):.3f} Dice")
    dices = _dices(images, NUCLEI)
    more = f" Dice, least {min(dices):.3f}"
    yield at_least(case, "K = 3 joined to 2", mean(dices), NUCLEI_GOAL, more=more)


def _dices(images: list[data.Parted], settings: Settings) -> list[float]:
    """Return the Dice of the brightest class in each image."""
    found = [(segmented(read_image(one.path), settings), one.truth) for one in images]
    return [dice(result.labels == result.class_count, truth) for result, truth in found]


def superalloy_rows(folder: Path) -> Iterator[Row]:
    method = "field, 8 neighbours, cut, smoothing 1"
    for one in data.superalloys(folder, "0d"):
        image = read_image(one.path)
        for name, settings in (("mixture", TWO), ("field", FIELD)):
            yield noted(one.name, name, f"{_percent(one, segmented(image, settings)):.2f} %")
        found = segmented(image, WHOLE)
        more = f", strength {found.strength:.2f}" if found.strength is not None else ""
        yield at_most(one.name, method, _percent(one, found), FRESH_GOAL, more=more)
    for one in data.superalloys(folder, "180d"):
        result = segmented(read_image(one.path), WHOLE, data.strokes(one.truth))
        scribbled = f"{method}, three scribbles for each class"
        yield at_most(one.name, scribbled, _percent(one, result), AGED_GOAL)


def _percent(one: data.Parted, result: Result) -> float:
    """Return the wrong pixels in percent."""
    return 100 * wrong_when_matched(result.labels - 1, one.truth)
