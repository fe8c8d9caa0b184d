"""The image is shown as asked for at once, and made well when the choice rests."""

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image

from segmenter.app.light import Corrected
from segmenter.engine.display import Display
from segmenter.engine.pipeline import image_of

WANTED = Display(1000.0, 1100.0)


@pytest.fixture
def deep(session):
    """A session with an image of 16 bits."""
    session.set_live(False)
    values = np.random.default_rng(0).integers(1000, 1400, (120, 150)).astype(np.uint16)
    show_image(session, image_of(values))
    return session


def test_the_copies_are_made_again_once_the_choice_rests(deep, wait):
    before = deep.state.shown
    for high in (1300.0, 1200.0, 1100.0):
        deep.set_look(display=Display(1000.0, high))
        assert deep.state.shown.display.high == pytest.approx(high)
        assert deep.state.shown.copies is before.copies
    state = wait(deep, lambda state: state.shown.is_finished)
    assert state.shown.display == WANTED
    assert state.shown.copies is not before.copies


def test_what_comes_late_does_not_replace_another_choice(deep, wait, qtbot):
    deep.set_look(display=WANTED)
    qtbot.wait(50)
    deep.set_look(display=None)
    qtbot.wait(400)
    assert deep.state.shown.display == deep.state.shown.usual_display


def test_another_image_is_shown_as_at_first(deep):
    deep.set_look(display=WANTED)
    other = np.arange(400, dtype=np.uint16).reshape(20, 20)
    show_image(deep, image_of(other))
    assert deep.state.look.display is None
    assert deep.state.shown.display == deep.state.shown.usual_display


def test_a_display_is_not_undone_and_starts_no_run(deep):
    deep.set_look(display=WANTED)
    assert not deep.undo_stack.canUndo()
    assert deep.state.progress is None


def test_the_image_in_even_light_has_the_same_display(segmented):
    wanted = Display(10.0, 90.0)
    state = segmented.state
    even = Corrected(state.result, replace(state.shown))
    segmented.set_look(display=wanted)
    segmented.show_corrected(even)
    assert segmented.state.corrected.shown.display == wanted
    segmented.set_look(display=None)
    assert segmented.state.corrected.shown.display == even.shown.display


def test_a_coloured_image_has_grey_copies_soon_and_no_grey_one_needs_them(session, wait, image):
    session.set_live(False)
    show_image(session, replace(image))
    before = session.state.shown
    state = wait(session, lambda state: state.shown.is_finished)
    assert len(state.shown.greys) == len(before.copies)
    assert state.shown.copies is before.copies
    show_image(session, image_of(np.zeros((20, 20), np.uint8)))
    assert session.state.shown.is_finished
