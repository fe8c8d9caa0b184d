"""Clean-up drops small regions, fills holes and smooths borders, and says what it changed."""

from __future__ import annotations

import numpy as np
import pytest
import reference_regions as twin
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage import filters, measure, morphology

from segmenter.engine.cleanup import (
    parts_of,
    smoothed,
    without_holes,
    without_small_regions,
)
from segmenter.engine.kept import Kept
from segmenter.engine.kernels import dropping, majority, regions
from segmenter.engine.outcome import Enough, Stage, Stop
from segmenter.engine.pipeline import finish, image_of, label, segment, steps
from segmenter.engine.settings import Settings, Spatial

# Compiled or loaded here, so that no example waits for it.
LOADED = (dropping, regions, majority, measure.label)
SIZES = st.integers(0, 12)
shapes = st.tuples(st.integers(1, 7), st.integers(1, 7))
maps = shapes.flatmap(lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 3)))
maps_and_scribbles = maps.flatmap(
    lambda labels: st.tuples(
        st.just(labels),
        arrays(
            np.bool_,
            labels.shape,
            elements=st.sampled_from([False] * 9 + [True]),
            fill=st.nothing(),
        ).map(lambda chosen: labels * chosen),
    )
)


def picture(text):
    """Return labels from rows of digits."""
    return np.array([[int(letter) for letter in row] for row in text.split()], np.uint8)


def nothing_said(labels):
    return np.zeros_like(labels)


def dropped(parts, least):
    return finish(without_small_regions(parts, least))


def cleaned(labels, said=None, *, drop=0, fill=0):
    said = nothing_said(labels) if said is None else said
    labels = dropped(parts_of(labels, said), drop)
    return without_holes(parts_of(labels, said), fill)


# ---- Small regions ------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(maps_and_scribbles, SIZES)
def test_dropping_small_regions_is_what_the_twin_does(labels_and_said, least):
    labels, said = labels_and_said
    found = dropped(parts_of(labels, said), least)
    np.testing.assert_array_equal(found, twin.without_small_regions(labels, least, said))


@settings(max_examples=50, deadline=None)
@given(maps, SIZES)
def test_no_region_smaller_than_asked_is_left_but_where_nothing_is_beside_it(labels, least):
    found = dropped(parts_of(labels), least)
    for region in twin.regions(found):
        assert len(region) >= least or not twin.votes(found, region)


def test_a_small_region_takes_the_class_that_surrounds_it_most():
    labels = picture("1122 1332 2222 2222")
    assert dropped(parts_of(labels), 3)[1].tolist() == [1, 2, 2, 2]


def test_specks_side_by_side_do_not_become_a_region_of_their_own():
    labels = picture("11111 12311 11111")
    assert (dropped(parts_of(labels), 3) == 1).all()


def test_work_on_many_specks_is_done_in_pieces(monkeypatch):
    labels = np.random.default_rng(0).integers(1, 4, (60, 80)).astype(np.uint8)
    whole = dropped(parts_of(labels), 12)
    monkeypatch.setattr(dropping, "SLICE", 100)
    pieces = list(without_small_regions(parts_of(labels), 12))
    assert len(pieces) > 20
    np.testing.assert_array_equal(dropped(parts_of(labels), 12), whole)


def test_a_run_that_drops_many_specks_can_be_stopped_meanwhile(speckled, monkeypatch):
    monkeypatch.setattr(dropping, "SLICE", 1)
    chosen = Settings(components=2, smallest_region=4)
    stages = [progress.stage for progress in steps(speckled, chosen)]
    assert stages.count(Stage.CLEANING) > 5


# ---- Holes --------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(maps_and_scribbles, SIZES)
def test_filling_holes_is_what_the_twin_does(labels_and_said, most):
    labels, said = labels_and_said
    found = without_holes(parts_of(labels, said), most)
    np.testing.assert_array_equal(found, twin.without_holes(labels, most, said))


def test_a_hole_of_several_classes_is_filled_as_one():
    labels = picture("111111 112311 113211 111111")
    assert (without_holes(parts_of(labels), 4) == 1).all()
    assert (without_holes(parts_of(labels), 3) == labels).all()


def test_what_touches_the_edge_or_no_data_is_no_hole():
    labels = picture("12111 11111 11201 11111")
    assert (without_holes(parts_of(labels), 9) == labels).all()


# ---- Borders ------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(maps_and_scribbles, st.integers(1, 4))
def test_smoothing_is_what_the_twin_does(labels_and_said, radius):
    labels, said = labels_and_said
    found = smoothed(labels, radius, said)
    np.testing.assert_array_equal(found, twin.smoothed(labels, radius, said))


@pytest.mark.parametrize("radius", [1, 5, 20])
def test_smoothing_is_scikit_image_s_majority(radius):
    labels = np.random.default_rng(0).integers(1, 5, (40, 30)).astype(np.uint8)
    expected = filters.rank.majority(labels, morphology.disk(radius))
    np.testing.assert_array_equal(smoothed(labels, radius, nothing_said(labels)), expected)


