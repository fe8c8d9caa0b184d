"""Questions to the state."""

from dataclasses import replace

import pytest

from segmenter.app.state import (
    State,
    can_export,
    can_run,
    is_outdated,
    is_running,
    iterations_of,
    style_of,
)
from segmenter.engine.settings import Settings
from segmenter.engine.types import Progress, Stage


def test_an_empty_state_can_do_nothing():
    state = State()
    answers = (can_run(state), can_export(state), is_running(state), is_outdated(state))
    assert answers == (False, False, False, False)


def test_a_finished_result_can_be_exported(segmented):
    assert can_export(segmented.state)


@pytest.mark.parametrize(
    "change",
    [{"progress": Progress(Stage.FITTING)}, {"exporting": True}, {"result": None}],
    ids=str,
)
def test_nothing_is_exported_meanwhile(segmented, change):
    assert not can_export(replace(segmented.state, **change))


def test_a_result_of_other_settings_is_outdated(segmented):
    state = segmented.state
    assert not is_outdated(state)
    inputs = replace(state.inputs, settings=Settings(components=7))
    assert is_outdated(replace(state, inputs=inputs))


@pytest.mark.parametrize(
    ("curve", "words"),
    [((), "0 iterations"), ((-1.0,), "0 iterations"), ((-2.0, -1.0), "1 iteration")],
    ids=["none", "start", "one"],
)
def test_the_start_is_no_iteration(curve, words):
    assert iterations_of(curve) == words


def test_classes_count_from_one():
    assert style_of(State(), 1).name == "Class 1"
