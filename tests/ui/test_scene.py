"""Image and overlay on the screen: dragged, they look as if painted anew; zoomed, soon well."""

from dataclasses import replace

import numpy as np
import pytest
from halves import grey_image, halves, state_of
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from segmenter.app.sides import EM, IMAGE
from segmenter.engine.overlay import View
from segmenter.engine.types import Image
from segmenter.ui import painting, tile_cache
from segmenter.ui.scene import Scene
from segmenter.ui.view_transform import ViewTransform

SCREEN = QSize(160, 120)
STEPS = [(3, 2), (-40, 0), (11, -25), (0, 7)]


@pytest.fixture(autouse=True)
def time_for_all_tiles(monkeypatch):
    monkeypatch.setattr(tile_cache.Allowance.__init__, "__defaults__", (60.0,))


def painted(scene, state, view, ratio=1.0):
    canvas = QImage(SCREEN, QImage.Format.Format_RGB32)
    painter = QPainter(canvas)
    greys = painting.LIGHT
    scene.paint(painter, state, view, screen=SCREEN, ratio=ratio, greys=greys)
    painter.end()
    pixels = np.frombuffer(canvas.constBits(), np.uint8)
    return pixels.reshape(SCREEN.height(), SCREEN.width(), 4)[:, :, :3].astype(int)


def noise(rows=400, columns=600):
    pixels = np.random.default_rng(0).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    valid = np.ones((rows, columns), bool)
    valid[100:150] = False
    return Image(pixels, valid, ("red", "green", "blue"), 8)


@pytest.fixture
def shown():
    labels = np.random.default_rng(1).integers(1, 3, (400, 600), dtype=np.uint8)
    return state_of(noise(), replace(halves(400, 600), labels=labels))


def looks(state, **changes):
    return replace(state, look=replace(state.look, **changes))


@pytest.mark.parametrize("scale", [0.2, 0.6, 1.0, 1.3, 8.0])
@pytest.mark.parametrize(
    "change",
    [
        {},
        {"outlined": True},
        {"view": View.UNCERTAINTY},
        {"divided": True, "sides": (EM, IMAGE), "divider": 0.4},
    ],
    ids=["labels", "outlines", "uncertainty", "divided"],
)
def test_dragged_it_looks_as_if_painted_anew(qapp, shown, scale, change):
    state, view, scene = looks(shown, **change), ViewTransform(scale, -31.0, -17.0), Scene()
    painted(scene, state, view)
    for step in STEPS:
        view = view.moved(*step)
        while_dragged = painted(scene, state, view)
    anew = painted(Scene(), state, view)
    difference = np.abs(while_dragged - anew)
    # Between pixels the positions are rounded anew for every part.
    assert difference.mean() < (0.5 if scale < 1 else 0.01)
    assert np.quantile(difference, 0.999) <= (20 if scale < 1 else 0)


def test_a_zoom_in_quick_steps_is_painted_roughly_and_well_at_the_end(qapp, qtbot, shown):
    scene, view = Scene(), ViewTransform(0.6)
    state = looks(shown, view=View.IMAGE)
    well = painted(Scene(), state, view)
    scene.hurry()
    scene.hurry()
    rough = painted(scene, state, view)
    assert np.abs(rough - well).mean() > 1
    with qtbot.waitSignal(scene.improvable):
        pass
    for _ in range(5):
        last = painted(scene, state, view)
    assert np.abs(last - well).mean() < 0.5


def test_one_step_of_a_zoom_is_painted_well_at_once(qapp, shown):
    scene, view = Scene(), ViewTransform(0.6)
    scene.hurry()
    np.testing.assert_array_equal(painted(scene, shown, view), painted(Scene(), shown, view))


def test_hidden_or_another_overlay_is_seen_once_it_is_said(qapp):
    state, scene, view = state_of(grey_image(), halves()), Scene(), ViewTransform(1.0)
    coloured = painted(scene, state, view)
    scene.clear()
    plain = painted(scene, looks(state, overlay_hidden=True), view)
    assert (plain != coloured).any()
    surround = QColor(painting.LIGHT.surround)
    assert (plain[-1, -1] == (surround.blue(), surround.green(), surround.red())).all()
