"""Runs go on in the background, to their end or by steps, and follow the inputs."""

import time
from dataclasses import replace

import numpy as np
import pytest
from driving import done, edit, show_image, step_into_em

from segmenter.app import tasks
from segmenter.app.classes import classes_of
from segmenter.app.state import is_outdated, is_running
from segmenter.engine import pipeline
from segmenter.engine.outcome import Phase, Stage, Stop
from segmenter.engine.settings import Start


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


def _failing(*_, **__):
    from segmenter.engine.types import SegmenterError

    raise SegmenterError("No pixels. Open another image.")
    yield


def test_no_log_likelihood_is_lost_on_the_way(segmented, wait, history):
    edit(segmented, components=5, tolerance=1e-9)
    segmented.run()
    state = wait(segmented, done)
    curves = [after.curve for _, after in history if is_running(after)]
    assert all(state.curve[: len(curve)] == curve for curve in curves)


def test_warming_up_does_not_show(session, qtbot, history):
    session.warm_up()
    qtbot.waitUntil(lambda: not session._warming.is_busy, timeout=60_000)
    assert history == []


def test_a_change_is_followed_at_once_but_not_every_step_of_a_drag(
    segmented, wait, qtbot, monkeypatch
):
    monkeypatch.setattr("segmenter.app.fitted.LIVE_DELAY_MS", 3_600_000)
    segmented.set_live(True)
    seeds = [segmented.state.inputs.settings.model_copy(update={"seed": k}) for k in (1, 2)]
    segmented.edit("Seed", settings=seeds[0])
    wait(segmented, lambda state: state.made_from.settings == seeds[0])
    segmented.edit("Seed", settings=seeds[1])
    qtbot.wait(50)
    assert not segmented._fits.is_busy
    assert segmented.state.progress is not None, "it is about to be followed"


def cold(segmented):
    """Let warming up be given up for a run that is about to begin."""
    segmented.warm_up()
    assert segmented._is_cold


def is_warm(session):
    return not session._is_cold


def test_warming_up_goes_on_after_a_run(segmented, qtbot):
    cold(segmented)
    segmented.run()
    qtbot.waitUntil(lambda: is_warm(segmented), timeout=60_000)


def test_warming_up_goes_on_after_a_run_that_failed(segmented, wait, qtbot, monkeypatch):
    cold(segmented)
    with monkeypatch.context() as patched:
        patched.setattr(tasks, "fit", _failing)
        segmented.run()
        wait(segmented, lambda state: state.failure)
    qtbot.waitUntil(lambda: is_warm(segmented), timeout=60_000)


def test_warming_up_goes_on_after_a_run_that_was_given_up(segmented, qtbot):
    cold(segmented)
    segmented.run()
    segmented.stop()
    qtbot.waitUntil(lambda: is_warm(segmented), timeout=60_000)


def test_warming_up_goes_on_when_there_is_another_image_in_place_of_a_run(segmented, qtbot, image):
    cold(segmented)
    segmented.step()
    show_image(segmented, replace(image))
    qtbot.waitUntil(lambda: is_warm(segmented), timeout=60_000)


def test_k_means_is_beside_a_run_only_where_it_is_to_be_seen(segmented, wait):
    step_into_em(segmented, wait)
    assert segmented.state.progress.beside is None
    segmented.show_k_means(True)
    before = segmented.state.progress
    state = wait(segmented, lambda state: state.progress.beside is not None)
    assert (state.progress.phase, state.curve) == (before.phase, before.log_likelihoods)
    wait(segmented, lambda _: segmented._fits.is_resting)
    segmented.show_k_means(False)
    segmented.show_k_means(True)
    assert segmented._fits.is_resting, "what is there is not made again"
    segmented.show_k_means(False)
    seen = segmented.state.progress
    segmented.step()
    state = wait(segmented, lambda state: state.progress is not seen)
    assert state.progress.beside is None


@pytest.fixture
def catching_up(segmented, wait, monkeypatch):
    """A run that waits where EM has ended, while k-means, which is slow, catches up with it."""
    from segmenter.engine import kmeans

    def slow(samples, half, squares):
        time.sleep(0.05)
        return kmeans.cost_of(samples, half, squares)

    monkeypatch.setattr("segmenter.engine.beside.cost_of", slow)
    edit(segmented, components=6, seed=3, start=Start.RANDOM, max_iterations=2)
    segmented.show_k_means(True)
    segmented.step()
    while segmented.state.progress.phase is not Phase.END:
        seen = segmented.state.progress
        segmented.step()
        wait(segmented, lambda state, seen=seen: state.progress is not seen)
    assert segmented.state.progress.beside.is_behind
    return segmented


def test_a_step_is_done_when_k_means_has_caught_up(catching_up, wait):
    wait(catching_up, lambda _: catching_up._fits.is_resting)
    progress = catching_up.state.progress
    assert progress.beside.phase is Phase.END
    assert not progress.beside.is_behind


def test_stop_ends_a_run_while_k_means_catches_up(catching_up, wait):
    done_so_far = len(catching_up.state.progress.beside.costs)
    catching_up.stop()
    state = wait(catching_up, done)
    assert state.result.class_count > 1
    assert done_so_far < 10, "not all had been done"


def test_an_edit_ends_a_run_while_k_means_catches_up(catching_up):
    catching_up.set_live(True)
    edit(catching_up, components=2)
    assert catching_up.state.progress.stage is Stage.PREPARING
    assert catching_up.lanes.come_to_rest(1000)
