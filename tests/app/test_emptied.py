"""Names and colours stay with their classes when one of a start becomes empty."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.classes import classes_of
from segmenter.app.emptied import kept_components, without_emptied
from segmenter.app.state import Inputs, Look, is_outdated
from segmenter.engine.styles import OUTLIERS, default_classes
from segmenter.engine.types import Mixture


def mixture(means):
    count = len(means)
    covariances = np.ones((count, 1, 1))
    return Mixture(np.full(count, 1 / count), np.array(means)[:, None], covariances, ("grey",))


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ([0.0, 10.0, 20.0, 30.0], [0, 1, 2, 3]),
        ([1.0, 19.0, 31.0], [0, 2, 3]),
        ([11.0, 22.0], [1, 2]),
        ([29.0], [3]),
    ],
    ids=["all", "without the second", "two", "one"],
)
def test_components_are_known_again_by_their_means(found, kept):
    assert kept_components(mixture([0.0, 10.0, 20.0, 30.0]), mixture(found)).tolist() == kept


@pytest.fixture
def begun(segmented):
    """A session whose result of three classes, a, b and c, is to begin from four: B is empty."""
    known = segmented.state.result.mixture
    far = np.vstack([known.means[:1], known.means.max(axis=0) + 1e4, known.means[1:]])
    start = Mixture(np.full(4, 0.25), far, known.covariances[[0, 0, 1, 2]], known.features)
    styles = [replace(s, name=n) for s, n in zip(default_classes(4), "aBbc", strict=True)]
    segmented.edit("Name", classes=tuple(styles))
    segmented.begin_from("Begin", start)
    segmented.set_look(chosen=3, selected=(1, 2, 3))
    return segmented


@pytest.fixture
def named(begun, wait):
    """The same at the end of its run."""
    known = begun.state.result.mixture
    begun.set_live(True)
    wait(begun, lambda state: state.progress is None and state.result.mixture is not known)
    return begun


def names_of(state):
    return [style.name for style in classes_of(state)]


def test_while_the_run_goes_on_they_follow_their_classes(begun, wait, history):
    begun.step()
    wait(begun, lambda state: state.progress.mixture is not None)
    assert names_of(begun.state) == ["a", "B", "b", "c"]
    while len(begun.state.progress.mixture) == 4:
        seen = begun.state.progress
        begun.step()
        wait(begun, lambda state, seen=seen: state.progress is not seen)
    assert names_of(begun.state) == ["a", "b", "c"]
    assert (begun.state.look.chosen, begun.state.look.selected) == (2, (1, 2))
    for _, after in history:
        mixture = None if after.progress is None else after.progress.mixture
        if mixture is not None:
            assert len(names_of(after)) == len(mixture), "never one without the other"
    begun.run()
    state = wait(begun, lambda state: state.progress is None)
    assert names_of(state) == ["a", "b", "c"]
    assert (state.look.chosen, state.look.selected) == (2, (1, 2))
    assert not is_outdated(state)


def test_what_was_chosen_and_selected_is_so_in_the_end(named):
    look = named.state.look
    assert classes_of(named.state)[look.chosen - 1].name == "b"
    assert look.selected == (1, 2)


@pytest.mark.parametrize(
    ("chosen", "after"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3)], ids=["a", "B", "b", "C", "noise"]
)
def test_a_number_is_that_of_its_class_or_of_the_one_that_comes_to_its_place(chosen, after):
    kinds = (replace(s, name=n) for s, n in zip(default_classes(4), "aBbC", strict=True))
    inputs = Inputs(classes=(*kinds, OUTLIERS), start=mixture([0.0, 10.0, 20.0, 30.0]))
    look = Look(chosen=chosen, selected=(2, chosen))
    left, found = without_emptied(inputs, look, mixture([1.0, 19.0]))
    assert [style.name for style in left.classes] == ["a", "b", "B", "C", "Outliers"]
    assert found.chosen == after
    assert found.selected == ((after,) if chosen in {1, 3, 5} else ())


def test_what_is_found_is_kept_for_what_is_asked_for_since(named, wait):
    found = named.state.result
    settings = named.state.inputs.settings.model_copy(update={"components": 2})
    named.edit("Edit", settings=settings)
    wait(named, lambda state: state.progress is None and state.result is not found)
    named.undo_stack.undo()
    assert named.state.result is found


def test_what_was_asked_for_otherwise_since_is_left_alone(begun, wait):
    begun.run()
    settings = begun.state.inputs.settings.model_copy(update={"tolerance": 1e-3})
    begun.edit("Edit", settings=settings)
    begun.set_live(False)
    asked = begun.state.inputs
    state = wait(begun, lambda state: state.progress is None)
    assert (state.inputs, state.result.class_count) == (asked, 3)
    assert is_outdated(state)


def test_names_and_colours_stay_with_their_classes(named):
    state = named.state
    assert state.result.class_count == 3
    assert names_of(state) == ["a", "b", "c"]
    usual = default_classes(4)
    assert [style.colour for style in classes_of(state)] == [usual[k].colour for k in (0, 2, 3)]
    assert state.inputs.classes[3].name == "B", "kept for when there is a class for it again"


def test_what_is_left_is_what_is_asked_for(named, wait):
    assert named.state.inputs.settings.components == 3
    assert not is_outdated(named.state)
    before = named.state.result
    named.run()
    state = wait(named, lambda state: state.progress is None and state.result is not before)
    assert names_of(state) == ["a", "b", "c"]


def test_undo_and_redo_find_the_names_again(named, wait):
    found = named.state.result
    named.undo_stack.undo()
    wait(named, lambda state: state.progress is None and state.inputs.start is None)
    assert [style.name for style in named.state.inputs.classes] == ["a", "B", "b", "c"]
    named.undo_stack.redo()
    assert named.state.result is found, "known, and nothing is run"
    assert names_of(named.state) == ["a", "b", "c"]


def test_a_search_of_its_own_changes_no_names(segmented):
    state = segmented.state
    found, look = state.result.mixture, state.look
    assert without_emptied(state.inputs, look, found) == (state.inputs, look)
    begun = Inputs(start=found)
    assert without_emptied(begun, look, found) == (begun, look)
