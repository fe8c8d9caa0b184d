"""Numbers of components that were tried, and how they are looked at."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from driving import show_image

from segmenter.app import tasks
from segmenter.app.choices import (
    StandIn,
    candidate_of,
    choices_fit,
    choices_of,
    chosen_count,
    preview_of,
)
from segmenter.app.state import is_outdated
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.pipeline import finish, image_of, steps
from segmenter.engine.settings import Settings


@pytest.fixture
def chosen(segmented, wait):
    """A session whose result has chosen among one to five components."""
    settings = Settings(components="auto", most_components=5)
    segmented.edit("Auto", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.progress is None)
    return segmented


def test_what_was_tried_is_kept_when_another_number_is_taken(chosen, wait):
    choices = chosen.state.choices
    assert [len(tried.mixture) for tried in choices.candidates] == [1, 2, 3, 4, 5]
    assert chosen_count(chosen.state) == len(chosen.state.result.mixture)
    chosen.choose_components(2)
    assert chosen.state.inputs.settings.components == 2
    assert chosen.state.undo_text == "2 components"
    state = wait(chosen, lambda state: state.progress is None)
    assert state.result.class_count == 2
    assert state.choices is choices
    chosen.undo_stack.undo()
    assert chosen.state.inputs.settings.components == "auto"
    assert chosen.state.result.candidates is choices.candidates
    assert chosen.state.choices is choices


def test_what_was_tried_keeps_no_result_alive(chosen, wait, qapp):
    soft = weakref.ref(chosen.state.result.responsibilities)
    chosen.choose_components(2)
    wait(chosen, lambda state: state.progress is None)
    chosen._cache.clear()
    # Pictures of it may still be made.
    assert chosen.lanes.come_to_rest()
    qapp.processEvents()
    gc.collect()
    assert chosen.state.choices is not None
    assert soft() is None


def test_a_candidate_is_seen_at_once(chosen):
    candidate = candidate_of(chosen.state.choices, 2)
    chosen.choose_components(2)
    progress = chosen.state.progress
    np.testing.assert_array_equal(progress.preview, preview_of(chosen.state.choices, candidate))
    assert progress.mixture is candidate.mixture


def test_a_preview_shows_every_pixel_of_a_small_image(chosen, truth):
    shown = preview_of(chosen.state.choices, candidate_of(chosen.state.choices, 3))
    assert shown.shape == truth.shape
    assert np.mean(shown == truth) > 0.99


@pytest.mark.parametrize(
    ("changes", "said"),
    [({}, True), ({"spatial": "field"}, False), ({"saturated": True}, False)],
    ids=["scribbles", "field", "missing channels"],
)
def test_a_preview_shows_what_the_values_alone_speak_for(truth, changes, said):
    random = np.random.default_rng(0)
    grey = np.array([20, 90, 200])[truth - 1] + random.integers(0, 9, truth.shape)
    pixels = np.stack([grey, grey, random.integers(40, 50, truth.shape)], axis=2).astype(np.uint8)
    pixels[::5, ::7, 2] = 255
    scribbles = np.zeros(truth.shape, np.uint8)
    scribbles[4:8, 4:8] = said
    settings = Settings(components="auto", most_components=4, **changes)
    result = finish(steps(image_of(pixels), settings, scribbles=scribbles))
    choices = choices_of(result, None)
    candidate = candidate_of(choices, 3)
    alone = pixels[:, :, 2] < 255
    labels = preview_of(choices, candidate)
    values = [set(labels[alone & (truth == kind)].tolist()) for kind in (1, 2, 3)]
    assert [len(found) for found in values] == [1, 1, 1]
    assert len(set.union(*values)) == 3
    assert len({id(tried.index) for tried in result.candidates}) == 1, "all share one"


def test_another_image_forgets_what_was_tried(chosen, image):
    show_image(chosen, replace(image))
    assert chosen.state.choices is None
    assert candidate_of(chosen.state.choices, 2) is None


def test_it_stands_in_for_its_image_and_settings_until_there_is_something_better(chosen):
    settings, mixture = Settings(components=2), chosen.state.result.mixture
    image, preview = chosen.state.image, np.ones((2, 2), np.uint8)
    stand_in = StandIn(image, settings, mixture, preview)
    early, late = Progress(Stage.FEATURES), Progress(Stage.FITTING, preview=preview.copy())
    assert stand_in.for_want_of_better(early, image, settings).preview is preview
    assert stand_in.for_want_of_better(early, image, settings).stage is Stage.FEATURES
    assert stand_in.for_want_of_better(late, image, settings) is late
    assert stand_in.for_want_of_better(early, image, Settings(components=3)) is early
    assert stand_in.for_want_of_better(early, replace(image), settings) is early


def test_nothing_stands_in_once_an_image_is_opened(chosen):
    chosen.choose_components(2)
    assert chosen.state.progress.preview is not None
    show_image(chosen, chosen.state.image)
    chosen.run()
    assert chosen.state.progress.preview is None


def test_nothing_stands_in_for_the_number_that_is_there(chosen, wait):
    chosen.choose_components(2)
    wait(chosen, lambda state: state.progress is None)
    chosen.choose_components(2)
    chosen.run()
    assert chosen.state.progress.preview is None


@pytest.mark.parametrize(
    ("changes", "fit"),
    [
        ({"smoothing": 1.0}, False),
        ({"seed": 5}, False),
        ({"components": 2}, True),
        ({"most_components": 3, "criterion": "bic"}, True),
        ({"smallest_region": 9, "spatial": "field"}, True),
    ],
)
def test_what_was_tried_fits_settings_that_each_number_would_give_the_same_with(
    chosen, changes, fit
):
    settings = chosen.state.inputs.settings
    assert choices_fit(chosen.state)
    chosen.edit("Edit", settings=Settings(**(settings.model_dump() | changes)))
    assert choices_fit(chosen.state) == fit
    assert not choices_fit(replace(chosen.state, choices=None))


def test_what_was_tried_with_other_settings_stands_in_for_nothing(chosen):
    settings = chosen.state.inputs.settings.model_copy(update={"smoothing": 1.0})
    chosen.edit("Smoothing", settings=settings)
    chosen.choose_components(2)
    assert chosen.state.progress.preview is None


def test_another_number_is_run_in_place_of_the_one_under_way_though_not_live(chosen, wait):
    chosen.choose_components(2)
    candidate = candidate_of(chosen.state.choices, 4)
    chosen.choose_components(4)
    np.testing.assert_array_equal(
        chosen.state.progress.preview, preview_of(chosen.state.choices, candidate)
    )
    state = wait(chosen, lambda state: state.progress is None)
    assert len(state.result.mixture) == 4
    assert not is_outdated(state)


def test_another_number_is_run_though_a_run_waits_for_its_next_step(chosen, wait):
    chosen.step()
    chosen.choose_components(4)
    assert not chosen.state.stepping
    state = wait(chosen, lambda state: state.progress is None)
    assert len(state.result.mixture) == 4


def test_a_number_is_shown_for_its_own_run_only(chosen):
    chosen.choose_components(2)
    own = chosen._fitting.settings
    chosen.edit("Number", settings=own.model_copy(update={"components": 3}))
    chosen._on_progressed(Progress(Stage.FEATURES))
    assert chosen.state.progress.mixture is candidate_of(chosen.state.choices, 2).mixture


def test_the_same_number_does_not_begin_its_run_anew(chosen, monkeypatch):
    runs, fit = [], tasks.fit
    monkeypatch.setattr(tasks, "fit", lambda *given: runs.append(1) or fit(*given))
    chosen.choose_components(2)
    chosen.choose_components(2)
    assert runs == [1]
