"""Areas in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmenter.app.area_words import area_lines, measured
from segmenter.app.state import State
from segmenter.engine.outcome import Progress, Stage

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


def test_nothing_is_told_of_what_is_not_there(segmented):
    assert area_lines(State(), 1) == ()
    assert area_lines(segmented.state, 4) == ()
    running = Progress(Stage.FITTING, mixture=segmented.state.result.mixture)
    assert area_lines(replace(segmented.state, progress=running), 1) == ()
