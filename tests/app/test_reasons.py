"""Why something cannot be done now: said where it cannot, and only there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app import reasons
from segmenter.app.class_commands import are_all_shown, has_own_colours, has_start, is_shown_alone
from segmenter.app.joining import can_join, can_separate
from segmenter.app.light import has_light
from segmenter.app.plotted import Plot
from segmenter.app.scribbles import scribbles_of
from segmenter.app.state import (
    State,
    can_draw,
    can_export,
    can_run,
    has_scribbles,
    is_outdated,
    is_running,
)
from segmenter.app.surgery import can_delete, can_freeze, can_split
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Settings
from segmenter.engine.styles import default_classes
from segmenter.engine.types import Noise

QUESTIONS = {
    reasons.no_image: can_run,
    reasons.no_export: can_export,
    reasons.no_run: is_running,
    reasons.no_tool: can_draw,
    reasons.no_scribbles: has_scribbles,
    reasons.no_joining: can_join,
    reasons.no_separating: can_separate,
    reasons.no_result: lambda state: state.result is not None,
    reasons.no_light: has_light,
    reasons.no_explanation: lambda state: state.result is not None and not is_running(state),
    reasons.why_past: lambda state: (
        state.result is None or not (is_running(state) or is_outdated(state))
    ),
    reasons.no_overlay: lambda state: state.result is not None or is_running(state),
    reasons.no_hidden: lambda state: can_run(state) and not are_all_shown(state),
    reasons.no_other_shown: lambda state: can_run(state) and not is_shown_alone(state),
    reasons.no_undo: lambda state: bool(state.undo_text),
    reasons.no_redo: lambda state: bool(state.redo_text),
    reasons.no_changed_settings: lambda state: state.inputs.settings != Settings(),
    reasons.no_split: can_split,
    reasons.no_freezing: can_freeze,
    reasons.no_deletion: can_delete,
    reasons.no_start: has_start,
    reasons.no_own_colours: has_own_colours,
}


def scribbled(state):
    drawn = np.zeros(state.image.shape, np.uint8)
    drawn[3, 4] = 1
    return replace(state, inputs=replace(state.inputs, scribbles=scribbles_of(drawn)))


def outdated(state):
    return replace(state, inputs=replace(state.inputs, settings=Settings(components=7)))


def outliers_chosen(state):
    mixture = replace(state.result.mixture, noise=Noise(0.1, 1e-6))
    result = replace(state.result, mixture=mixture)
    return replace(state, result=result, look=replace(state.look, chosen=4))


def with_shown(visible):
    def hidden(state):
        pairs = zip(default_classes(3), visible, strict=True)
        classes = tuple(replace(style, visible=is_shown) for style, is_shown in pairs)
        return replace(state, inputs=replace(state.inputs, classes=classes))

    return hidden


MOMENTS = {
    "empty": lambda _: State(),
    "without a result": lambda state: replace(state, result=None, made_from=None),
    "settled": lambda state: state,
    "two chosen": lambda state: replace(state, look=replace(state.look, selected=(1, 2))),
    "running": lambda state: replace(state, progress=Progress(Stage.FITTING)),
    "first run": lambda state: replace(
        state, result=None, made_from=None, progress=Progress(Stage.STARTS)
    ),
    "writing": lambda state: replace(state, exporting=True),
    "scribbled": scribbled,
    "outdated": outdated,
    "outliers chosen": outliers_chosen,
    "a class hidden": with_shown((True, False, True)),
    "one class shown": with_shown((True, False, False)),
    "changed": lambda state: replace(state, undo_text="Colour", redo_text="Name"),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=list(MOMENTS))
@pytest.mark.parametrize("reason", QUESTIONS, ids=lambda reason: reason.__name__)
def test_there_is_a_reason_exactly_where_something_cannot_be_done(segmented, reason, moment):
    state = moment(segmented.state)
    said = reason(state)
    assert bool(said) != QUESTIONS[reason](state)
    assert not said or said.endswith(".")


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("empty", "Open an image first."),
        ("without a result", "Run (F5) first."),
        ("settled", "Select two classes or more"),
        ("running", "A run is under way"),
        ("scribbled", "while there are scribbles"),
        ("outdated", "The settings have changed since this result"),
    ],
)
def test_joining_says_what_stands_in_its_way(segmented, moment, words):
    assert words in reasons.no_joining(MOMENTS[moment](segmented.state))


@pytest.mark.parametrize(("chosen", "steps"), [(1, -1), (3, 1)], ids=["first", "last"])
def test_a_class_at_an_end_cannot_move_beyond_it(segmented, chosen, steps):
    segmented.set_look(chosen=chosen)
    assert reasons.no_move(-steps, segmented.state) == ""
    assert "first" in reasons.no_move(-1, segmented.state) or chosen == 3
    assert "last" in reasons.no_move(1, segmented.state) or chosen == 1


def test_outliers_have_nothing_to_change(segmented):
    assert "no mean to change" in reasons.no_split(outliers_chosen(segmented.state))


def test_a_class_that_there_is_can_be_chosen(segmented):
    assert reasons.no_class(3, segmented.state) == ""
    assert reasons.no_class(4, segmented.state) == "There is no class 4."


def test_a_run_that_waits_is_not_waited_for(segmented):
    running = replace(segmented.state, progress=Progress(Stage.FITTING))
    assert "wait for its end" in reasons.why_running(running)
    assert "let it go" in reasons.why_running(replace(running, stepping=True))
    playing = replace(running, stepping=True, playing=True)
    assert "wait for its end" in reasons.why_running(playing)


def test_only_the_plot_in_front_cannot_be_beside_it(segmented):
    segmented.show_plot(Plot.SCATTER)
    assert reasons.no_plot_beside(Plot.SCATTER, segmented.state) == reasons.IN_FRONT
    assert reasons.no_plot_beside(Plot.HISTOGRAM, segmented.state) == ""
    assert "Open an image" in reasons.no_plot_beside(Plot.HISTOGRAM, State())
