"""What is said about a result: doubts that a user should know."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from segmenter.engine.iterate import Fit
from segmenter.engine.kept import Plain
from segmenter.engine.notes import doubts_on
from segmenter.engine.pipeline import segment
from segmenter.engine.refine import Refined
from segmenter.engine.settings import Settings, Spatial
from segmenter.engine.types import Mixture


@pytest.fixture
def speckled():
    """Two kinds of pixel, anywhere: neighbours have nothing in common."""
    random = np.random.default_rng(0)
    kinds = random.random((48, 48)) < 0.4
    return random.normal(np.where(kinds, 140, 100), 5).astype(np.float32)


def test_a_field_that_overrules_the_pixels_is_told(speckled):
    found = segment(speckled, Settings(components=2, spatial="field", spatial_strength=40))
    (note,) = found.notes
    assert "of the pixels are of another class than by their own values" in note
    assert "spatial strength" in note


@pytest.mark.parametrize("spatial", ["none", "field", "chain"])
def test_a_model_that_agrees_with_the_pixels_is_not_doubted(image, spatial):
    assert not segment(image, Settings(components=3, spatial=spatial)).notes


MIXTURE = Mixture(np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))


def doubts(spatial, objective, labels):
    """The doubts on a model beside a plain mixture of -1 nats, of one 2 after nine 1."""
    run = SimpleNamespace(
        settings=Settings(spatial=spatial), scribbles=np.zeros(10),
        most_probable=lambda _: np.array([1] * 9 + [2], np.uint8),
        image=SimpleNamespace(valid=np.ones(10, bool)),
        samples=None, form=None,
    )  # fmt: skip
    plain = Plain(Fit(MIXTURE, (-2.0, -1.0)))
    return doubts_on(run, plain, Refined(MIXTURE, (objective,)), np.asarray(labels, np.uint8))


def test_a_chain_less_likely_than_the_plain_mixture_says_so():
    labels = [1] * 9 + [2]
    assert not doubts(Spatial.CHAIN, -0.9, labels)
    (doubt,) = doubts(Spatial.CHAIN, -1.1, labels)
    assert "less likely" in doubt
    assert not doubts(Spatial.FIELD, -1.1, labels)


def test_more_than_three_in_ten_pixels_of_another_class_are_told():
    assert not doubts(Spatial.FIELD, 0, [1] * 7 + [2] * 3)
    (doubt,) = doubts(Spatial.FIELD, 0, [1] * 5 + [2] * 5)
    assert "40%" in doubt


def test_classes_that_only_changed_their_numbers_are_no_difference():
    assert not doubts(Spatial.FIELD, 0, [2] * 9 + [1])


OF_A_FIELD = {"spatial_strength": 1.5, "contrast": True, "cut": True}


@pytest.mark.parametrize("spatial", ["none", "chain"])
def test_what_counts_only_in_a_field_is_told_without_one(image, spatial):
    found = segment(image, Settings(components=2, spatial=spatial, **OF_A_FIELD))
    told = [f"'{name}' counts only with spatial 'field'." for name in OF_A_FIELD]
    assert [note for note in found.notes if "counts only" in note] == told


def test_what_counts_in_a_field_is_not_told_with_one(image):
    found = segment(image, Settings(components=2, spatial="field", **OF_A_FIELD))
    assert not any("counts only" in note for note in found.notes)


@pytest.mark.parametrize(
    ("join", "is_scribbled", "is_told"),
    [("none", False, True), ("1+2", False, True), ("entropy", False, False), ("none", True, False)],
)
def test_a_number_of_classes_that_counts_for_nothing_is_told(image, join, is_scribbled, is_told):
    scribbles = np.zeros(np.shape(image)[:2], np.uint8)
    scribbles[0, 0] = is_scribbled
    found = segment(image, Settings(components=3, classes=2, join=join), scribbles=scribbles)
    told = "'classes' counts only with join 'entropy' or with scribbles." in found.notes
    assert told is is_told
