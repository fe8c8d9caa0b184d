"""Questions to the state."""

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.state import (
    Inputs,
    State,
    can_export,
    can_run,
    classes_of,
    describe_end,
    is_outdated,
    is_running,
    iterations_of,
    style_of,
)
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Settings
from segmenter.engine.styles import default_classes
from segmenter.engine.types import Mixture, Noise


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


def test_the_curve_is_that_of_em_and_of_the_result_afterwards(segmented):
    state = segmented.state
    assert state.curve == state.result.log_likelihoods
    for stage, curve in ((Stage.STARTS, ()), (Stage.FITTING, (-2.0, -1.0))):
        progress = Progress(stage, log_likelihoods=(-2.0, -1.0))
        assert replace(state, progress=progress).curve == curve


def test_classes_count_from_one():
    assert style_of(State(), 1).name == "Class 1"


def test_every_class_has_a_style_that_is_asked_for_found_or_on_its_way(segmented):
    mixture = Mixture(np.full(5, 0.2), np.zeros((5, 1)), np.ones((5, 1, 1)))
    fewer = replace(segmented.state, inputs=Inputs(Settings(components=2), default_classes(1)))
    more = replace(fewer, inputs=Inputs(Settings(components=6), default_classes(2)))
    coming = replace(fewer, progress=Progress(Stage.FITTING, mixture=mixture))
    assert [len(classes_of(state)) for state in (fewer, more, coming)] == [3, 6, 5]
    assert len(classes_of(replace(fewer, result=None))) == 2
    assert style_of(coming, 5) == default_classes(5)[4]


@pytest.mark.parametrize(
    ("curve", "words"),
    [((-1.0,), "there was nothing left to gain."), ((-2.0, -1.0), "Converged after 1 iteration.")],
    ids=["at once", "one"],
)
def test_the_end_of_a_run_is_said_as_it_was(segmented, curve, words):
    result = replace(segmented.state.result, log_likelihoods=curve, notes=())
    assert describe_end(result).endswith(words)


def names(state):
    return [style.name for style in classes_of(state)]


def test_the_noise_class_that_is_asked_for_is_called_outliers():
    state = State(inputs=Inputs(Settings(components=2, noise_class=True)))
    assert names(state) == ["Class 1", "Class 2", "Outliers"]
    auto = State(inputs=Inputs(Settings(components="auto", noise_class=True)))
    assert names(auto) == ["Class 1", "Outliers"]


def test_the_noise_class_of_the_result_that_is_shown_has_its_name(segmented):
    result = segmented.state.result
    mixture = replace(
        result.mixture, classes=np.array([0, 0, 1]), noise=Noise(0.1, 1e-7)
    )  # two classes and the noise: as many as the result has
    shown = replace(segmented.state, result=replace(result, mixture=mixture))
    assert names(shown) == ["Class 1", "Class 2", "Outliers"]
    more = replace(shown, inputs=Inputs(Settings(components=4, noise_class=True)))
    assert names(more) == ["Class 1", "Class 2", "Outliers", "Class 3", "Class 4"]
    plain = Progress(Stage.FITTING, mixture=replace(mixture, noise=None))
    assert names(replace(more, progress=plain))[-1] == "Outliers"
    refining = Progress(Stage.REFINING, mixture=mixture)
    assert names(replace(more, progress=refining)) == names(more)
