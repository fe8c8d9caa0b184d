"""What lies over the image keeps nothing of older results alive."""

from __future__ import annotations

import gc
from dataclasses import replace
from types import FunctionType, ModuleType

import numpy as np
import pytest
from halves import grey_image, halves, state_of
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from segmenter.app.light import Corrected
from segmenter.app.pyramid import pyramid_of
from segmenter.app.sides import EM, K_MEANS, Compared, Question
from segmenter.engine.overlay import View
from segmenter.ui.layers import Frame, Layers
from segmenter.ui.tile_cache import Allowance
from segmenter.ui.view_transform import ViewTransform

SCREEN = QSize(120, 80)
COMPARED_SIDES = (EM, K_MEANS)


def paint(layers, state):
    canvas = QImage(SCREEN, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    whole = QRectF(QRect(QPoint(0, 0), SCREEN))
    layers.paint(painter, state, Frame(ViewTransform(2.0), SCREEN, whole, 1.0, Allowance()))
    painter.end()


def with_look(state, **changes):
    return replace(state, look=replace(state.look, **changes))


def holds(holder, wanted):
    """Whether an object can be reached from another."""
    known, ahead = {id(holder)}, [holder]
    while ahead:
        each = ahead.pop()
        if each is wanted:
            return True
        if not isinstance(each, type | ModuleType | FunctionType):
            found = [one for one in gc.get_referents(each) if id(one) not in known]
            known.update(map(id, found))
            ahead += found
    return False


def with_all(image):
    """Return a state of an image with all that can be shown, and the divider."""
    result = replace(halves(), shading=np.ones((40, 60), np.float32))
    state = state_of(image, result, divided=True, sides=COMPARED_SIDES)
    question = Question(image, result, COMPARED_SIDES, (None, None), None)
    compared = Compared(question, {K_MEANS: result.labels.copy()}, 2)
    return replace(state, compared=compared, corrected=Corrected(result, pyramid_of(image)))


@pytest.fixture
def before():
    return with_all(grey_image())


@pytest.mark.parametrize(
    "ways",
    [
        [{"divided": False}],
        [{"outlined": True}],
        [{"outlined": True}, {"outlined": False}],
        [{"view": View.IMAGE}],
        [{"overlay_hidden": True}],
    ],
    ids=["one side", "outlines", "areas", "image", "hidden"],
)
def test_what_is_not_painted_lets_go_of_an_older_result(before, ways):
    layers, shown = Layers(), before
    older = before.result, before.compared.maps[K_MEANS]
    paint(layers, shown)
    assert all(holds(layers, each) for each in older)
    for changes in ways:
        shown = with_look(shown, **changes)
        paint(layers, shown)
    paint(layers, replace(with_all(shown.image), look=shown.look))
    assert not any(holds(layers, each) for each in older)


def test_an_older_image_in_even_light_is_let_go(before):
    layers, older = Layers(), before.corrected
    shown = with_look(before, divided=False, view=View.CORRECTED)
    paint(layers, shown)
    shown = with_look(shown, view=View.LABELS)
    paint(layers, shown)
    assert holds(layers, older.shown)
    paint(layers, replace(with_all(shown.image), look=shown.look))
    assert not holds(layers, older.shown)


def test_what_is_painted_again_with_the_same_result_is_remembered(before):
    layers, shown = Layers(), with_look(before, divided=False)
    paint(layers, shown)
    paint(layers, with_look(shown, outlined=True))
    filled = layers._sides[0]._filled
    assert holds(filled, before.result)
