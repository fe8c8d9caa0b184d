"""The look is changed through one signal, and is always one that can be."""

import pytest
from driving import done, edit

from segmenter.engine.overlay import View
from segmenter.engine.styles import ClassStyle


def test_the_look_is_not_undone(segmented):
    segmented.set_look(view=View.SOFT_MASK, opacity=0.25)
    assert segmented.state.look.view is View.SOFT_MASK
    assert segmented.undo_stack.count() == 0


@pytest.mark.parametrize(
    "changes", [{"view": View.LABELS}, {"opacity": 0.5}, {"view": View.SOFT_MASK}], ids=str
)
def test_choosing_what_to_see_shows_a_hidden_overlay(segmented, changes):
    segmented.set_look(overlay_hidden=True)
    segmented.set_look(chosen=2)
    assert segmented.state.look.overlay_hidden
    segmented.set_look(**changes)
    assert not segmented.state.look.overlay_hidden


def test_showing_or_hiding_a_class_shows_a_hidden_overlay(segmented):
    segmented.set_look(overlay_hidden=True)
    segmented.edit("Name", classes=(ClassStyle("Other", (1, 2, 3)),))
    assert segmented.state.look.overlay_hidden
    segmented.edit("Hide", classes=(ClassStyle("Other", (1, 2, 3), visible=False),))
    assert not segmented.state.look.overlay_hidden


def test_a_look_that_is_the_same_is_no_change(segmented, history):
    segmented.set_look(opacity=segmented.state.look.opacity)
    assert history == []


def test_the_chosen_class_is_always_one_that_exists(segmented, wait):
    segmented.set_look(chosen=3)
    edit(segmented, components=2)
    assert segmented.state.look.chosen == 3, "the result still has it"
    segmented.run()
    wait(segmented, done)
    assert segmented.state.look.chosen == 2
