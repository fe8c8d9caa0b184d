"""Areas in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.area_words import SPREAD_MEANS, area_lines, area_tip, measured
from segmenter.app.scribbles import Nib, Scribbles
from segmenter.app.state import State
from segmenter.engine.cleanup import Cleaned
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Spatial

THIN = "\N{NARROW NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "spread", "words"),
    [
        (1442.34, 3.14, f"1{THIN}442.3 ± 3.1"),
        (1442.34, 314.6, f"1{THIN}442 ± 315"),
        (0.92123, 0.0123, "0.921 ± 0.012"),
        (5.0, 0.0, "5.00 ± 0"),
        (5.0, 1e-9, "5.00 ± 0"),
        (0.0, 0.0, "0 ± 0"),
        (1440.2, 0.003, f"1{THIN}440 ± 0"),
        (1e6, 12.0, f"1{THIN}000{THIN}000 ± 12"),
    ],
)
def test_as_many_digits_are_told_as_the_spread_is_worth(value, spread, words):
    assert measured(value, spread) == words


def test_pixels_and_expected_area_are_told(segmented):
    state = segmented.state
    pixels, expected = area_lines(state, 2)
    assert pixels == f"1{THIN}440 px in the label map"
    area, spread = (float(each[1]) for each in state.result.areas)
    assert expected == f"expected {measured(area, spread)} px"


@pytest.mark.parametrize(("side", "unit"), [(2.0, "µm²"), (20.0, "mm²")])
def test_areas_are_told_in_units_where_pixels_have_a_size(segmented, side, unit):
    state = replace(segmented.state, image=replace(segmented.state.image, pixel_size=(side, side)))
    last = area_lines(state, 2)[-1]
    assert last.endswith(unit)
    value = float(last.split(" ±")[0].replace(THIN, "")) * (1e6 if unit == "mm²" else 1)
    assert value == pytest.approx(1440 * side**2, rel=0.01)


@pytest.fixture
def nowhere(segmented):
    """A state in which class 2 is expected, but no pixel has it."""
    result = segmented.state.result
    labels = np.where(result.labels == 2, np.uint8(1), result.labels)
    return replace(segmented.state, result=replace(result, labels=labels))


def test_a_class_that_is_expected_but_nowhere_says_why_and_what_may_help(nowhere):
    assert area_lines(nowhere, 2)[0] == "0 px in the label map (never the most probable)"
    assert "never" not in area_lines(nowhere, 1)[0]
    tip = area_tip(nowhere, 2)
    assert "another one is more probable" in tip
    assert "Fewer components" in tip
    assert "Spatial: Field" in tip
    assert tip.endswith(SPREAD_MEANS)
    assert area_tip(nowhere, 1) == SPREAD_MEANS


def test_what_may_help_is_not_what_is_there(nowhere):
    settings = nowhere.result.settings.model_copy(update={"spatial": Spatial.FIELD})
    with_field = replace(nowhere, result=replace(nowhere.result, settings=settings))
    assert "Field" not in area_tip(with_field, 2)
    drawn = Scribbles().drawn((3, 3), (3, 9), Nib(1, 3), (48, 64))
    said = replace(nowhere, inputs=replace(nowhere.inputs, scribbles=drawn))
    assert "components" not in area_tip(said, 2)


def test_a_class_that_clean_up_took_away_was_the_most_probable_somewhere(nowhere):
    cleaned = Cleaned(np.array([1, 1, 1]), np.array([1, 0, 1]), np.array([9, 9, 9]), 9)
    state = replace(nowhere, result=replace(nowhere.result, cleaned=cleaned))
    assert area_lines(state, 2)[0] == "0 px in the label map"
    assert area_tip(state, 2) == SPREAD_MEANS


def test_nothing_is_told_of_what_is_not_there(segmented):
    assert area_lines(State(), 1) == ()
    assert area_lines(segmented.state, 4) == ()
    running = Progress(Stage.FITTING, mixture=segmented.state.result.mixture)
    assert area_lines(replace(segmented.state, progress=running), 1) == ()
