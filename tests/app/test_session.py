"""The session: what is opened, exported and given up, in the background."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from driving import done, edit, show_image, step_into_em
from PySide6.QtCore import QThread

from segmenter.app import tasks
from segmenter.app.state import can_export, is_running
from segmenter.app.surgery import split
from segmenter.engine.pipeline import image_of
from segmenter.engine.styles import default_classes
from segmenter.files.scribbles import write_scribbles

# ---- Opening --------------------------------------------------------------------------------


def test_an_opened_file_is_segmented_at_once(session, image_file, image, wait):
    session.open(image_file)
    assert session.state.opening == "three kinds.png"
    state = wait(session, done)
    assert np.array_equal(state.image.pixels, image.pixels)
    assert state.shown.size.toTuple() == (64, 48)
    assert state.result.settings == state.inputs.settings


def test_scribbles_that_are_still_being_read_never_land_on_another_image(
    segmented, image, tmp_path, qapp
):
    write_scribbles(tmp_path / "drawn.png", np.ones(image.shape, np.uint8))
    segmented.load_scribbles(tmp_path / "drawn.png")
    show_image(segmented, image_of(image.pixels[:20, :30]))
    assert segmented.lanes.come_to_rest()
    qapp.processEvents()
    assert not segmented.state.inputs.scribbles


def test_what_the_canvas_paints_is_made_in_the_background(session, image_file, wait, monkeypatch):
    makers = []
    make = tasks.pyramid_of
    monkeypatch.setattr(
        tasks, "pyramid_of", lambda image: makers.append(QThread.currentThread()) or make(image)
    )
    session.open(image_file)
    wait(session, done)
    assert len(makers) == 1
    assert makers[0] is not session.thread()


def test_without_live_opening_waits_for_run(session, image_file, wait):
    session.set_live(False)
    session.open(image_file)
    state = wait(session, lambda state: state.image is not None)
    assert not is_running(state)
    session.run()
    wait(session, done)


@pytest.mark.parametrize(
    "content", [b"", b"no image at all", None], ids=["empty", "text", "absent"]
)
def test_a_failed_load_keeps_the_image_and_says_why(segmented, tmp_path, wait, content):
    path = tmp_path / "bad.png"
    if content is not None:
        path.write_bytes(content)
    before = segmented.state
    segmented.open(path)
    state = wait(segmented, lambda state: state.failure)
    assert "bad.png" in state.failure
    assert (state.image, state.result, state.opening) == (before.image, before.result, "")
    segmented.dismiss_failure()
    assert segmented.state.failure == ""


def test_opening_keeps_settings_names_and_colours_and_begins_anew_otherwise(segmented, image):
    edit(segmented, components=5)
    named = [replace(style, name=style.name[-1]) for style in default_classes(5)[::-1]]
    hidden = tuple(replace(style, visible=False) for style in named)
    segmented.edit("Name", classes=hidden)
    segmented.set_look(chosen=4)
    show_image(segmented, replace(image))
    state = segmented.state
    assert state.inputs.settings.components == 5
    assert state.inputs.classes == tuple(named)
    assert (state.look.chosen, state.result, state.undo_text) == (1, None, "")
    assert segmented.undo_stack.count() == 0


def test_a_mixture_of_the_user_belongs_to_the_image_that_it_was_made_on(segmented, image, wait):
    segmented.replace_inputs("Split", split(segmented.state))
    assert segmented.state.inputs.start is not None
    grey = replace(image_of(image.pixels[:, :, 0]), path=Path("grey.tif"))
    segmented.set_live(True)
    show_image(segmented, grey)
    assert segmented.state.inputs.start is None
    state = wait(segmented, lambda state: done(state) or state.failure)
    assert state.failure == ""
    assert state.inputs.settings.components == len(state.result.mixture) == 4


def test_results_of_the_last_image_are_forgotten(segmented, image):
    show_image(segmented, replace(image))
    edit(segmented, components=2)
    segmented.undo_stack.undo()
    assert segmented.state.result is None


def test_the_second_of_two_files_wins(session, image_file, tmp_path, wait):
    second = tmp_path / "second.png"
    second.write_bytes(image_file.read_bytes())
    session.open(image_file)
    session.open(second)
    assert wait(session, done).image.path == second


# ---- Products -----------------------------------------------------------------------------------


def test_export_writes_in_the_background_and_says_so(segmented, tmp_path, wait):
    folder = tmp_path / "out"
    assert can_export(segmented.state)
    segmented.export(folder, ["labels", "masks"])
    assert segmented.state.exporting
    assert not can_export(segmented.state)
    state = wait(segmented, lambda state: not state.exporting)
    assert state.notice == f"Wrote 4 files to {folder}"
    assert len(list(folder.iterdir())) == 4


def test_an_export_does_not_wait_for_a_file_that_is_read(segmented, tmp_path, wait):
    free = threading.Event()
    segmented.lanes.lane("reading").start(free.wait)
    segmented.export(tmp_path / "out", ["labels"])
    state = wait(segmented, lambda state: not state.exporting)
    free.set()
    assert state.notice.startswith("Wrote 1 file")


def test_a_failed_export_says_why(segmented, tmp_path, wait):
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    segmented.export(blocked, ["labels"])
    state = wait(segmented, lambda state: not state.exporting)
    assert state.failure
    assert blocked.read_text() == "in the way"


@pytest.fixture
def exporting(segmented, tmp_path, monkeypatch):
    """A session with an export under way, and what lets it end."""
    free, export = threading.Event(), tasks.export

    def held(*wish, **more):
        free.wait()
        return (yield from export(*wish, **more))

    monkeypatch.setattr(tasks, "export", held)
    segmented.export(tmp_path / "out", ["labels"])
    yield free
    free.set()


def test_every_file_that_is_saved_while_an_export_goes_on_is_written(
    segmented, exporting, tmp_path, wait
):
    segmented.set_look(lists_regions=True)
    wait(segmented, lambda state: state.regions is not None)
    segmented.save_scribbles(tmp_path / "a.png")
    segmented.save_regions(tmp_path / "b.csv")
    segmented.save_scribbles(tmp_path / "nowhere" / "c.png")
    segmented.save_scribbles(tmp_path / "d.png")
    exporting.set()
    state = wait(segmented, lambda state: "d.png" in state.notice)
    assert (tmp_path / "a.png").exists()
    assert (tmp_path / "b.csv").exists()
    assert "c.png" in state.failure


def test_closing_gives_up_what_is_still_to_be_saved(segmented, exporting, tmp_path, qapp):
    segmented.save_scribbles(tmp_path / "a.png")
    segmented.save_scribbles(tmp_path / "b.png")
    segmented.cancel()
    exporting.set()
    segmented.save_scribbles(tmp_path / "c.png")
    assert segmented.lanes.come_to_rest()
    qapp.processEvents()
    assert segmented.lanes.come_to_rest()
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["c.png"]


# ---- The end --------------------------------------------------------------------------------


def test_closing_in_the_middle_of_a_run_leaves_nothing_behind(segmented, wait):
    step_into_em(segmented, wait)
    segmented.run()
    assert segmented.close()


def test_closing_waits_two_seconds_at_most_whatever_the_lanes_do(session):
    free = threading.Event()
    for purpose in ("fitting", "reading", "exporting", "batch"):
        session.lanes.lane(purpose).start(free.wait)
    before = time.monotonic()
    assert not session.close()
    took = time.monotonic() - before
    free.set()
    assert took < 4


def test_opening_again_and_again_in_the_middle_of_runs_ends_with_the_last(session, image, wait):
    for _ in range(50):
        last = replace(image)
        show_image(session, last)
    state = wait(session, done)
    assert state.image is last
