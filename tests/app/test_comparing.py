"""k-means comes when it is to be seen, once for every result, and not before."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app import tasks
from segmenter.app.sides import EM, IMAGE, K_MEANS, describe_difference, is_compared
from segmenter.engine.compare import beside
from segmenter.engine.overlay import View
from segmenter.engine.types import SegmenterError


@pytest.fixture
def asked(monkeypatch):
    """The results for which k-means was run."""
    results, compare = [], tasks.compare

    def watched(question, known):
        results.append(question.result)
        return compare(question, known)

    monkeypatch.setattr(tasks, "compare", watched)
    return results


def test_nothing_is_compared_unasked(segmented, asked):
    segmented.set_look(view=View.UNCERTAINTY)
    segmented.set_look(sides=(EM, IMAGE))
    QApplication.processEvents()
    assert not asked


@pytest.mark.parametrize("look", [{"divided": True}, {"view": View.DIFFERENCES}], ids=str)
def test_k_means_comes_and_is_told_of(segmented, wait, asked, look):
    segmented.set_look(**look)
    state = wait(segmented, is_compared)
    expected = beside(state.image, state.result)
    np.testing.assert_array_equal(state.compared.maps[K_MEANS], expected.labels)
    np.testing.assert_array_equal(state.compared.differs, expected.differs)
    assert (state.compared.count, state.compared.share) == (expected.count, expected.share)
    assert state.notice == describe_difference(state.compared, state)
    assert asked == [state.result]


def test_it_is_told_of_again_but_not_computed_again(segmented, wait, asked):
    segmented.set_look(divided=True)
    wait(segmented, is_compared)
    segmented.set_look(divided=False)
    QApplication.processEvents()
    segmented.say("something else")
    segmented.set_look(divided=True)
    words = describe_difference(segmented.state.compared, segmented.state)
    wait(segmented, lambda state: state.notice == words)
    assert len(asked) == 1


def test_another_result_is_compared_in_its_turn(segmented, wait, asked):
    segmented.set_look(divided=True)
    first = wait(segmented, is_compared)
    settings = first.inputs.settings.model_copy(update={"components": 2})
    segmented.edit("Components", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.result is not first.result and is_compared(state))
    assert len(asked) == 2


def test_another_image_has_no_comparison(segmented, wait, image):
    segmented.set_look(divided=True)
    wait(segmented, is_compared)
    show_image(segmented, replace(image))
    assert segmented.state.compared is None


def test_what_is_of_another_result_is_forgotten_when_nobody_looks(segmented, wait):
    segmented.set_look(divided=True)
    compared = wait(segmented, is_compared).compared
    other = compared.question._replace(result=replace(compared.question.result))
    segmented.show_compared(replace(compared, question=other))
    segmented.set_look(divided=False)
    wait(segmented, lambda state: state.compared is None)


def test_what_fails_is_said_and_not_tried_again(segmented, wait, monkeypatch):
    tried = []

    def refused(question, known):
        tried.append(question)
        raise SegmenterError("No k-means today.")
        yield

    monkeypatch.setattr(tasks, "compare", refused)
    segmented.set_look(divided=True)
    wait(segmented, lambda state: state.failure == "No k-means today.")
    segmented.dismiss_failure()
    segmented.set_look(opacity=0.7)
    QApplication.processEvents()
    assert len(tried) == 1
    assert not segmented.state.failure


def test_nobody_hears_of_its_changes_before_that_which_they_follow(segmented, wait):
    heard = []
    segmented.changed.connect(lambda before, after: heard.append((before, after)))
    segmented.set_look(divided=True)
    wait(segmented, is_compared)
    segmented.set_look(divided=False)
    QApplication.processEvents()
    segmented.say("something else")
    segmented.set_look(divided=True)
    wait(segmented, lambda state: "k-means" in state.notice)
    assert all(one[1] is other[0] for one, other in pairwise(heard))


def test_other_news_stay(segmented, wait):
    segmented.set_look(divided=True)
    wait(segmented, is_compared)
    QApplication.processEvents()
    segmented.say("something else")
    QApplication.processEvents()
    assert segmented.state.notice == "something else"


@pytest.mark.parametrize(
    "look", [{"divided": False}, {"sides": (EM, IMAGE)}], ids=["undivided", "plain image"]
)
def test_the_count_goes_with_what_it_was_counted_in(segmented, wait, look):
    segmented.set_look(divided=True)
    told = wait(segmented, lambda state: is_compared(state) and "differ in" in state.notice)
    assert told.notice == describe_difference(told.compared, told)
    segmented.set_look(**look)
    wait(segmented, lambda state: not state.notice)
