"""The explanation of a pinned pixel comes, follows the result, and goes with the image."""

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app.explained import can_explain, is_explained, wants_explanation
from segmenter.app.pixel_words import (
    deviations,
    pixel_sentences,
    place_words,
)
from segmenter.app.scribbles import scribbles_of
from segmenter.app.state import State
from segmenter.engine.explanation import Decided
from segmenter.engine.outcome import Progress, Stage


@pytest.fixture
def explained(segmented, wait):
    """Pin a pixel and wait for what is said of it."""

    def pin(place):
        segmented.set_look(pinned=place)
        return wait(segmented, is_explained)

    return pin


def sentences(state, **changes):
    made = replace(state.explanation, **changes)
    return pixel_sentences(replace(state, explanation=made))


def test_a_pinned_pixel_is_explained(explained, segmented):
    state = explained((20, 50))
    assert state.explanation.place == (20, 50)
    np.testing.assert_allclose(
        state.explanation.plain, state.result.probabilities_at(20, 50), atol=1e-3
    )
    assert place_words(state) == "x 50, y 20"


def test_another_pixel_and_another_result_are_explained_anew(explained, segmented, wait):
    first = explained((20, 50)).explanation
    second = explained((0, 0)).explanation
    assert second.place != first.place
    settings = segmented.state.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    segmented.run()
    assert not wants_explanation(segmented.state)
    state = wait(segmented, lambda state: state.progress is None and is_explained(state))
    assert len(state.explanation.plain) == 2


def test_another_image_takes_pin_and_explanation_away(explained, segmented, image):
    explained((20, 50))
    show_image(segmented, replace(image))
    assert segmented.state.look.pinned is None
    assert segmented.state.explanation is None


def test_an_explanation_goes_with_its_result_though_nothing_is_pinned(explained, segmented, wait):
    explained((20, 50))
    segmented.set_look(pinned=None)
    QApplication.processEvents()
    assert segmented.state.explanation is not None, "it may be asked for again"
    settings = segmented.state.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.progress is None and state.explanation is None)


def test_without_a_result_or_data_nothing_is_computed(segmented):
    assert not can_explain(State())
    labels = segmented.state.result.labels.copy()
    labels[0, 0] = 0
    segmented._change(result=replace(segmented.state.result, labels=labels))
    segmented.set_look(pinned=(0, 0))
    assert not wants_explanation(segmented.state)
    assert pixel_sentences(segmented.state) == ("This pixel has no data.",)


def test_what_is_missing_is_said(segmented):
    assert pixel_sentences(State()) == ()
    state = replace(segmented.state, look=replace(segmented.state.look, pinned=(0, 0)))
    assert "Working" in pixel_sentences(state)[0]
    assert (
        "wait for its end" in pixel_sentences(replace(state, progress=Progress(Stage.FITTING)))[0]
    )
    assert "run first" in pixel_sentences(replace(state, result=None))[0]
    assert place_words(State()) == ""


def test_the_deciding_feature_is_said_in_one_sentence(explained):
    state = explained((20, 50))
    decided = Decided(3, 2, "a*", (0.34, 14.1), 9.0, is_narrower=True, prior=-1.0)
    assert sentences(state, decided=decided)[0] == (
        "Class 3 rather than Class 2, chiefly because of a* (green to red): "
        "14 sd from Class 2, 0.3 sd from Class 3."
    )
    tie = decided._replace(feature="channel 4", gain=-0.1)
    assert "more common" in sentences(state, decided=tie)[0]
    assert deviations(9.94) == "9.9 sd"


@pytest.mark.parametrize("by", [(0.4, 0.2), (0.41, 0.42)], ids=["nearer", "as near"])
def test_distances_that_speak_for_the_other_class_are_no_reason(explained, by):
    state = explained((20, 50))
    decided = Decided(3, 2, "L*", by, 1.5, is_narrower=True, prior=0.2)
    assert sentences(state, decided=decided)[0] == (
        "Class 3 rather than Class 2, chiefly because it is narrower in L* (lightness): "
        "more of its pixels are like this one."
    )
    placed = decided._replace(feature="row")
    assert "narrower in row (y): " in sentences(state, decided=placed)[0]
    wide = decided._replace(is_narrower=False)
    assert sentences(state, decided=wide)[0].endswith("because of L* (lightness).")
    common = decided._replace(prior=1.6)
    assert sentences(state, decided=common)[0] == (
        "Class 3 rather than Class 2, chiefly because it is more common."
    )


def test_the_noise_class_is_told_from_the_others_by_distance(explained):
    state = explained((20, 50))
    away = np.array([7.5, 2.5, np.nan])
    noisy = {"decided": None, "distances": away, "plain": np.array([0.0, 0.1, 0.9])}
    assert sentences(state, **noisy)[0] == "Class 3: the nearest class is 2.5 sd away."
    noisy["plain"] = np.array([0.0, 0.9, 0.1])
    assert (
        sentences(state, **noisy)[0]
        == "Class 2 rather than Class 3: it is 2.5 sd away, not too far."
    )
    assert sentences(state, decided=None, plain=np.ones(1))[0] == "There is but one class."


def test_a_pixel_unlike_all_and_without_a_value_is_said_to_be(explained):
    state = explained((20, 50))
    assert not any("Unlike" in sentence for sentence in sentences(state))
    assert any("Unlike any class" in sentence for sentence in sentences(state, rarity=1e-6))
    assert "It has no value of red." in sentences(state, lacking=("red",))


def test_what_neighbours_change_is_said(explained):
    state = explained((20, 50))
    alone = np.array([0.0, 0.2, 0.8])
    assert any(
        line == "Its neighbours raise Class 3 from 80.0% to 99.0%."
        for line in sentences(state, plain=alone, probabilities=np.array([0, 0.01, 0.99]))
    )
    assert any(
        line == "Its neighbours make it Class 2; its values alone say Class 3 (80%)."
        for line in sentences(state, plain=alone, probabilities=np.array([0, 0.9, 0.1]))
    )
    assert not any("neighbours" in line for line in sentences(state))


def test_what_gave_it_another_class_in_the_end_is_said(explained):
    state = explained((20, 50))
    likely = {"probabilities": np.array([0.9, 0.1, 0.0])}
    assert "The cut makes it Class 3." in sentences(state, **likely)
    assert not any("makes it Class 3." in line for line in sentences(state))


def test_what_is_scribbled_is_said(explained):
    state = explained((20, 50))
    said = np.zeros(state.image.shape, np.uint8)
    said[20, 50] = 1
    made_from = replace(state.made_from, scribbles=scribbles_of(said))
    (line,) = [s for s in pixel_sentences(replace(state, made_from=made_from)) if "scrib" in s]
    assert line.startswith("You scribbled it Class 1; its values alone say Class 3")
