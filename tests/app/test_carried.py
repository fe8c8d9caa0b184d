"""Names that the user gave go with their pixels to the classes of other settings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from driving import done, edit, show_image, with_settings

from segmenter.app.carried import Named, carried, named_on
from segmenter.app.classes import classes_of
from segmenter.app.scribbles import Nib, Scribbles
from segmenter.app.state import Inputs, is_outdated
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle, default_classes

RED = (200, 0, 0)
BRIGHT = (20, 50)  # (row, column), of the third and brightest class
MIDDLE = (2, 30)


def names(state):
    return [style.name for style in classes_of(state)]


def name_at(state, pixel):
    """What the class of a pixel is called."""
    return names(state)[state.result.labels[pixel] - 1]


@pytest.fixture
def named(segmented):
    """A live session with a result of three classes; the last is called Pores, and red."""
    third = ClassStyle("Pores", RED)
    segmented.edit("Name", classes=(*default_classes(2), third))
    segmented.set_live(True)
    return segmented


@pytest.fixture
def settled(wait):
    def settle(session):
        return wait(session, lambda state: done(state) and not is_outdated(state))

    return settle


@pytest.mark.parametrize("components", [2, 4, 6])
def test_a_name_goes_with_most_of_its_pixels_and_undo_and_redo_agree(named, settled, components):
    before = named.state.inputs
    edit(named, components=components)
    there = settled(named)
    assert name_at(there, BRIGHT) == "Pores"
    assert names(there).count("Pores") == 1
    place = names(there).index("Pores")
    assert classes_of(there)[place].colour == RED
    colours = [style.colour for style in classes_of(there)]
    assert len(set(colours)) == len(colours)
    named.undo_stack.undo()
    back = settled(named)
    assert back.inputs == before
    assert name_at(back, BRIGHT) == "Pores"
    named.undo_stack.redo()
    again = settled(named)
    assert again.inputs == there.inputs


def test_a_name_goes_along_when_two_settings_change_before_there_is_a_result(named, settled):
    edit(named, components=4)
    edit(named, components=2)
    assert name_at(settled(named), BRIGHT) == "Pores"
    named.undo_stack.undo()
    assert name_at(settled(named), BRIGHT) == "Pores"
    named.undo_stack.redo()
    named.undo_stack.undo()
    assert name_at(settled(named), BRIGHT) == "Pores"


def test_a_class_that_is_named_while_its_result_is_outdated_keeps_the_name(segmented, settled):
    edit(segmented, components=2)
    segmented.edit("Name", classes=(*default_classes(2), ClassStyle("Pores", RED)))
    segmented.run()
    assert name_at(settled(segmented), BRIGHT) == "Pores"


def test_scribbles_say_which_class_is_which(named, settled):
    drawn = Scribbles().drawn(MIDDLE, (2, 36), Nib(3, 3), (48, 64))
    named.edit("Draw", scribbles=drawn)
    assert name_at(settled(named), MIDDLE) == "Pores"


def test_another_image_has_names_by_number(named, image):
    edit(named, components=2)
    assert named.state.inputs.named_on is not None
    show_image(named, replace(image))
    assert named.state.inputs.named_on is None


def test_names_that_come_with_settings_stay_where_they_are(named):
    given = (ClassStyle("First", RED), *default_classes(3)[1:])
    settings = with_settings(named, components=2)
    named.edit("Recipe", settings=settings, classes=given)
    assert named.state.inputs.named_on is None


def test_where_two_names_meet_the_one_with_most_pixels_stays_and_the_other_waits(segmented):
    labels = np.where(segmented.state.result.labels == 1, np.uint8(2), np.uint8(1))
    labels[:, :10] = 3
    styles = (ClassStyle("few", RED), *default_classes(2)[1:], ClassStyle("most", (9, 9, 9)))
    inputs = Inputs(Settings(components=3), styles, named_on=Named(labels))
    result = replace(segmented.state.result, labels=np.ones_like(labels))
    after = carried(inputs, result)
    assert [style.name for style in after.classes[:3]] == ["few", "Class 2", "Class 3"]
    assert after.classes[3].name == "most"
    assert after.named_on is None


def test_outliers_have_no_part_in_where_names_go(named, settled):
    edit(named, noise_class=True)
    state = settled(named)
    assert state.result.mixture.noise_number == 4
    labels = state.result.labels.copy()
    labels[30:] = 4
    state = replace(state, result=replace(state.result, labels=labels))
    after = replace(state.inputs, settings=with_settings(named, components=4))
    seen = named_on(state, after)
    assert set(np.unique(seen.labels).tolist()) == {0, 1, 2, 3}
    edit(named, components=4)
    there = settled(named)
    assert name_at(there, BRIGHT) == "Pores"
    assert names(there)[-1] == "Outliers"
    assert len(names(there)) == 5
