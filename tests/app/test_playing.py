"""A run by half steps: those asked for one by one, and those that come by themselves."""

from itertools import pairwise

import numpy as np
import pytest
from driving import step_into_em

from segmenter.app.playing import LEAST_PAUSE
from segmenter.app.state import is_running, is_uncoloured
from segmenter.engine.outcome import Phase, Stage, Stop
from segmenter.engine.pipeline import segment

ENDLESS = {"components": 6, "tolerance": 1e-300, "max_iterations": 100_000}


def edit(session, **changes):
    settings = session.state.inputs.settings.model_copy(update=changes)
    session.edit("Edit", settings=settings)


def is_waiting(session):
    return session._fits.is_resting


@pytest.fixture
def half_step(segmented, wait):
    """Go on by half a step and return where the run waits."""

    def advance():
        segmented.step()
        wait(segmented, lambda state: is_waiting(segmented) or state.progress is None)
        return segmented.state.progress

    return advance


@pytest.fixture
def phases(segmented):
    """The half steps that were shown, in their order."""
    seen = []

    def note(before, after):
        if after.progress is not before.progress and after.progress is not None:
            seen.append(after.progress.phase)

    segmented.changed.connect(note)
    return seen


def test_from_rest_the_first_half_step_is_the_start_of_em_even_if_its_end_is_known(
    segmented, half_step, wait
):
    edit(segmented, **ENDLESS, restarts=1)
    segmented.run()
    wait(segmented, lambda state: len(state.curve) > 3)
    segmented.stop()
    found = wait(segmented, lambda state: not is_running(state)).result
    shown = [half_step() for _ in range(4)]
    assert [progress.stage for progress in shown] == [Stage.FITTING] * 4
    assert [progress.phase for progress in shown] == [
        Phase.START, Phase.E_STEP, Phase.M_STEP, Phase.E_STEP,
    ]  # fmt: skip
    assert segmented.state.result is found


def test_pixels_have_no_colours_before_the_first_e_step(segmented, half_step):
    assert not is_uncoloured(segmented.state)
    half_step()
    assert is_uncoloured(segmented.state)
    half_step()
    assert not is_uncoloured(segmented.state)
    segmented.restart()
    segmented.run()
    assert not is_uncoloured(segmented.state)


def test_every_half_step_has_the_colours_of_its_e_step_however_quickly_it_is_asked_for(
    segmented, half_step
):
    edit(segmented, **ENDLESS)
    shown = [half_step() for _ in range(12)]
    for before, after in pairwise(shown):
        if after.phase is Phase.E_STEP:
            assert after.preview is not before.preview
        else:
            assert after.preview is before.preview


def test_the_last_half_steps_are_the_end_and_the_result_of_a_run_without_them(
    segmented, half_step, image
):
    way = []
    while (progress := half_step()) is not None:
        way.append(progress)
    assert way[-1].phase is Phase.END
    expected = segment(image, segmented.state.inputs.settings)
    result = segmented.state.result
    assert result.log_likelihoods == expected.log_likelihoods
    np.testing.assert_array_equal(result.labels, expected.labels)
    np.testing.assert_array_equal(result.responsibilities, expected.responsibilities)


def test_play_goes_on_by_itself_shows_every_half_step_and_ends(segmented, wait, phases):
    edit(segmented, components=5, tolerance=1e-3)
    segmented.set_pause(0)
    segmented.play()
    assert segmented.state.playing
    state = wait(segmented, lambda state: not is_running(state))
    assert (state.playing, state.stepping) == (False, False)
    assert state.result.stopped is Stop.CONVERGED
    in_em = phases[phases.index(Phase.E_STEP) :]
    assert in_em.count(Phase.E_STEP) == in_em.count(Phase.M_STEP) > 1
    assert in_em[-1] is Phase.END


def test_play_again_waits_and_keeps_its_place(segmented, wait, qtbot):
    edit(segmented, **ENDLESS)
    segmented.set_pause(0)
    segmented.play()
    wait(segmented, lambda state: len(state.curve) > 3)
    segmented.play()
    assert (segmented.state.playing, segmented.state.stepping) == (False, True)
    wait(segmented, lambda _: is_waiting(segmented))
    waiting = segmented.state.progress
    qtbot.wait(5 * LEAST_PAUSE)
    assert segmented.state.progress is waiting
    segmented.play()
    wait(segmented, lambda state: len(state.curve) > len(waiting.log_likelihoods) + 1)


def test_play_holds_a_run_under_way_to_half_steps(segmented, wait):
    edit(segmented, **ENDLESS)
    segmented.set_pause(100_000)
    segmented.run()
    wait(segmented, lambda state: len(state.curve) > 3)
    segmented.play()
    wait(segmented, lambda _: is_waiting(segmented))
    assert segmented.state.playing


def test_the_speed_counts_at_once(segmented, wait):
    edit(segmented, **ENDLESS)
    segmented.set_pause(1_000_000)
    segmented.play()
    wait(segmented, lambda _: is_waiting(segmented))
    waiting = len(segmented.state.curve)
    segmented.set_pause(0)
    wait(segmented, lambda state: len(state.curve) > waiting + 3)


@pytest.mark.parametrize("command", ["step", "run", "restart", "stop"])
def test_another_command_ends_the_playing(segmented, wait, command):
    step_into_em(segmented, wait)
    segmented.set_pause(1_000_000)
    segmented.play()
    getattr(segmented, command)()
    assert not segmented.state.playing


def test_start_anew_waits_where_em_begins(segmented, half_step, wait):
    first = half_step()
    for _ in range(4):
        half_step()
    segmented.restart()
    wait(segmented, lambda _: is_waiting(segmented))
    again = segmented.state.progress
    assert (again.phase, again.iteration) == (Phase.START, first.iteration)
    np.testing.assert_array_equal(again.mixture.means, first.mixture.means)


def test_without_an_image_nothing_plays(session):
    session.play()
    assert not session.state.playing
