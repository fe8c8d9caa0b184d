"""Commands for classes: what they change, what they are called, and why they cannot be had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.class_commands import (
    delete_class,
    freeze_class,
    has_own_colours,
    has_start,
    move_class,
    restore_colours,
    split_class,
    start_afresh,
)
from segmenter.app.state import is_outdated
from segmenter.app.surgery import is_frozen
from segmenter.engine.styles import default_classes


@pytest.fixture
def settle(wait):
    """Wait until the result is that of the inputs."""
    return lambda session: wait(
        session, lambda state: state.progress is None and not is_outdated(state)
    )


def test_a_split_is_followed_by_its_result_even_if_nothing_runs_by_itself(segmented, settle):
    assert not segmented.state.live
    segmented.set_look(chosen=2)
    split_class(segmented)
    state = settle(segmented)
    assert state.result.class_count == 4
    assert state.inputs.settings.components == 4
    assert state.undo_text == "Split Class 2"
    segmented.undo_stack.undo()
    assert segmented.state.result.class_count == 3
    assert segmented.state.inputs.settings.components == 3


def test_a_deleted_class_comes_back_by_undo(segmented, settle):
    segmented.set_look(chosen=3)
    delete_class(segmented)
    assert settle(segmented).result.class_count == 2
    assert segmented.state.undo_text == "Delete Class 3"
    segmented.undo_stack.undo()
    assert segmented.state.result.class_count == 3


def test_a_class_is_frozen_and_let_go(segmented, settle):
    freeze_class(segmented)
    assert is_frozen(settle(segmented), 1)
    assert segmented.state.undo_text == "Freeze Class 1"
    freeze_class(segmented)
    assert not is_frozen(settle(segmented), 1)
    assert segmented.state.undo_text == "Let go Class 1"


def test_a_moved_class_stays_chosen_and_keeps_its_pixels(segmented, settle):
    before = segmented.state.result.labels
    colour = segmented.state.inputs.classes[0].colour
    segmented.set_look(chosen=1)
    move_class(segmented, 1)
    state = settle(segmented)
    assert state.look.chosen == 2
    assert state.inputs.classes[1].colour == colour
    assert state.inputs.classes[1].name == "Class 2", "what nobody named is called by its number"
    assert np.mean((state.result.labels == 2) == (before == 1)) > 0.99


def test_previews_of_a_run_from_a_start_number_the_classes_as_the_start_does(segmented, settle):
    known, seen = segmented.state.result.labels, []
    segmented.changed.connect(lambda _, after: seen.append(after.progress))
    move_class(segmented, 2)
    moved = settle(segmented).result.labels
    previews = [made.preview for made in seen if made is not None and made.preview is not None]
    assert previews
    for preview in previews:
        assert np.mean(preview == moved) > 0.9
        assert np.mean(preview == known) < 0.5


def test_the_start_is_forgotten_and_comes_back_by_undo(segmented, settle):
    assert not has_start(segmented.state)
    freeze_class(segmented)
    settle(segmented)
    assert has_start(segmented.state)
    start_afresh(segmented)
    assert not has_start(settle(segmented))
    segmented.undo_stack.undo()
    assert has_start(segmented.state)


def test_the_palette_s_colours_come_back_to_all_classes(segmented):
    assert not has_own_colours(segmented.state)
    styles = segmented.state.inputs.classes
    mine = (replace(styles[0], colour=(1, 2, 3), name="Mine"), *styles[1:])
    segmented.edit("Colour", classes=mine)
    assert has_own_colours(segmented.state)
    restore_colours(segmented)
    classes = segmented.state.inputs.classes
    assert [style.colour for style in classes] == [c.colour for c in default_classes(len(classes))]
    assert classes[0].name == "Mine"
    segmented.undo_stack.undo()
    assert segmented.state.inputs.classes[0].colour == (1, 2, 3)


def test_commands_do_nothing_where_they_cannot(session):
    for command in (split_class, delete_class, freeze_class, start_afresh):
        command(session)
    move_class(session, 1)
    assert session.state.undo_text == ""
