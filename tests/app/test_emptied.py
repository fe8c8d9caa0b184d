"""Names and colours stay with their classes when one of a start becomes empty."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.classes import classes_of
from segmenter.app.emptied import kept_components, without_emptied
from segmenter.app.state import Inputs, is_outdated
from segmenter.engine.styles import default_classes
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
def named(segmented, wait):
    """A session whose result of three classes, a, b and c, begins from four: b will be empty."""
    known = segmented.state.result.mixture
    far = np.vstack([known.means[:1], known.means.max(axis=0) + 1e4, known.means[1:]])
    start = Mixture(np.full(4, 0.25), far, known.covariances[[0, 0, 1, 2]], known.features)
    styles = [replace(s, name=n) for s, n in zip(default_classes(4), "aBbc", strict=True)]
    segmented.edit("Name", classes=tuple(styles))
    segmented.set_live(True)
    segmented.begin_from("Begin", start)
    wait(segmented, lambda state: state.progress is None and state.result.mixture is not known)
    return segmented


def test_names_and_colours_stay_with_their_classes(named):
    state = named.state
    assert state.result.class_count == 3
    assert [style.name for style in classes_of(state)] == ["a", "b", "c"]
    usual = default_classes(4)
    assert [style.colour for style in classes_of(state)] == [usual[k].colour for k in (0, 2, 3)]
    assert state.inputs.classes[3].name == "B", "kept for when there is a class for it again"


def test_what_is_left_is_what_is_asked_for(named, wait):
    assert named.state.inputs.settings.components == 3
    assert not is_outdated(named.state)
    before = named.state.result
    named.run()
    state = wait(named, lambda state: state.progress is None and state.result is not before)
    assert [style.name for style in classes_of(state)] == ["a", "b", "c"]


def test_undo_and_redo_find_the_names_again(named, wait):
    named.undo_stack.undo()
    wait(named, lambda state: state.progress is None and state.inputs.start is None)
    assert [style.name for style in named.state.inputs.classes] == ["a", "B", "b", "c"]
    named.undo_stack.redo()
    state = wait(named, lambda state: state.progress is None and state.inputs.start is not None)
    assert [style.name for style in classes_of(state)] == ["a", "b", "c"]


def test_a_search_of_its_own_changes_no_names(segmented):
    state = segmented.state
    assert without_emptied(state.inputs, state.result) is state.inputs
    assert without_emptied(Inputs(start=state.result.mixture), state.result).classes == (
        Inputs().classes
    )
