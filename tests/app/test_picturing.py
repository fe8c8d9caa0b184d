"""Pictures of the numbers of components come when numbers have been tried."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app import picturing
from segmenter.app.choices import PICTURE_SIDE, Pictures, pictured, preview_of
from segmenter.engine.settings import Settings


@pytest.fixture
def chosen(segmented, wait):
    segmented.edit("Auto", settings=Settings(components="auto", most_components=4))
    segmented.run()
    wait(segmented, lambda state: state.pictures is not None)
    return segmented


def test_every_candidate_has_one(chosen):
    state = chosen.state
    assert state.pictures.choices is state.choices
    for candidate, seen in zip(state.choices.candidates, state.pictures.maps, strict=True):
        np.testing.assert_array_equal(seen, preview_of(state.choices, candidate))


def test_they_are_small(chosen):
    choices = chosen.state.choices
    rows, columns = 400, 1000
    index = np.zeros((rows, columns), np.int32)
    large = replace(
        choices,
        shape=(rows, columns),
        candidates=tuple(replace(tried, index=index) for tried in choices.candidates),
    )
    *_, last = pictured_maps(large)
    assert max(last.shape) <= PICTURE_SIDE
    assert last.shape[1] > PICTURE_SIDE / 2


def pictured_maps(choices):
    making = pictured(choices)
    while True:
        try:
            next(making)
        except StopIteration as end:
            return end.value.maps


def test_they_are_made_once(chosen, wait, monkeypatch):
    made = []
    monkeypatch.setattr(picturing, "pictured", made.append)
    chosen.choose_components(2)
    wait(chosen, lambda state: state.progress is None)
    assert not made


def test_none_comes_after_all_work_was_given_up(segmented, wait, monkeypatch):
    begun, is_open = Event(), Event()

    def slow(choices):
        begun.set()
        while not is_open.is_set():
            yield
        return Pictures(choices, ())

    monkeypatch.setattr(picturing, "pictured", slow)
    segmented.edit("Auto", settings=Settings(components="auto", most_components=2))
    segmented.run()
    wait(segmented, lambda state: begun.is_set())
    segmented.cancel()
    is_open.set()
    assert segmented.lanes.come_to_rest()
    QApplication.processEvents()
    assert segmented.state.pictures is None


def test_another_image_has_none(chosen, image):
    show_image(chosen, replace(image))
    assert chosen.state.pictures is None
