"""The image is shown as asked for at once, and made well when the choice rests."""

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from halves import CLASSES, halves
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from segmenter.app.light import Corrected, is_corrected
from segmenter.engine.display import Display, displayed
from segmenter.engine.overlay import View
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


def test_what_comes_late_does_not_replace_another_choice(deep, wait):
    other, seen = Display(1050.0, 1300.0), []
    deep.set_look(display=WANTED)
    QApplication.processEvents()
    # The copies are made to their end; that is not heard of yet.
    assert deep.lanes.come_to_rest(20_000)
    deep.set_look(display=other)
    deep.changed.connect(lambda _, after: seen.append(after.shown.display))
    wait(deep, lambda state: state.shown.is_finished)
    assert seen == [other]


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


@pytest.fixture
def evened(deep, wait):
    """A session that shows its image of 16 bits in even light."""
    rows, columns = deep.state.image.shape
    light = np.full((rows, columns), 1.25, np.float32)
    result = replace(halves(rows, columns), shading=light)
    deep._change(result=result, inputs=replace(deep.state.inputs, classes=CLASSES))
    deep.set_look(view=View.CORRECTED)
    wait(deep, is_corrected)
    return deep


def pixels_of(shown):
    """(rows, columns) of the largest copy, which must be there."""
    copy = shown.copy(shown.first)
    assert copy is not None
    grey = copy.convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(grey.constBits(), np.uint8)
    return lines.reshape(grey.height(), -1)[:, : grey.width()].astype(int)


def test_the_image_in_even_light_is_made_as_well_in_the_display_that_is_chosen(evened, wait):
    narrow = Display(900.0, 960.0)
    evened.set_look(display=narrow)
    state = wait(evened, lambda state: state.corrected.shown.is_finished)
    even = state.corrected.shown
    exact = displayed(even.image, narrow)[:, :, 0]
    means = exact.reshape(60, 2, 75, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(pixels_of(even), means, atol=2)
    # The image itself comes after what is seen.
    plain = wait(evened, lambda state: state.shown.is_finished).shown
    assert plain.display == narrow
    assert plain.image is state.image


def test_the_image_in_even_light_waits_until_it_is_seen(evened, wait):
    evened.set_look(view=View.LABELS, display=WANTED)
    wait(evened, lambda state: state.shown.is_finished)
    QApplication.processEvents()
    assert evened.lanes.come_to_rest(20_000)
    QApplication.processEvents()
    assert not evened.state.corrected.shown.is_finished
    evened.set_look(view=View.CORRECTED)
    wait(evened, lambda state: state.corrected.shown.is_finished)


def test_an_image_in_even_light_that_comes_under_a_display_is_made_well_in_it(evened, wait):
    evened.set_look(display=Display(900.0, 960.0, 0.5))
    before = evened.state.corrected
    evened._change(result=replace(evened.state.result))
    state = wait(evened, lambda state: is_corrected(state) and state.corrected.shown.is_finished)
    assert state.corrected is not before
    assert state.corrected.shown.display == Display(900.0, 960.0, 0.5)


def test_a_coloured_image_has_grey_copies_soon_and_no_grey_one_needs_them(session, wait, image):
    session.set_live(False)
    show_image(session, replace(image))
    before = session.state.shown
    state = wait(session, lambda state: state.shown.is_finished)
    assert len(state.shown.greys) == len(before.copies)
    assert state.shown.copies is before.copies
    show_image(session, image_of(np.zeros((20, 20), np.uint8)))
    assert session.state.shown.is_finished