# ---- Together -----------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(maps_and_scribbles, SIZES, SIZES)
def test_what_is_clean_stays_and_no_class_comes_out_of_nothing(labels_and_said, drop, fill):
    labels, said = labels_and_said
    once = cleaned(labels, said, drop=drop, fill=fill)
    np.testing.assert_array_equal(cleaned(once, said, drop=drop, fill=fill), once)
    np.testing.assert_array_equal(once == 0, labels == 0)
    assert set(np.unique(once)) <= set(np.unique(labels))
    np.testing.assert_array_equal(once[said > 0], said[said > 0])


# ---- In a run -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def speckled():
    """A grey image with specks, and some pixels without data."""
    rng = np.random.default_rng(1)
    grey = np.where(np.arange(60) < 30, 50.0, 150.0) + rng.normal(0, 5, (40, 60))
    grey[rng.random(grey.shape) < 0.05] = 150
    grey[5:8, 5:8] = np.nan
    return image_of(grey)


CLEAN = {"smallest_region": 30, "fill_holes": 40, "smooth_borders": 1}


@pytest.mark.parametrize("spatial", list(Spatial))
@pytest.mark.parametrize("name", list(CLEAN))
def test_a_run_is_cleaned_up_whatever_the_model(speckled, name, spatial):
    plain = Settings(components=2, spatial=spatial)
    wanted = plain.model_copy(update={name: CLEAN[name]})
    rough, clean = segment(speckled, plain), segment(speckled, wanted)
    assert rough.cleaned is None
    assert clean.cleaned is not None
    assert clean.cleaned.changed == np.count_nonzero(rough.labels != clean.labels)
    assert clean.settings == wanted
    np.testing.assert_array_equal(clean.responsibilities, rough.responsibilities)
    np.testing.assert_array_equal(clean.labels == 0, ~speckled.valid)


def test_the_result_says_how_many_regions_and_pixels_there_were(speckled):
    rough = segment(speckled, Settings(components=2))
    clean = segment(speckled, Settings(components=2, **CLEAN))
    counted = [len(twin.regions(result.labels)) for result in (rough, clean)]
    assert clean.cleaned.regions_before.sum() == counted[0]
    assert clean.cleaned.regions_after.sum() == counted[1]
    assert clean.cleaned.pixels_before.tolist() == rough.pixel_counts.tolist()
    assert clean.pixel_counts.tolist() == np.bincount(clean.labels.ravel())[1:].tolist()
    assert any(note.startswith(f"Clean-up: {counted[0]} regions became") for note in clean.notes)


def test_scribbled_pixels_keep_what_is_said(speckled):
    said = np.zeros(speckled.shape, np.uint8)
    said[20, 10] = 2
    result = segment(speckled, Settings(components=2, **CLEAN), scribbles=said)
    assert result.labels[20, 10] == 2


def test_a_mixture_as_it_is_is_cleaned_up_too(speckled):
    wanted = Settings(components=2, **CLEAN)
    found = segment(speckled, wanted)
    again = finish(label(speckled, wanted, found.mixture))
    np.testing.assert_array_equal(again.labels, found.labels)
    assert again.cleaned is not None


@pytest.mark.parametrize("spatial", list(Spatial))
def test_another_clean_up_runs_nothing_again(speckled, spatial):
    kept, plain = Kept(), Settings(components=2, spatial=spatial)
    first = finish(steps(speckled, plain, kept=kept))
    wanted = plain.model_copy(update=CLEAN)
    stages = []
    run = steps(speckled, wanted, kept=kept)
    try:
        while True:
            stages.append(next(run).stage)
    except StopIteration as end:
        second = end.value
    assert set(stages) == {Stage.PREPARING, Stage.FEATURES, Stage.CLEANING}
    np.testing.assert_array_equal(second.labels, segment(speckled, wanted).labels)
    third = finish(steps(speckled, plain, kept=kept))
    assert third.settings == plain
    np.testing.assert_array_equal(third.labels, first.labels)


def test_other_scribbles_run_again(speckled):
    kept, wanted = Kept(), Settings(components=2, **CLEAN)
    finish(steps(speckled, wanted, kept=kept))
    said = np.zeros(speckled.shape, np.uint8)
    said[20, 10] = 2
    stages = [progress.stage for progress in steps(speckled, wanted, scribbles=said, kept=kept)]
    assert Stage.REFINING in stages


def test_enough_during_clean_up_ends_with_it_done(speckled):
    kept, wanted = Kept(), Settings(components=2)
    finish(steps(speckled, wanted, kept=kept))
    run = steps(speckled, wanted.model_copy(update=CLEAN), kept=kept)
    while next(run).stage is not Stage.CLEANING:
        pass
    run.throw(Enough())
    result = finish(run)
    assert (result.stopped, result.cleaned is None) == (Stop.CONVERGED, False)
