"""The session: every change through one signal, runs in the background, undo of inputs."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from driving import show_image, step_into_em
from PySide6.QtCore import QThread

from segmenter.app import tasks
from segmenter.app.classes import classes_of, style_of
from segmenter.app.state import can_export, is_outdated, is_running
from segmenter.engine import pipeline
from segmenter.engine.outcome import Stage, Stop
from segmenter.engine.overlay import View
from segmenter.engine.pipeline import image_of
from segmenter.engine.styles import ClassStyle, default_classes
from segmenter.files.scribbles import write_scribbles


def done(state):
    return state.result is not None and not is_running(state) and not state.opening


def with_settings(session, **changes):
    return session.state.inputs.settings.model_copy(update=changes)


def edit(session, *, gesture=0, **changes):
    session.edit("Edit", settings=with_settings(session, **changes), gesture=gesture)


@pytest.fixture
def history(session):
    states = []
    session.changed.connect(lambda before, after: states.append((before, after)))
    return states


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


# ---- Runs -----------------------------------------------------------------------------------


def test_the_result_is_that_of_the_engine_bit_for_bit(segmented, image):
    expected = pipeline.segment(image, segmented.state.inputs.settings)
    assert np.array_equal(segmented.state.result.labels, expected.labels)
    assert segmented.state.curve == expected.log_likelihoods


def test_the_kinds_of_pixel_are_found(segmented, truth):
    assert (segmented.state.result.labels == truth).mean() > 0.99


def test_a_changed_setting_is_followed_when_live(segmented, wait):
    segmented.set_live(True)
    edit(segmented, components=2)
    assert is_running(segmented.state)
    state = wait(segmented, done)
    assert state.result.class_count == 2


def test_a_changed_setting_waits_for_run_when_not_live(segmented):
    edit(segmented, components=2)
    assert not is_running(segmented.state)
    assert is_outdated(segmented.state)


def test_turning_live_on_catches_up(segmented, wait):
    edit(segmented, components=2)
    segmented.set_live(True)
    wait(segmented, lambda state: done(state) and not is_outdated(state))


def test_an_edit_ends_the_run_under_way_at_once(segmented, wait):
    step_into_em(segmented, wait)
    segmented.set_live(True)
    edit(segmented, components=2)
    assert not segmented._fits.is_busy
    assert is_running(segmented.state), "the next run is on its way"


def test_quick_edits_make_one_run(segmented, wait, monkeypatch):
    starts = []
    steps = pipeline.steps
    monkeypatch.setattr(
        pipeline,
        "steps",
        lambda image, settings, **more: starts.append(settings) or steps(image, settings, **more),
    )
    segmented.set_live(True)
    for components in (2, 4, 5, 6):
        edit(segmented, components=components)
    wait(segmented, lambda state: done(state) and not is_outdated(state))
    assert [settings.components for settings in starts] == [6]


def test_steps_wait_and_run_goes_on_to_the_end(segmented, wait):
    step_into_em(segmented, wait)
    assert segmented.state.stepping
    stepped = segmented.state.curve
    segmented.run()
    assert not segmented.state.stepping
    state = wait(segmented, done)
    assert len(state.curve) > len(stepped)
    assert state.curve[: len(stepped)] == stepped


def test_stop_while_the_labels_wait_keeps_the_run(segmented, wait):
    edit(segmented, components=2)
    segmented.step()
    while segmented.state.progress.stage is not Stage.LABELLING:
        segmented.step()
        seen = segmented.state.progress
        wait(segmented, lambda state, seen=seen: state.progress is not seen)
    segmented.stop()
    state = wait(segmented, done)
    assert (state.result.class_count, state.result.stopped) == (2, Stop.CONVERGED)


def test_stop_keeps_the_best_so_far(segmented, wait):
    step_into_em(segmented, wait)
    curve = segmented.state.curve
    segmented.run()
    segmented.stop()
    state = wait(segmented, done)
    assert state.result.stopped is Stop.CANCELLED
    assert state.result.settings.components == 6
    assert state.result.log_likelihoods[: len(curve)] == curve
    assert "best so far" in state.notice


def test_stop_twice_keeps_the_best_so_far(segmented, wait):
    step_into_em(segmented, wait)
    segmented.run()
    segmented.stop()
    segmented.stop()
    segmented._fits.progressed.connect(lambda _: segmented.stop())
    state = wait(segmented, lambda state: not is_running(state))
    assert (state.result.stopped, state.result.class_count) == (Stop.CANCELLED, 6)
    assert "best so far" in state.notice


def test_a_stopped_step_by_step_run_keeps_the_best_so_far(segmented, wait):
    step_into_em(segmented, wait)
    segmented.stop()
    assert wait(segmented, done).result.stopped is Stop.CANCELLED


def test_a_stopped_result_says_the_settings_of_its_run(segmented, wait):
    step_into_em(segmented, wait)
    edit(segmented, components=2)
    segmented.stop()
    state = wait(segmented, done)
    assert (state.result.settings.components, state.result.class_count) == (6, 6)
    assert is_outdated(state)
    assert [style.name for style in classes_of(state)] == [f"Class {k}" for k in range(1, 7)]


def test_what_has_more_classes_than_asked_for_is_exported_whole(segmented, tmp_path, wait):
    edit(segmented, components=1)
    segmented.export(tmp_path / "out", ["masks", "table", "overlay"])
    state = wait(segmented, lambda state: not state.exporting)
    assert not state.failure
    assert len(list(tmp_path.glob("out/*_mask_*.png"))) == 3


def test_stop_before_em_keeps_the_last_result(segmented):
    before = segmented.state.result
    edit(segmented, components=5)
    segmented.run()
    segmented.stop()
    assert segmented.state.result is before
    assert segmented.state.curve == before.log_likelihoods
    assert not is_running(segmented.state)


def test_stop_also_stops_a_run_that_was_only_intended(segmented, qtbot):
    segmented.set_live(True)
    edit(segmented, components=5)
    segmented.stop()
    qtbot.wait(250)
    assert not is_running(segmented.state)
    assert is_outdated(segmented.state)


def test_a_failed_run_keeps_the_result_and_says_why(segmented, wait, monkeypatch):
    before = segmented.state.result
    monkeypatch.setattr(pipeline, "steps", _failing)
    segmented.run()
    state = wait(segmented, lambda state: state.failure)
    assert state.failure == "No pixels. Open another image."
    assert state.result is before
    assert not is_running(state)


def _failing(image, settings, **_):
    from segmenter.engine.types import SegmenterError

    raise SegmenterError("No pixels. Open another image.")
    yield


def test_no_log_likelihood_is_lost_on_the_way(segmented, wait, history):
    edit(segmented, components=5, tolerance=1e-9)
    segmented.run()
    state = wait(segmented, done)
    curves = [after.curve for _, after in history if is_running(after)]
    assert all(state.curve[: len(curve)] == curve for curve in curves)


# ---- Undo -----------------------------------------------------------------------------------


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
    assert classes_of(segmented.state) == named[:1]
    segmented.edit("Name", classes=(ClassStyle("Only", (1, 2, 3)),))
    edit(segmented, components=2)
    assert [style.name for style in classes_of(segmented.state)] == ["Only", named[1].name]


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


# ---- Look and products ----------------------------------------------------------------------


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


def test_warming_up_does_not_show(session, qtbot, history):
    session.warm_up()
    qtbot.waitUntil(lambda: not session._warming.is_busy, timeout=60_000)
    assert history == []


def test_a_change_is_followed_at_once_but_not_every_step_of_a_drag(
    segmented, wait, qtbot, monkeypatch
):
    monkeypatch.setattr("segmenter.app.session.LIVE_DELAY_MS", 3_600_000)
    segmented.set_live(True)
    seeds = [segmented.state.inputs.settings.model_copy(update={"seed": k}) for k in (1, 2)]
    segmented.edit("Seed", settings=seeds[0])
    wait(segmented, lambda state: state.made_from.settings == seeds[0])
    segmented.edit("Seed", settings=seeds[1])
    qtbot.wait(50)
    assert not segmented._fits.is_busy
    assert segmented.state.progress is not None, "it is about to be followed"
