"""Classes split, deleted, frozen and moved by hand: EM goes on from the changed mixture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.classes import classes_of
from segmenter.app.surgery import (
    can_delete,
    can_freeze,
    can_move,
    can_split,
    deleted,
    frozen,
    frozen_part,
    is_frozen,
    moved,
    split,
)
from segmenter.engine.parameters import make_settings
from segmenter.engine.settings import Start
from segmenter.engine.styles import default_classes


@pytest.fixture
def named(segmented):
    """A live session with a result of three classes called a, b and c."""
    styles = [replace(s, name=n) for s, n in zip(default_classes(3), "abc", strict=True)]
    segmented.edit("Name", classes=tuple(styles))
    segmented.set_live(True)
    return segmented


@pytest.fixture
def act(wait):
    """Do something to the chosen class and wait for its result."""

    def do(session, change, *more):
        session.replace_inputs("Change", change(session.state, *more))
        return wait(session, lambda state: state.progress is None and is_current(state))

    return do


def is_current(state):
    return state.made_from is not None and state.made_from.decides_like(state.inputs)


def names(state):
    return [style.name for style in state.inputs.classes[: state.result.class_count]]


def test_half_of_a_split_class_is_the_last_class(named, act):
    before = named.state.result
    named.set_look(chosen=2)
    assert can_split(named.state)
    state = act(named, split)
    assert state.result.class_count == 4
    assert state.inputs.settings.components == 4
    assert names(state)[:3] == ["a", "b", "c"]
    assert names(state)[3] not in "abc"
    still = before.labels != 2
    agreeing = state.result.labels[still] == before.labels[still]
    assert agreeing.mean() > 0.95
    assert state.result.log_likelihoods[-1] >= before.log_likelihoods[-1]


def test_half_of_a_split_class_has_a_colour_that_no_class_has(named, act):
    named.set_look(chosen=1)
    state = act(named, split)
    colours = [style.colour for style in classes_of(state)]
    assert colours == [style.colour for style in default_classes(4)]
    assert names(state)[3] == "Class 4"


def test_a_deleted_class_goes_and_the_others_keep_their_names(named, act):
    named.set_look(chosen=1)
    assert can_delete(named.state)
    state = act(named, deleted)
    assert state.result.class_count == 2
    assert names(state) == ["b", "c"]
    named.undo_stack.undo()
    assert names(named.state) == ["a", "b", "c"]
    assert named.state.inputs.start is None


def test_the_only_class_cannot_be_deleted(named, act):
    named.set_look(chosen=1)
    act(named, deleted)
    act(named, deleted)
    assert not can_delete(named.state)


def test_frozen_classes_stay_as_they_are_while_em_goes_on(named, act):
    means = named.state.result.mixture.means
    named.set_look(chosen=3)
    assert can_freeze(named.state)
    state = act(named, frozen)
    assert is_frozen(state, 3)
    assert not is_frozen(state, 1)
    start = state.inputs.start
    pushed = replace(start, means=start.means + 4)
    named.begin_from("Move a mean", pushed)
    assert named.state.inputs.start is pushed
    state = act(named, lambda state: state.inputs)
    found = state.result.mixture.means
    np.testing.assert_allclose(found[2], means[2] + 4)
    np.testing.assert_allclose(found[:2], means[:2], atol=1)
    assert not is_frozen(act(named, frozen), 3)


def test_a_class_moves_with_its_name(named, act):
    before = named.state.result
    named.set_look(chosen=1)
    assert can_move(named.state, 1)
    assert not can_move(named.state, -1)
    assert not can_move(named.state, 3)
    state = act(named, moved, 2)
    assert names(state) == ["b", "c", "a"]
    assert np.mean(state.result.labels == (before.labels + 1) % 3 + 1) > 0.99


def test_a_start_goes_with_settings_that_it_does_not_suit(named, act):
    named.set_look(chosen=3)
    state = act(named, frozen)
    known = state.inputs.settings
    named.edit("Field", settings=known.model_copy(update={"max_iterations": 50}))
    assert named.state.inputs.start is not None
    named.edit("Components", settings=known.model_copy(update={"components": 2}))
    assert named.state.inputs.start is None


@pytest.mark.parametrize(
    "change",
    [
        {"smallest_region": 20},
        {"fill_holes": 20},
        {"smooth_borders": 1},
        {"restarts": 9},
        {"seed": 3},
        {"criterion": "icl"},
        {"most_components": 5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_start_stays_with_settings_that_have_no_part_in_it(segmented, change):
    segmented.set_look(chosen=3)
    segmented.replace_inputs("Freeze", frozen(segmented.state))
    start, known = segmented.state.inputs.start, segmented.state.inputs.settings
    segmented.edit("Other settings", settings=make_settings({**known.model_dump(), **change}))
    assert segmented.state.inputs.settings != known
    assert segmented.state.inputs.start is start


def test_who_lets_em_begin_at_random_takes_the_start_away(segmented):
    segmented.set_look(chosen=3)
    segmented.replace_inputs("Freeze", frozen(segmented.state))
    known = segmented.state.inputs.settings
    segmented.edit("Start", settings=known.model_copy(update={"start": Start.RANDOM}))
    assert segmented.state.inputs.start is None


def test_classes_of_a_start_are_joined_in_the_start(named, act):
    named.set_look(chosen=3)
    act(named, split)
    named.set_look(selected=(1, 4))
    named.join_classes()
    state = act(named, lambda state: state.inputs)
    assert state.inputs.settings.join == "none"
    assert state.result.class_count == 3
    assert len(state.result.mixture) == 4
    np.testing.assert_array_equal(state.result.mixture.classes, [0, 1, 2, 0])


def test_what_is_frozen_stays_so_in_a_class_that_is_made_of_several(named, act):
    named.set_look(chosen=2)
    before = act(named, frozen).result.mixture
    named.set_look(selected=(2, 3))
    named.join_classes()
    state = act(named, lambda state: state.inputs)
    assert frozen_part(state, 1) == (0, 1)
    assert frozen_part(state, 2) == (1, 2)
    assert not is_frozen(state, 2)
    np.testing.assert_array_equal(state.result.mixture.means[1], before.means[1])
    named.set_look(selected=(2,))
    named.separate_classes()
    assert is_frozen(act(named, lambda state: state.inputs), 2)


def test_nothing_is_cut_up_while_a_run_goes_on_or_scribbles_say_what_is_what(named):
    named.set_live(False)
    known = named.state.inputs.settings
    named.edit("Components", settings=known.model_copy(update={"components": 2}))
    assert not any(ask(named.state) for ask in (can_split, can_delete, can_freeze))
