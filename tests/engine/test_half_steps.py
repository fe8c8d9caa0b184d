"""What EM shows of its iterations: half steps in their order, the result being the same."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from scipy.optimize import linear_sum_assignment
from watching import SLOW, said_on, slow, way_of

from segmenter.engine.mixture import em_step
from segmenter.engine.outcome import Enough, Phase, Stage, Stop, Watch
from segmenter.engine.pipeline import finish, label, segment, steps
from segmenter.engine.run import Run
from segmenter.engine.scaling import by_brightness, to_file_units
from segmenter.engine.settings import Settings
from segmenter.files.images import read_image

IN_EM = {Stage.FITTING, Stage.REFINING}
FOLLOWERS = {
    Phase.START: {Phase.E_STEP},
    Phase.E_STEP: {Phase.M_STEP},
    Phase.M_STEP: {Phase.E_STEP, Phase.LEAP, Phase.END},
    Phase.LEAP: {Phase.E_STEP},
}


KINDS = pytest.mark.parametrize(
    ("changes", "has_scribbles"),
    [
        ({}, False),
        ({"components": "auto", "most_components": 4}, False),
        ({"spatial": "field"}, False),
        ({"spatial": "chain"}, False),
        ({"noise_class": True}, False),
        ({"shading": True}, False),
        ({}, True),
    ],
    ids=["mixture", "auto", "field", "chain", "noise class", "shading", "scribbles"],
)


@KINDS
def test_half_steps_come_in_their_order(cloudy, changes, has_scribbles):
    chosen = slow(**{"max_iterations": 40, **changes})
    scribbles = said_on(cloudy) if has_scribbles else None
    way, _ = way_of(cloudy, chosen, scribbles=scribbles)
    circle = [progress for progress in way if progress.stage in IN_EM]
    assert {Phase.START, Phase.E_STEP, Phase.M_STEP} <= {progress.phase for progress in circle}
    for before, after in pairwise(circle):
        # One EM ends where the next begins, by place or with one component more.
        begins = after.phase is Phase.START or before.stage is not after.stage
        assert begins or after.phase in FOLLOWERS[before.phase]
    assert way[-1].phase is Phase.END


def test_who_looks_at_every_step_sees_em_begin_where_the_search_began_its_last_steps(cloudy):
    way, result = way_of(cloudy, SLOW)
    told = [p for p in way if p.stage is Stage.FITTING]
    begun = next(p for p in steps(cloudy, SLOW) if p.stage is Stage.FITTING)
    assert begun.iteration > 3
    assert told[0].phase is Phase.START
    assert (told[0].iteration, told[0].log_likelihoods) == (0, ())
    counts = [p.iteration for p in told if p.phase is Phase.E_STEP]
    assert counts == list(range(len(counts)))
    for place, progress in enumerate(p for p in told if p.phase is Phase.E_STEP):
        assert progress.log_likelihoods == result.log_likelihoods[: place + 1]
    # The steps lead to where a run goes on on which nobody looks.
    there = next(p for p in told if p.iteration == begun.iteration and p.phase is Phase.M_STEP)
    np.testing.assert_allclose(there.mixture.means, begun.mixture.means, rtol=1e-4)
    assert (told[0].mixture.means != begun.mixture.means).any()


def test_who_looks_away_on_the_way_to_where_the_search_came_gets_the_same_result(cloudy):
    driven = steps(cloudy, SLOW)
    progress = next(driven)
    while progress.phase is not Phase.M_STEP:
        progress = driven.send(Watch.STEPS)
    assert progress.iteration == 1
    assert next(driven).iteration > 3
    expected = segment(cloudy, SLOW)
    np.testing.assert_array_equal(finish(driven).labels, expected.labels)


def test_a_way_that_the_limit_cuts_short_is_not_shown(cloudy):
    way, result = way_of(cloudy, slow(max_iterations=2))
    assert next(p for p in way if p.stage is Stage.FITTING).iteration == 2
    assert result.iterations == 2


def test_leaps_are_told_as_such(cloudy):
    way, _ = way_of(cloudy, SLOW)
    leaps = [place for place, progress in enumerate(way) if progress.phase is Phase.LEAP]
    assert leaps
    for place in leaps:
        stepped, leapt, evaluated = way[place - 1 : place + 2]
        assert leapt.iteration == stepped.iteration == evaluated.iteration
        assert leapt.log_likelihoods == stepped.log_likelihoods == evaluated.log_likelihoods[:-1]
        assert leapt.preview is stepped.preview
        assert leapt.mixture is evaluated.mixture
        assert (leapt.mixture.means != stepped.mixture.means).any()


@KINDS
def test_however_it_is_driven_the_result_is_the_same(cloudy, changes, has_scribbles):
    chosen = slow(**{"max_iterations": 30, **changes})
    scribbles = said_on(cloudy) if has_scribbles else None
    _, stepped = way_of(cloudy, chosen, scribbles=scribbles)
    at_once = segment(cloudy, chosen, scribbles=scribbles)
    assert stepped.log_likelihoods == at_once.log_likelihoods
    np.testing.assert_array_equal(stepped.labels, at_once.labels)
    np.testing.assert_array_equal(stepped.responsibilities, at_once.responsibilities)
    np.testing.assert_array_equal(stepped.mixture.means, at_once.mixture.means)


def test_the_log_likelihood_is_told_by_the_e_step_and_never_falls(cloudy):
    way, result = way_of(cloudy, SLOW)
    told = [progress for progress in way if progress.stage is Stage.FITTING]
    values = [p.log_likelihood for p in told if p.phase is Phase.E_STEP]
    assert (np.diff(values) >= 0).all()
    assert len(values) > 5
    for evaluated, moved in pairwise(told):
        if moved.phase is Phase.M_STEP:
            assert moved.log_likelihoods == evaluated.log_likelihoods
            assert moved.iteration == evaluated.iteration + 1
    assert max(p.iteration for p in told) <= result.iterations


def test_the_mixture_of_the_m_step_follows_from_that_of_the_e_step(cloudy):
    way, _ = way_of(cloudy, SLOW)
    run = Run(cloudy, SLOW, asked=3, scribbles=np.zeros(cloudy.shape, np.uint8))
    pairs = [(e, m) for e, m in pairwise(way) if m.phase is Phase.M_STEP]
    for evaluated, moved in pairs:
        following, value = em_step(run.samples, run.in_scaled_units(evaluated.mixture), run.form)
        expected = to_file_units(following, run.features)
        np.testing.assert_allclose(moved.mixture.means, expected.means, rtol=1e-6)
        np.testing.assert_allclose(moved.mixture.covariances, expected.covariances, rtol=1e-4)
        assert value - run.log_scale == pytest.approx(evaluated.log_likelihood, abs=1e-6)


def test_the_e_step_colours_the_pixels_and_the_m_step_keeps_their_colours(cloudy):
    way, _ = way_of(cloudy, SLOW)
    run = Run(cloudy, SLOW, asked=3, scribbles=np.zeros(cloudy.shape, np.uint8))
    changed = 0
    for before, after in pairwise(p for p in way if p.stage is Stage.FITTING):
        if after.phase is Phase.E_STEP:
            mixture = by_brightness(run.in_scaled_units(after.mixture), run.features)
            labels = run.preview_of(mixture) + np.uint8(1)
            assert (labels != after.preview).mean() < 1e-3  # rounding to units of the file
            changed += (after.preview != before.preview).any()
        elif after.phase is Phase.M_STEP:
            np.testing.assert_array_equal(after.preview, before.preview)
    assert changed > 2


@pytest.mark.parametrize("spatial", ["none", "field", "chain"])
def test_one_who_begins_to_look_on_the_way_sees_the_colours_of_the_last_e_step(cloudy, spatial):
    chosen = slow(spatial=spatial, max_iterations=30)
    stage = Stage.FITTING if spatial == "none" else Stage.REFINING
    exact = [p for p in way_of(cloudy, chosen)[0] if p.stage is stage]
    begun = next(p for p in steps(cloudy, chosen) if p.stage is stage)
    # Only who looks from the beginning sees the way that the search has gone.
    del exact[1 : 1 + 2 * begun.iteration]
    moves = [place for place, p in enumerate(exact) if p.phase is Phase.M_STEP]
    for looked_at in moves[1:4]:
        driven = steps(cloudy, chosen)
        first = next(p for p in driven if p.stage is stage)
        assert first.phase is exact[0].phase
        for _ in range(looked_at - 1):
            next(driven)
        np.testing.assert_array_equal(driven.send(Watch.STEPS).preview, exact[looked_at].preview)
    driven.close()


def test_classes_keep_their_numbers_through_an_m_step_that_makes_one_brighter(cloudy):
    """Else the colours of the ellipses would not be those of the pixels."""
    chosen = slow(components=6, max_iterations=60)
    way, _ = way_of(cloudy, chosen)
    run = Run(cloudy, chosen, asked=6, scribbles=np.zeros(cloudy.shape, np.uint8))
    for evaluated, moved in pairwise(way):
        if moved.phase is Phase.M_STEP:
            following, _ = em_step(run.samples, run.in_scaled_units(evaluated.mixture), run.form)
            means = to_file_units(following, run.features).means
            np.testing.assert_allclose(moved.mixture.means, means, rtol=1e-6)


@pytest.mark.parametrize("phase", [Phase.START, Phase.E_STEP, Phase.M_STEP])
def test_enough_at_any_half_step_keeps_the_last_mixture_that_was_evaluated(cloudy, phase):
    driven = steps(cloudy, SLOW)
    last = next(p for p in driven if p.stage is Stage.FITTING and p.phase is phase)
    assert driven.throw(Enough()).stage is Stage.LABELLING
    with pytest.raises(StopIteration) as end:
        next(driven)
    result = end.value.value
    assert result.stopped is Stop.CANCELLED
    known = last.log_likelihoods
    assert result.log_likelihoods[: len(known)] == known


@pytest.mark.parametrize("spatial", ["none", "field", "chain"])
@pytest.mark.parametrize("classes", [[2, 0, 1], [1, 0, 1]], ids=["in another order", "joined"])
def test_classes_of_a_start_are_shown_with_the_numbers_of_the_result(image, classes, spatial):
    chosen = Settings(components=3, spatial=spatial)
    begun = segment(image, chosen).mixture
    start = replace(begun, means=begun.means + 3, classes=np.array(classes))
    way, result = way_of(image, chosen, start=start)
    known = {Stage.FITTING, Stage.REFINING, Stage.LABELLING}
    shown = [progress for progress in way if progress.stage in known and progress.mixture]
    assert {Phase.START, Phase.E_STEP, Phase.M_STEP, Phase.END} <= {p.phase for p in shown}
    for progress in shown:
        np.testing.assert_array_equal(progress.mixture.classes, classes)
        if progress.preview is not None:
            assert (progress.preview == result.labels).mean() > 0.95


def test_the_preview_of_a_mixture_that_is_only_applied_has_the_numbers_of_the_result(image):
    begun = segment(image, Settings(components=3)).mixture
    given = replace(begun, classes=np.array([2, 0, 1]))
    seen = list(label(image, Settings(components=3), given))
    assert seen[-1].stage is Stage.LABELLING
    result = finish(label(image, Settings(components=3), given))
    np.testing.assert_array_equal(seen[-1].preview, result.labels)


def test_while_the_light_is_estimated_classes_are_ordered_by_brightness_too(image):
    way, _ = way_of(image, Settings(components=3, shading=True))
    shown = [progress.mixture for progress in way if progress.stage is Stage.SHADING]
    assert shown
    for mixture in shown:
        assert (np.diff(mixture.means[:, 0]) > 0).all()


def test_who_begins_to_look_while_the_light_is_estimated_is_heard(image):
    start = segment(image, Settings(components=3)).mixture
    driven = steps(image, Settings(components=3, shading=True), start=start)
    progress = next(driven)
    while progress.stage is not Stage.SHADING:
        progress = next(driven)
    while progress.stage is Stage.SHADING:
        progress = driven.send(Watch.BESIDE)
    assert (progress.stage, progress.phase) == (Stage.FITTING, Phase.START)
    assert progress.beside is not None


def test_no_class_changes_its_number_before_em_is_done():
    image = read_image(SAMPLE_IMAGES / "stained_cells.png")
    chosen = Settings(components=4, start="random", max_iterations=15)
    way, result = way_of(image, chosen)
    told = [p.mixture for p in way if p.stage is Stage.FITTING]
    light = [mixture.means[:, 0] for mixture in told]
    assert any((np.diff(values) < 0).any() for values in light), "no class overtakes another"
    for before, after in pairwise(told):
        assert nearest_in_all(before.means, after.means) == list(range(4))
    assert (np.diff(result.mixture.means[:, 0]) > 0).all()


def nearest_in_all(before, after):
    """Which of the places after is whose, if they move least in all."""
    apart = np.linalg.norm(before[:, None] - after[None], axis=2)
    return list(linear_sum_assignment(apart)[1])
