"""Inputs are changed so that it can be undone."""

from dataclasses import replace

from driving import done, edit, with_settings

from segmenter.app.classes import classes_of, style_of
from segmenter.app.state import is_outdated, is_running
from segmenter.engine.styles import ClassStyle, default_classes


def test_undo_brings_settings_and_their_result_back_at_once(segmented, wait):
    first = segmented.state.result
    segmented.set_live(True)
    edit(segmented, components=2)
    wait(segmented, lambda state: done(state) and not is_outdated(state))
    segmented.undo_stack.undo()
    assert segmented.state.result is first
    assert not is_running(segmented.state)
    segmented.undo_stack.redo()
    assert segmented.state.result.class_count == 2


def test_undo_says_what_it_would_undo(segmented):
    segmented.edit("Components", settings=with_settings(segmented, components=2))
    assert (segmented.state.undo_text, segmented.state.redo_text) == ("Components", "")
    segmented.undo_stack.undo()
    assert (segmented.state.undo_text, segmented.state.redo_text) == ("", "Components")


def test_undo_of_fewer_components_brings_names_back(segmented):
    named = tuple(replace(style, name=f"Kind {style.name}") for style in default_classes(3))
    segmented.edit("Names", classes=named)
    edit(segmented, components=1)
    segmented.undo_stack.undo()
    assert classes_of(segmented.state) == named


def test_names_are_kept_while_there_are_fewer_classes(segmented, wait):
    named = tuple(replace(style, name=f"Kind {style.name}") for style in default_classes(3))
    segmented.edit("Names", classes=named)
    segmented.set_live(True)
    edit(segmented, components=1)
    wait(segmented, lambda state: done(state) and not is_outdated(state))
    # That of most pixels.
    assert classes_of(segmented.state) == named[1:2]
    segmented.edit("Name", classes=(ClassStyle("Only", (1, 2, 3)),))
    edit(segmented, components=2)
    assert [style.name for style in classes_of(segmented.state)] == ["Only", named[0].name]


def test_a_class_that_is_shown_can_be_renamed_though_fewer_are_asked_for(segmented):
    edit(segmented, components=1)
    assert len(classes_of(segmented.state)) == 3
    third = ClassStyle("Third", (1, 2, 3))
    segmented.edit("Name", classes=(*default_classes(2), third))
    assert style_of(segmented.state, 3) == third


def test_more_components_keep_the_names_there_are(segmented):
    named = tuple(replace(style, name=f"Kind {style.name}") for style in default_classes(3))
    segmented.edit("Names", classes=named)
    edit(segmented, components=5)
    assert segmented.state.inputs.classes == named + default_classes(5)[3:]


def test_an_edit_without_effect_is_no_step(segmented):
    segmented.edit("Nothing", settings=segmented.state.inputs.settings)
    assert segmented.undo_stack.count() == 0


def test_a_drag_is_one_step(segmented):
    gesture = segmented.new_gesture()
    for components in (4, 5, 6):
        edit(segmented, components=components, gesture=gesture)
    assert segmented.undo_stack.count() == 1
    assert segmented.new_gesture() != gesture


def test_names_do_not_start_a_run(segmented):
    segmented.set_live(True)
    segmented.edit("Names", classes=default_classes(3)[::-1])
    assert not is_running(segmented.state)
