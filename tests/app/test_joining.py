"""Classes joined and separated by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from segmenter.app.joining import can_join, can_separate, joined, separated
from segmenter.app.state import Inputs
from segmenter.engine.styles import ClassStyle, default_classes


@pytest.fixture
def named(segmented):
    """A session with a result of three classes called a, b and c."""
    styles = [replace(s, name=n) for s, n in zip(default_classes(3), "abc", strict=True)]
    segmented.edit("Name", classes=tuple(styles))
    return segmented


def names(inputs, count):
    return "".join(style.name for style in inputs.classes[:count])


def done(state):
    return state.progress is None and state.result is not None


def test_selected_classes_become_one_and_come_apart_again(named, wait):
    named.set_look(selected=(2, 3))
    assert can_join(named.state)
    assert not can_separate(named.state)
    named.set_live(True)
    named.join_classes()
    assert named.state.inputs.settings.join == "2+3"
    assert names(named.state.inputs, 2) == "ab"
    state = wait(named, done)
    assert state.result.class_count == 2
    assert len(state.result.mixture) == 3
    named.set_look(selected=(2,))
    named.separate_classes()
    assert named.state.inputs.settings.join == "none"
    assert names(named.state.inputs, 3) == "abc"
    assert wait(named, done).result.class_count == 3


BLUE, ORANGE, GREEN = (style.colour for style in default_classes(3))
TEAL = (0, 99, 99)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([("Class 1", BLUE), ("Matrix", ORANGE), ("Pores", GREEN)], ("Matrix", ORANGE)),
        ([("Class 1", TEAL), ("Class 2", ORANGE), ("Pores", GREEN)], ("Pores", GREEN)),
        ([("Class 1", BLUE), ("Class 2", TEAL), ("Class 3", GREEN)], ("Class 1", TEAL)),
        ([("Class 1", BLUE), ("Class 2", ORANGE), ("Class 3", GREEN)], ("Class 1", BLUE)),
    ],
    ids=["named", "named-before-coloured", "coloured", "neither"],
)
def test_what_the_user_said_of_a_class_stays_when_it_is_joined(segmented, given, told):
    segmented.edit("Name", classes=tuple(ClassStyle(*each) for each in given))
    segmented.set_look(selected=(1, 2, 3))
    segmented.join_classes()
    style = segmented.state.inputs.classes[0]
    assert (style.name, style.colour) == told


def test_separated_classes_have_colours_that_no_class_has(named, wait):
    named.set_live(True)
    named.set_look(selected=(1, 2, 3))
    named.join_classes()
    wait(named, done)
    only = replace(named.state.inputs, classes=(ClassStyle("a", ORANGE),))
    after = separated(replace(named.state, inputs=only))
    assert [style.colour for style in after.classes[:3]] == [ORANGE, BLUE, GREEN]


def test_joining_is_one_step_to_undo(named, wait):
    before = named.state.inputs
    named.set_look(selected=(1, 2))
    named.join_classes()
    assert named.state.undo_text == "Join classes"
    assert names(named.state.inputs, 2) == "ac"
    named.undo_stack.undo()
    assert named.state.inputs == before


def test_a_joined_class_can_take_in_another(named, wait):
    named.set_live(True)
    named.set_look(selected=(1, 2))
    named.join_classes()
    wait(named, done)
    named.set_look(selected=(1, 2))
    assert joined(named.state).settings.join == "1+2+3"
    assert separated(named.state).settings.join == "none"


def test_one_class_an_outdated_result_or_scribbles_join_nothing(named):
    named.set_look(selected=(2,))
    assert not can_join(named.state)
    named.set_look(selected=(1, 2))
    outdated = named.state.inputs.settings.model_copy(update={"components": 5})
    named.edit("Components", settings=outdated)
    assert not can_join(named.state)
    named.join_classes()
    assert named.state.inputs.settings.join == "none"


def test_components_keep_the_rest_of_the_settings(named):
    named.set_look(selected=(1, 3))
    after = joined(named.state)
    assert isinstance(after, Inputs)
    assert after.settings.model_copy(update={"join": "none"}) == named.state.inputs.settings
