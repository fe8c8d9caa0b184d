"""k-means comes when it is to be seen, once for every result, and not before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app import tasks
from segmenter.app.state import Layer, describe_comparison, is_compared
from segmenter.engine.compare import beside
from segmenter.engine.overlay import View
from segmenter.engine.types import SegmenterError

SIDES = (Layer.EM, Layer.K_MEANS)


@pytest.fixture
def asked(monkeypatch):
    """The results for which k-means was run."""
    results, compare = [], tasks.compare

    def watched(image, result):
        results.append(result)
        return compare(image, result)

    monkeypatch.setattr(tasks, "compare", watched)
    return results


def test_nothing_is_compared_unasked(segmented, asked):
    segmented.set_look(view=View.UNCERTAINTY)
    segmented.set_look(sides=(Layer.EM, Layer.IMAGE))
    QApplication.processEvents()
    assert not asked


@pytest.mark.parametrize("look", [{"sides": SIDES}, {"view": View.DIFFERENCES}], ids=str)
def test_k_means_comes_and_is_told_of(segmented, wait, asked, look):
    segmented.set_look(**look)
    state = wait(segmented, is_compared)
    expected = beside(state.image, state.result)
    np.testing.assert_array_equal(state.comparison.labels, expected.labels)
    assert state.notice == describe_comparison(expected)
    assert asked == [state.result]


def test_it_is_told_of_again_but_not_computed_again(segmented, wait, asked):
    segmented.set_look(sides=SIDES)
    wait(segmented, is_compared)
    segmented.set_look(sides=None)
    QApplication.processEvents()
    segmented.say("something else")
    segmented.set_look(sides=SIDES)
    words = describe_comparison(segmented.state.comparison)
    wait(segmented, lambda state: state.notice == words)
    assert len(asked) == 1


def test_another_result_is_compared_in_its_turn(segmented, wait, asked):
    segmented.set_look(sides=SIDES)
    first = wait(segmented, is_compared)
    settings = first.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.result is not first.result and is_compared(state))
    assert len(asked) == 2


def test_another_image_has_no_comparison(segmented, wait, image):
    segmented.set_look(sides=SIDES)
    wait(segmented, is_compared)
    show_image(segmented, replace(image))
    assert segmented.state.comparison is None


def test_what_is_of_another_result_is_forgotten_when_nobody_looks(segmented, wait):
    segmented.set_look(sides=SIDES)
    comparison = wait(segmented, is_compared).comparison
    segmented.show_comparison(replace(comparison, result=replace(comparison.result)))
    segmented.set_look(sides=None)
    wait(segmented, lambda state: state.comparison is None)


def test_what_fails_is_said_and_not_tried_again(segmented, wait, monkeypatch):
    tried = []

    def refused(image, result):
        tried.append(result)
        raise SegmenterError("No k-means today.")
        yield

    monkeypatch.setattr(tasks, "compare", refused)
    segmented.set_look(sides=SIDES)
    wait(segmented, lambda state: state.failure == "No k-means today.")
    segmented.dismiss_failure()
    segmented.set_look(opacity=0.7)
    QApplication.processEvents()
    assert len(tried) == 1
    assert not segmented.state.failure


def test_nobody_hears_of_its_changes_before_that_which_they_follow(segmented, wait):
    heard = []
    segmented.changed.connect(lambda before, after: heard.append((before, after)))
    segmented.set_look(sides=SIDES)
    wait(segmented, is_compared)
    segmented.set_look(sides=None)
    QApplication.processEvents()
    segmented.say("something else")
    segmented.set_look(sides=SIDES)
    wait(segmented, lambda state: "k-means" in state.notice)
    assert all(one[1] is other[0] for one, other in pairwise(heard))


@pytest.mark.parametrize(
    ("differing", "words"),
    [(0, "in 0.0% of"), (1, "in less than 0.1% of"), (40, "in 0.4% of"), (1234, "in 12.3% of")],
)
def test_the_share_is_said_in_words(segmented, differing, words):
    state = segmented.state
    counts = np.array([[10_000 - differing, differing], [0, 0]])
    found = replace(beside(state.image, state.result), counts=counts)
    assert words in describe_comparison(found)


def test_other_news_stay(segmented, wait):
    segmented.set_look(sides=SIDES)
    wait(segmented, is_compared)
    QApplication.processEvents()
    segmented.say("something else")
    QApplication.processEvents()
    assert segmented.state.notice == "something else"
