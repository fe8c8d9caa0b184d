"""What is drawn on an image is there again when somebody comes back to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from driving import done, show_image

from segmenter.app.drawings import Drawings, unsaved
from segmenter.app.scribbles import Nib, Scribbles, scribbles_of
from segmenter.app.state import is_outdated

DRAWN = Scribbles().drawn((3, 3), (3, 20), Nib(2, 3), (48, 64))


@pytest.fixture
def named(image):
    """The image, as if it came from a file."""
    return replace(image, path=Path("/images/a.tif"), page_count=2)


@pytest.fixture
def drawn(session, named):
    """A session with scribbles on the image; nothing runs by itself."""
    session.set_live(False)
    show_image(session, named)
    session.edit("Draw", scribbles=DRAWN)
    return session


def another(named):
    return replace(named, path=Path("/images/b.tif"))


def test_scribbles_are_there_again_on_their_own_image_and_page_alone(drawn, named):
    show_image(drawn, replace(named, page=1))
    assert not drawn.state.inputs.scribbles
    show_image(drawn, another(named))
    assert not drawn.state.inputs.scribbles
    show_image(drawn, named)
    assert drawn.state.inputs.scribbles == DRAWN
    assert drawn.undo_stack.count() == 0


def test_a_live_fit_takes_the_scribbles_that_are_there_again(drawn, named, wait):
    show_image(drawn, another(named))
    drawn.set_live(True)
    show_image(drawn, named)
    state = wait(drawn, done)
    assert not is_outdated(state)
    assert state.made_from.scribbles == DRAWN
    assert state.result.labels[3, 10] == 2


def test_scribbles_do_not_come_to_a_file_that_has_another_size_meanwhile(drawn, named):
    show_image(drawn, another(named))
    show_image(drawn, replace(named, pixels=named.pixels[:20], valid=named.valid[:20]))
    assert not drawn.state.inputs.scribbles


def test_what_was_cleared_does_not_come_back(drawn, named):
    show_image(drawn, another(named))
    show_image(drawn, named)
    drawn.clear_scribbles()
    show_image(drawn, another(named))
    show_image(drawn, named)
    assert not drawn.state.inputs.scribbles
    assert unsaved(drawn.state) == ()


def test_an_image_from_no_file_takes_nothing_from_another_one(session, image):
    show_image(session, image)
    session.edit("Draw", scribbles=DRAWN)
    show_image(session, replace(image))
    assert not session.state.inputs.scribbles


def test_images_are_named_whose_scribbles_are_in_no_file(drawn, named):
    assert unsaved(drawn.state) == ("a.tif",)
    show_image(drawn, another(named))
    assert unsaved(drawn.state) == ("a.tif",)
    drawn.edit("Draw", scribbles=DRAWN)
    assert unsaved(drawn.state) == ("a.tif", "b.tif")
    drawn.undo_stack.undo()
    assert unsaved(drawn.state) == ("a.tif",)


def test_saved_scribbles_are_unsaved_after_another_stroke(drawn, named, tmp_path, wait):
    drawn.save_scribbles(tmp_path / "drawn.png")
    wait(drawn, lambda state: state.notice.startswith("Wrote"))
    assert unsaved(drawn.state) == ()
    more = DRAWN.drawn((30, 3), (30, 20), Nib(1, 3), (48, 64))
    drawn.edit("Draw", scribbles=more)
    show_image(drawn, another(named))
    assert unsaved(drawn.state) == ("a.tif",)


def test_scribbles_that_could_not_be_saved_are_unsaved(drawn, tmp_path, wait):
    drawn.save_scribbles(tmp_path / "nowhere" / "deeper" / ("x" * 300 + ".png"))
    wait(drawn, lambda state: state.failure)
    assert unsaved(drawn.state) == ("a.tif",)


def test_loaded_scribbles_are_in_a_file(drawn, tmp_path, wait):
    drawn.save_scribbles(tmp_path / "drawn.png")
    wait(drawn, lambda state: state.notice.startswith("Wrote"))
    drawn.edit("Draw", scribbles=DRAWN.drawn((40, 9), (40, 9), Nib(1, 3), (48, 64)))
    drawn.load_scribbles(tmp_path / "drawn.png")
    state = wait(drawn, lambda state: state.inputs.scribbles == DRAWN)
    assert unsaved(wait(drawn, lambda state: "of the file" in state.notice)) == ()
    assert state.image is not None


def test_scribbles_all_over_a_large_image_are_kept_in_few_bytes(named):
    numbers = np.ones((1024, 1024), np.uint8)
    numbers[300:500, 200:800] = 3
    large = replace(named, pixels=np.zeros((1024, 1024, 3), np.uint8), valid=numbers > 0)
    kept = Drawings().with_kept(large, scribbles_of(numbers))
    assert sum(len(packed.tiles) for packed in kept.kept.values()) < numbers.size / 50
    np.testing.assert_array_equal(kept.of(large).on(large.shape), numbers)
