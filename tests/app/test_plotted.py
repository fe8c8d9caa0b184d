"""Questions of the plots to the state."""

from dataclasses import replace

import numpy as np
import pytest

from segmenter.app.classes import point_classes
from segmenter.app.plotted import (
    Highlight,
    Lasso,
    Plot,
    Plotted,
    clouded,
    describe_highlight,
    end_of,
    feature_of,
    fits_cloud,
    plane_of,
    plotted_mixture,
    samples_note,
    wants_cloud,
    why_no_plane,
)
from segmenter.app.state import State
from segmenter.app.surgery import why_fixed
from segmenter.engine.cloud import cloud_of
from segmenter.engine.outcome import Phase, Progress, Stage
from segmenter.engine.samples import gather
from segmenter.engine.settings import Settings


@pytest.fixture
def state(segmented):
    """A state with a result and what its mixture sees."""
    known = segmented.state
    made = cloud_of(known.image, *gather(known.image, known.result.settings))
    return replace(known, cloud=made)


def plotting(state, **changes):
    look = replace(state.look, plots=replace(state.look.plots, **changes))
    return replace(state, look=look)


@pytest.mark.parametrize("seen", [None, *Plot])
def test_only_histogram_scatter_and_lasso_look_at_the_image(state, seen):
    shown = plotting(state, seen=seen)
    assert wants_cloud(shown) is (seen in {Plot.HISTOGRAM, Plot.SCATTER})
    assert wants_cloud(plotting(shown, lasso=Lasso("L*", "a*", ((0, 0), (1, 0), (0, 1)))))
    assert not wants_cloud(replace(shown, image=None))


def test_a_run_has_no_samples_of_its_own_at_first(state):
    other = replace(state.inputs, settings=Settings(features=("rgb",)))
    state = replace(state, inputs=other)
    assert clouded(state) is state.made_from.settings
    for stage in (Stage.PREPARING, Stage.FEATURES):
        assert clouded(replace(state, progress=Progress(stage))) is None
    assert clouded(replace(state, progress=Progress(Stage.STARTS))) is other.settings


def test_the_mixture_under_way_comes_before_that_by_hand_and_that_of_the_result(state):
    by_result = state.result.mixture
    assert plotted_mixture(state) is by_result
    by_hand = replace(by_result)
    state = replace(state, inputs=replace(state.inputs, start=by_hand))
    assert plotted_mixture(state) is by_hand
    assert plotted_mixture(replace(state, progress=Progress(Stage.PREPARING))) is by_hand
    coming = replace(by_result)
    state = replace(state, progress=Progress(Stage.FITTING, mixture=coming))
    assert plotted_mixture(state) is coming
    ended = replace(state, progress=None, made_from=state.inputs)
    assert plotted_mixture(ended) is by_result
    assert plotted_mixture(State()) is None


def test_features_are_those_chosen_or_the_first(state):
    assert feature_of(state) == "L*"
    assert feature_of(plotting(state, feature="b*")) == "b*"
    assert feature_of(plotting(state, feature="red")) == "L*"
    assert feature_of(State()) == ""


@pytest.mark.parametrize(
    ("across", "up", "expected"),
    [
        ("", "", ("L*", "a*")),
        ("b*", "", ("b*", "L*")),
        ("", "L*", ("L*", "a*")),
        ("b*", "a*", ("b*", "a*")),
        ("a*", "a*", ("a*", "L*")),
        ("red", "b*", ("L*", "b*")),
    ],
)
def test_a_plane_is_of_two_different_features(state, across, up, expected):
    found = plane_of(plotting(state, across=across, up=up))
    assert (found.across, found.up) == expected
    assert (found.units > 0).all()


def test_one_feature_is_no_plane_and_that_is_said(state):
    settings = Settings(features=("grey",))
    grey = replace(state, cloud=cloud_of(state.image, *gather(state.image, settings)))
    assert plane_of(grey) is None
    assert "one (grey)" in why_no_plane(grey)
    assert not why_no_plane(state)
    assert not fits_cloud(grey, state.result.mixture)
    assert "other features" in samples_note(grey)


def test_points_have_the_classes_of_the_last_result_until_there_is_the_next(state):
    classes = point_classes(state)
    np.testing.assert_array_equal(classes, state.result.labels.ravel()[state.cloud.pixels])
    running = replace(state, progress=Progress(Stage.FITTING, preview=np.ones((2, 2), np.uint8)))
    np.testing.assert_array_equal(point_classes(running), classes)
    assert point_classes(replace(state, result=None)) is None


@pytest.mark.parametrize("step", [1, 3])
def test_points_have_the_classes_of_the_half_step(state, step):
    labels = np.random.default_rng(0).integers(1, 5, state.image.shape, dtype=np.uint8)
    progress = Progress(Stage.FITTING, preview=labels[::step, ::step], phase=Phase.E_STEP)
    stepping = replace(state, progress=progress, stepping=True)
    standing_for = np.repeat(np.repeat(labels[::step, ::step], step, axis=0), step, axis=1)
    expected = standing_for[: labels.shape[0], : labels.shape[1]].ravel()[state.cloud.pixels]
    np.testing.assert_array_equal(point_classes(stepping), expected)
    begun = replace(stepping, progress=replace(progress, phase=Phase.START))
    np.testing.assert_array_equal(point_classes(begun), point_classes(state))


def test_components_can_be_moved_at_rest_only_and_it_is_said_why_not(state):
    assert why_fixed(state) == ""
    assert "no result" in why_fixed(replace(state, result=None))
    assert "run has ended" in why_fixed(replace(state, progress=Progress(Stage.FITTING)))
    other = replace(state.inputs, settings=Settings(components=7))
    assert "changed" in why_fixed(replace(state, inputs=other))
    assert "on its way" in why_fixed(replace(state, cloud=None))


def test_the_end_of_a_run_is_told_while_it_climbs():
    climbing = Progress(Stage.FITTING, log_likelihoods=(-4.0, -3.0, -2.5, -2.25))
    assert end_of(replace(State(), progress=climbing)) == pytest.approx(-2.0)
    assert end_of(State()) is None


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 pixel is in the"), (12345, "12\N{NARROW NO-BREAK SPACE}345 pixels are in the")],
)
def test_the_lasso_is_counted_in_words(state, count, words):
    marked = np.zeros((1, 1), bool)
    highlight = Highlight(Lasso("a", "b", ()), state.cloud, marked, count, 0.123)
    assert describe_highlight(highlight).startswith(words)
    assert "12.3%" in describe_highlight(highlight)
    assert samples_note(replace(state, highlight=highlight)) == describe_highlight(highlight)


def test_it_is_said_when_points_stand_for_all_and_when_light_is_uneven(state):
    assert samples_note(state) == "3\N{NARROW NO-BREAK SPACE}072 pixels"
    some = replace(state.cloud, pixels=state.cloud.pixels[::2].copy())
    assert samples_note(replace(state, cloud=some)).endswith("stand for all")
    inputs = replace(state.inputs, settings=Settings(shading=True))
    shaded = replace(state, inputs=inputs, made_from=inputs)
    assert samples_note(shaded).endswith("not yet evened")
    light = np.ones(state.image.shape, np.float32)
    shaded = replace(shaded, cloud=state.cloud.in_light(light))
    assert samples_note(shaded).endswith("in even light")


def test_convergence_is_to_be_seen_at_first():
    assert Plotted().seen is Plot.CONVERGENCE
