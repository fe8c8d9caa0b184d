"""What the sides can show, what they are called, and how far they differ."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from clusters import show_beside
from driving import show_image

from segmenter.app import sides
from segmenter.app.choices import OTHER_SETTINGS
from segmenter.app.sides import (
    EM,
    IMAGE,
    K_MEANS,
    OTHER_NUMBER,
    PREVIOUS,
    USUAL_SIDES,
    Compared,
    Kind,
    Layer,
    describe_difference,
    describe_previous,
    is_compared,
    layers_of,
    name_of,
    obstacle_of,
    question_of,
)
from segmenter.app.state import State
from segmenter.engine.compare import differing, renumbered
from segmenter.engine.number_words import grouped
from segmenter.engine.outcome import Phase
from segmenter.engine.overlay import View
from segmenter.engine.settings import FeatureKind, Spatial

TWO = Layer(Kind.OTHER_NUMBER, 2)


def run_with(session, wait, **changes):
    """Change settings, run, and wait for the result."""
    settings = session.state.inputs.settings.model_copy(update=changes)
    session.edit("Edit", settings=settings)
    session.run()
    return wait(session, lambda state: state.progress is None)


@pytest.fixture
def tried(segmented, wait):
    """The same with one to five components tried; the previous run had three."""
    run_with(segmented, wait, components="auto", most_components=5)
    return segmented


# ---- What there is -------------------------------------------------------------------------------


def test_without_a_result_nothing_can_be_shown():
    assert {obstacle_of(layer, State()) for layer in layers_of(State())} != {""}
    assert all(obstacle_of(layer, State()) for layer in layers_of(State()))


def test_what_is_not_there_says_what_to_do(segmented):
    state = segmented.state
    assert layers_of(state) == (EM, K_MEANS, PREVIOUS, IMAGE, OTHER_NUMBER)
    obstacles = {layer: obstacle_of(layer, state) for layer in layers_of(state)}
    assert "change a setting and run" in obstacles[PREVIOUS]
    assert obstacles[OTHER_NUMBER] == (
        "Only a run with Components on Auto tries other numbers. Tick Auto first."
    )
    assert not any(obstacles[layer] for layer in (EM, K_MEANS, IMAGE))


def test_every_number_that_was_tried_is_there(tried):
    others = [Layer(Kind.OTHER_NUMBER, number) for number in range(1, 6)]
    assert layers_of(tried.state) == (EM, K_MEANS, PREVIOUS, IMAGE, *others)
    assert not any(obstacle_of(layer, tried.state) for layer in layers_of(tried.state))


def test_a_number_that_is_shown_stays_among_them_and_says_why_it_is_not_there(tried, wait):
    tried.set_look(sides=(EM, Layer(Kind.OTHER_NUMBER, 5)))
    state = run_with(tried, wait, most_components=4)
    assert Layer(Kind.OTHER_NUMBER, 5) in layers_of(state)
    assert "did not try 5" in obstacle_of(Layer(Kind.OTHER_NUMBER, 5), state)


def test_numbers_tried_with_other_settings_than_the_result_are_not_shown_beside_it(tried, wait):
    tried.set_look(sides=(EM, TWO), divided=True)
    wait(tried, is_compared)
    assert TWO in tried.state.compared.maps
    assert not obstacle_of(TWO, run_with(tried, wait, components=3))
    run_with(tried, wait, smoothing=1.0)
    assert obstacle_of(TWO, tried.state) == OTHER_SETTINGS
    state = wait(tried, is_compared)
    assert TWO not in state.compared.maps


@pytest.mark.parametrize(
    ("layer", "name"),
    [
        (EM, "EM"),
        (K_MEANS, "k-means"),
        (IMAGE, "Image only"),
        (PREVIOUS, "Previous run: K = 3"),
        (TWO, "EM with 2 components"),
        (Layer(Kind.OTHER_NUMBER, 1), "EM with 1 component"),
    ],
)
def test_they_are_called_by_what_they_are(tried, layer, name):
    state = tried.state
    # Only the number of components sets the runs apart.
    previous = replace(state.previous, inputs=state.made_from)
    assert name_of(layer, replace(state, previous=previous)) == name


# ---- The previous run ----------------------------------------------------------------------------


def test_the_previous_run_is_what_was_shown_before(segmented, wait):
    first = segmented.state
    assert first.previous is None
    state = run_with(segmented, wait, components=2)
    assert state.previous.labels is first.result.labels
    assert state.previous.components == 3
    segmented.undo_stack.undo()
    assert segmented.state.result is first.result
    assert segmented.state.previous.labels is state.result.labels


def test_a_run_with_nothing_changed_leaves_the_previous_one(segmented, wait):
    before = run_with(segmented, wait, components=2)
    after = run_with(segmented, wait)
    assert after.result is not None
    assert after.previous is before.previous


def test_another_image_has_no_previous_run_and_no_side_for_one(tried, image):
    tried.set_look(sides=(PREVIOUS, TWO))
    show_image(tried, replace(image))
    assert tried.state.previous is None
    assert tried.state.look.sides == USUAL_SIDES
    tried.set_look(sides=(K_MEANS, IMAGE))
    show_image(tried, replace(image))
    assert tried.state.look.sides == (K_MEANS, IMAGE)


def test_the_previous_run_is_told_by_what_has_changed(segmented, wait):
    state = run_with(segmented, wait, components=2, smoothing=1.5, spatial=Spatial.FIELD, seed=7)
    assert describe_previous(state) == "K = 3, spatial none, smoothing 0, seed 0"
    state = run_with(segmented, wait, noise_class=True, features=(FeatureKind.RGB,))
    assert describe_previous(state) == "K = 2, noise class off, features automatic"


def test_what_would_be_too_long_is_left_out(segmented, wait):
    state = run_with(segmented, wait, smoothing=1.5, spatial=Spatial.FIELD, seed=7, restarts=2)
    assert describe_previous(state) == "K = 3, spatial none, smoothing 0, restarts 4, …"


def test_scribbles_are_a_change_too(segmented):
    state = segmented.state
    drawn = replace(state.made_from, scribbles=object())
    previous = sides.Previous(state.result.labels, state.made_from, 3)
    before = replace(state, made_from=drawn, previous=previous)
    assert describe_previous(before) == "K = 3, no scribbles"
    after = replace(state, previous=replace(previous, inputs=drawn))
    assert describe_previous(after) == "K = 3, other scribbles"


def test_who_compares_wants_to_see_it(segmented):
    for change in ({"divided": True}, {"sides": (IMAGE, EM)}):
        segmented.set_look(overlay_hidden=True)
        segmented.set_look(**change)
        assert not segmented.state.look.overlay_hidden


# ---- What is asked and answered ------------------------------------------------------------------


def test_nothing_is_asked_unless_it_is_to_be_seen(tried):
    assert question_of(tried.state) is None
    tried.set_look(sides=(EM, IMAGE))
    assert question_of(tried.state) is None
    tried.set_look(sides=(EM, TWO))
    assert question_of(tried.state).candidates[1] is tried.state.choices.candidates[1]
    tried.set_look(divided=False)
    assert question_of(tried.state) is None
    tried.set_look(view=View.DIFFERENCES)
    assert question_of(tried.state).sides == (EM, TWO)


def test_the_previous_run_is_asked_for_only_where_it_is_a_side(segmented, wait):
    segmented.set_look(divided=True)
    assert question_of(run_with(segmented, wait, components=2)).previous is None
    segmented.set_look(sides=(PREVIOUS, EM))
    assert question_of(segmented.state).previous is segmented.state.previous


def test_another_number_has_the_colours_of_the_classes_it_meets(tried, wait):
    tried.set_look(sides=(EM, TWO))
    state = wait(tried, is_compared)
    assert state.result.class_count == 3
    found, result = state.compared.maps[TWO], state.result
    assert found.shape == result.labels.shape
    numbers = np.unique(found)
    assert len(numbers) == 2
    assert set(numbers) <= {1, 2, 3}
    for number in numbers:
        met = np.bincount(result.labels[found == number])
        assert met.argmax() == number
    np.testing.assert_array_equal(state.compared.differs, found != result.labels)
    assert state.compared.count == np.count_nonzero(found != result.labels)


def test_more_components_than_classes_have_colours_of_their_own(tried, wait):
    five = Layer(Kind.OTHER_NUMBER, 5)
    tried.set_look(sides=(five, EM))
    state = wait(tried, is_compared)
    assert set(np.unique(state.compared.maps[five])) == {1, 2, 3, 4, 5}
    assert state.compared.class_count == 5


def test_two_sides_without_the_result_are_held_against_each_other(tried, wait):
    tried.set_look(sides=(PREVIOUS, TWO))
    state = wait(tried, is_compared)
    previous = renumbered(state.previous.labels, state.result.labels, 3)
    np.testing.assert_array_equal(state.compared.maps[PREVIOUS], previous)
    expected = differing(previous, state.compared.maps[TWO])
    np.testing.assert_array_equal(state.compared.differs, expected)


def test_the_plain_image_has_nothing_to_differ(tried, wait):
    tried.set_look(sides=(IMAGE, TWO))
    state = wait(tried, is_compared)
    assert state.compared.differs is None
    assert describe_difference(state.compared, state) == ""
    assert "differ" not in state.notice


def test_differences_that_cannot_be_are_said(segmented, wait):
    segmented.set_look(sides=(EM, IMAGE))
    segmented.set_look(view=View.DIFFERENCES)
    wait(segmented, lambda state: state.notice.startswith("One of the two sides has no classes"))


def test_k_means_is_not_run_again_for_another_side(tried, wait, monkeypatch):
    from segmenter.app import label_maps

    tried.set_look(sides=USUAL_SIDES)
    first = wait(tried, is_compared).compared.maps[K_MEANS]
    monkeypatch.setattr(label_maps, "beside", None)
    tried.set_look(sides=(TWO, EM))
    wait(tried, is_compared)
    tried.set_look(sides=(TWO, K_MEANS))
    state = wait(tried, is_compared)
    assert state.compared.maps[K_MEANS] is first
    tried.set_look(sides=(PREVIOUS, EM))
    state = wait(tried, is_compared)
    assert TWO not in state.compared.maps, "what is made quickly is not kept"


def test_the_status_says_which_sides_differ(tried, wait):
    tried.set_look(sides=(EM, TWO))
    words = wait(tried, lambda state: "2 components" in state.notice).notice
    count = tried.state.compared.count
    assert words.startswith("EM and EM with 2 components differ in ")
    assert words.endswith(f"of the pixels ({grouped(count)}).")
    tried.set_look(sides=(PREVIOUS, EM))
    wait(tried, lambda state: state.notice.startswith("The previous run and EM differ in"))


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "EM and k-means differ in 0.0% of the pixels (0)."),
        (1, "EM and k-means differ in less than 0.1% of the pixels (1)."),
        (40, "EM and k-means differ in 0.4% of the pixels (40)."),
        (1234, "EM and k-means differ in 12.3% of the pixels (1\N{NARROW NO-BREAK SPACE}234)."),
    ],
)
def test_the_share_is_said_in_words(segmented, count, words):
    segmented.set_look(divided=True)
    question = question_of(segmented.state)
    nowhere = np.zeros((1, 1), bool)
    compared = Compared(question, {}, 3, nowhere, count, count / 10_000)
    assert describe_difference(compared, segmented.state) == words


# ---- k-means as far as it has come ---------------------------------------------------------------


def test_k_means_beside_em_says_how_far_it_has_come(segmented):
    show_beside(segmented)
    assert name_of(K_MEANS, segmented.state) == "k-means, iteration 2"
    show_beside(segmented, phase=Phase.END)
    assert name_of(K_MEANS, segmented.state) == "k-means, at rest"
    show_beside(segmented, phase=Phase.START, preview=None)
    assert name_of(K_MEANS, segmented.state) == "k-means"
    segmented.set_look(k_means=False)
    assert sides.clusters_of(segmented.state) is None


def test_k_means_beside_em_needs_no_result_and_is_not_waited_for(segmented):
    show_beside(segmented)
    segmented.set_look(divided=True)
    assert not sides.is_coming(K_MEANS, segmented.state)
    segmented._change(result=None, compared=None)
    assert not obstacle_of(K_MEANS, segmented.state)
    assert obstacle_of(PREVIOUS, segmented.state)
    segmented.set_look(k_means=False)
    assert obstacle_of(K_MEANS, segmented.state)


def test_k_means_beside_em_comes_and_goes_with_a_divider(segmented):
    segmented.show_k_means(True)
    look = segmented.state.look
    assert (look.k_means, look.divided, look.sides) == (True, True, USUAL_SIDES)
    segmented.show_k_means(False)
    assert not segmented.state.look.k_means
    assert not segmented.state.look.divided


def test_sides_that_show_k_means_stay_and_others_stay_divided(segmented):
    segmented.set_look(sides=(K_MEANS, IMAGE))
    segmented.show_k_means(True)
    assert segmented.state.look.sides == (K_MEANS, IMAGE)
    segmented.set_look(sides=(EM, IMAGE))
    segmented.show_k_means(False)
    assert segmented.state.look.divided


def test_what_was_said_of_the_last_result_goes_while_k_means_goes_beside_em(segmented, wait):
    segmented.set_look(divided=True, sides=(EM, K_MEANS))
    wait(segmented, lambda state: "differ in" in state.notice)
    show_beside(segmented)
    wait(segmented, lambda state: "differ in" not in state.notice)
    segmented._change(progress=None, stepping=False)
    wait(segmented, lambda state: "differ in" in state.notice)


def test_em_and_k_means_differ_where_their_half_steps_do(segmented):
    show_beside(segmented)
    preview = np.ones((8, 9), np.uint8)
    preview[0], preview[1] = 2, 0
    progress = replace(segmented.state.progress, preview=preview)
    segmented._change(progress=progress)
    found = sides.differing_beside(segmented.state)
    assert found.sum() == 9 * 6
    assert not found[:2].any()
    segmented._change(progress=replace(progress, phase=Phase.START))
    assert sides.differing_beside(segmented.state) is None
    segmented.set_look(k_means=False)
    assert sides.differing_beside(segmented.state) is None
