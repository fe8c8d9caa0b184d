"""The image in even light comes when it is to be seen, once for every result, and not before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from driving import show_image
from PySide6.QtWidgets import QApplication

from segmenter.app import tasks
from segmenter.app.light import has_light, is_corrected, light_at
from segmenter.app.pyramid import Tile, pyramid_of
from segmenter.engine.corrected import corrected
from segmenter.engine.overlay import View
from segmenter.engine.types import SegmenterError


@pytest.fixture
def lit(segmented):
    """A session whose result has uneven light."""
    result = segmented.state.result
    light = np.linspace(0.8, 1.2, result.labels.size, dtype=np.float32)
    segmented._change(result=replace(result, shading=light.reshape(result.labels.shape)))
    return segmented


@pytest.fixture
def asked(monkeypatch):
    """The results by which an image was corrected."""
    results, correct = [], tasks.correct

    def watched(image, result):
        results.append(result)
        return correct(image, result)

    monkeypatch.setattr(tasks, "correct", watched)
    return results


def test_nothing_is_corrected_unasked_or_without_light(segmented, asked):
    segmented.set_look(view=View.SHADING)
    segmented.set_look(view=View.CORRECTED)
    QApplication.processEvents()
    assert not asked
    assert not has_light(segmented.state)


def test_the_image_without_the_light_comes_once(lit, wait, asked):
    lit.set_look(view=View.CORRECTED)
    state = wait(lit, is_corrected)
    even = replace(state.image, pixels=corrected(state.image, state.result))
    assert state.corrected.shown.copies[0] == pyramid_of(even).copies[0]
    lit.set_look(view=View.LABELS)
    QApplication.processEvents()
    lit.set_look(view=View.CORRECTED)
    QApplication.processEvents()
    assert asked == [state.result]


def test_that_of_another_result_takes_its_place(lit, wait, asked):
    lit.set_look(view=View.CORRECTED)
    first = wait(lit, is_corrected)
    lit._change(result=replace(first.result))
    assert lit.state.corrected is first.corrected
    wait(lit, is_corrected)
    assert len(asked) == 2


def test_what_is_of_another_result_or_image_is_forgotten(lit, wait, image):
    lit.set_look(view=View.CORRECTED)
    state = wait(lit, is_corrected)
    lit.set_look(view=View.LABELS)
    lit._change(result=replace(state.result))
    wait(lit, lambda state: state.corrected is None)
    lit.set_look(view=View.CORRECTED)
    wait(lit, is_corrected)
    show_image(lit, replace(image))
    assert lit.state.corrected is None


def test_what_fails_is_said_and_not_tried_again(lit, wait, monkeypatch):
    tried = []

    def refused(image, result):
        tried.append(result)
        raise SegmenterError("No light today.")
        yield

    monkeypatch.setattr(tasks, "correct", refused)
    lit.set_look(view=View.CORRECTED)
    wait(lit, lambda state: state.failure == "No light today.")
    lit.dismiss_failure()
    QApplication.processEvents()
    assert len(tried) == 1


def test_values_that_the_settings_call_missing_are_shown_as_no_data(lit, wait):
    state = lit.state
    pixels = state.image.pixels.astype(np.float32)
    pixels[3, 4] = -1
    floats = replace(state.image, pixels=pixels)
    settings = state.inputs.settings.model_copy(update={"no_data": -1.0})
    lit._change(image=floats, result=replace(state.result, settings=settings))
    lit.set_look(view=View.CORRECTED)
    shown = wait(lit, is_corrected).corrected.shown.picture(Tile(0, 0, 0))
    assert shown.pixelColor(4, 3).alpha() == 0
    assert shown.pixelColor(5, 3).alpha() == 255


def test_light_is_told_where_a_view_is_about_it(lit):
    assert light_at(lit.state, 0, 0) is None
    for view in (View.SHADING, View.CORRECTED):
        lit.set_look(view=view)
        assert light_at(lit.state, 0, 0) == pytest.approx(0.8)
