"""Questions to the state."""

from dataclasses import replace

import pytest

from segmenter.app.state import State, can_export, can_run, is_outdated, is_running
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Settings


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


def test_the_curve_is_that_of_em_and_of_the_result_afterwards(segmented):
    state = segmented.state
    assert state.curve == state.result.log_likelihoods
    for stage, curve in ((Stage.STARTS, ()), (Stage.FITTING, (-2.0, -1.0))):
        progress = Progress(stage, log_likelihoods=(-2.0, -1.0))
        assert replace(state, progress=progress).curve == curve
