"""What follows the state asks once, for what is wanted now, and is not misled by late answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from segmenter.app import tasks
from segmenter.app.explained import is_explained
from segmenter.app.listing import Listing
from segmenter.engine.overlay import View
from segmenter.engine.settings import Settings
from segmenter.engine.types import SegmenterError

LOOKS = {
    "corrected": {"view": View.CORRECTED},
    "regions": {"lists_regions": True},
    "compared": {"divided": True},
    "explanation": {"pinned": (20, 50)},
}


@pytest.fixture
def lit(segmented):
    """A session whose result has uneven light."""
    result = segmented.state.result
    light = np.linspace(0.8, 1.2, result.labels.size, dtype=np.float32)
    segmented._change(result=replace(result, shading=light.reshape(result.labels.shape)))
    QApplication.processEvents()
    return segmented


def come_though_untold(session):
    """Let what is asked for be there on its lane, and the session not have heard of it."""
    QApplication.processEvents()
    assert session.lanes.come_to_rest()


@pytest.mark.parametrize("part", LOOKS)
def test_an_answer_about_the_image_before_never_comes_beside_another(lit, image, part):
    lit.set_look(**LOOKS[part])
    come_though_untold(lit)
    show_image(lit, replace(image))
    seen = []
    lit.changed.connect(lambda _, after: seen.append(getattr(after, part)))
    QApplication.processEvents()
    assert not any(seen)


@pytest.mark.parametrize("part", LOOKS)
def test_an_answer_about_another_result_never_comes_beside_this(lit, part):
    lit.set_look(**LOOKS[part])
    come_though_untold(lit)
    lit._change(result=replace(lit.state.result, labels=lit.state.result.labels.copy()))
    seen = []
    lit.changed.connect(lambda _, after: seen.append(getattr(after, part)))
    QApplication.processEvents()
    assert not any(seen)


def test_pictures_of_the_image_before_never_come_beside_another(segmented, image, wait):
    segmented.edit("Auto", settings=Settings(components="auto", most_components=2))
    segmented.run()
    choices = wait(segmented, lambda state: state.choices is not None).choices
    wait(segmented, lambda state: state.pictures is not None)
    segmented._change(choices=replace(choices))
    come_though_untold(segmented)
    show_image(segmented, replace(image))
    seen = []
    segmented.changed.connect(lambda _, after: seen.append(after.pictures))
    QApplication.processEvents()
    assert not any(seen)


def test_a_failure_about_the_image_before_is_not_told(lit, image, monkeypatch):
    def refused(*_):
        raise SegmenterError("No light today.")
        yield

    monkeypatch.setattr(tasks, "correct", refused)
    lit.set_look(view=View.CORRECTED)
    come_though_untold(lit)
    show_image(lit, replace(image))
    QApplication.processEvents()
    assert not lit.state.failure


def test_what_is_wanted_again_before_it_is_heard_that_it_was_not_comes(segmented, wait):
    segmented.set_look(lists_regions=True)
    come_though_untold(segmented)
    listing = next(one for one in segmented._followers if isinstance(one, Listing))
    segmented.set_look(lists_regions=False)
    QCoreApplication.sendPostedEvents(listing._runner)
    segmented.set_look(lists_regions=True)
    wait(segmented, lambda state: state.regions is not None)


def test_what_failed_while_it_was_not_wanted_is_tried_again(segmented, wait, monkeypatch):
    def refused(*_):
        raise SegmenterError("No list today.")
        yield

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "list_regions", refused)
        segmented.set_look(lists_regions=True)
        come_though_untold(segmented)
    listing = next(one for one in segmented._followers if isinstance(one, Listing))
    segmented.set_look(lists_regions=False)
    QCoreApplication.sendPostedEvents(listing._runner)
    segmented.set_look(lists_regions=True)
    wait(segmented, lambda state: state.regions is not None)


def test_what_is_there_stays_when_it_is_wanted_again(segmented, wait):
    segmented.set_look(pinned=(20, 50))
    known = wait(segmented, is_explained).explanation
    segmented.set_look(pinned=(0, 0))
    come_though_untold(segmented)
    segmented.set_look(pinned=(20, 50))
    QApplication.processEvents()
    assert segmented.state.explanation is known
