"""Outlines: the borders of classes and nothing else, each class in its colour on its side."""

from dataclasses import replace

import numpy as np
import pytest
from halves import CLASSES, GREEN, GREY, RED, grey_image, halves, state_of
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from segmenter.app.sides import EM, K_MEANS
from segmenter.app.state import Look
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.overlay import View
from segmenter.ui import outline_layer
from segmenter.ui.canvas import Canvas
from segmenter.ui.layers import Frame
from segmenter.ui.outline_layer import OutlineLayer
from segmenter.ui.overlay_source import source_of
from segmenter.ui.tile_cache import Allowance
from segmenter.ui.view_transform import ViewTransform

BARE = (0, 0, 0)
WHOLE = QRect(0, 0, 300, 200)


def frame(view, ratio=1.0, is_rough=False):
    return Frame(view, WHOLE.size(), QRectF(WHOLE), ratio, Allowance(), is_rough)


def row_of(state, view, *, target=None, ratio=1.0, layer=None):
    """Colours along the middle of the screen, black where nothing is drawn."""
    target = target or QRect(0, 0, 300, 200)
    screen = QImage(300, 200, QImage.Format.Format_RGB32)
    screen.fill(0)
    painter = QPainter(screen)
    source = source_of(EM, state)
    (layer or OutlineLayer()).paint(painter, state, source, frame(view, ratio), target=target)
    painter.end()
    return [screen.pixelColor(x, 100).getRgb()[:3] for x in range(300)]


def drawn(row):
    return {x: colour for x, colour in enumerate(row) if colour != BARE}


@pytest.fixture
def shown():
    return state_of(grey_image(), halves(), outlined=True)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (1.0, {149: RED, 150: GREEN}),
        (2.0, {148: RED, 149: RED, 150: GREEN, 151: GREEN}),
    ],
)
def test_a_border_is_a_line_on_each_side(shown, ratio, expected):
    assert drawn(row_of(shown, ViewTransform(5.0), ratio=ratio)) == expected


@pytest.mark.parametrize(("scale", "at"), [(40.0, 200), (0.5, 15), (3.3, 99)])
def test_lines_are_as_thin_at_any_zoom(shown, scale, at):
    view = ViewTransform(scale, at - 30 * scale, -20 * scale + 100)
    whole = view.to_screen(_image()).toRect() & QRect(0, 0, 300, 200)
    assert drawn(row_of(shown, view, target=whole)) == {at - 1: RED, at: GREEN}


def _image():
    from PySide6.QtCore import QRectF

    return QRectF(0, 0, 60, 40)


def test_a_line_at_the_rim_of_its_part_is_there(shown):
    left = row_of(shown, ViewTransform(5.0), target=QRect(0, 0, 150, 200))
    right = row_of(shown, ViewTransform(5.0), target=QRect(150, 0, 150, 200))
    assert (drawn(left), drawn(right)) == ({149: RED}, {150: GREEN})


def test_lines_run_down_as_well_as_across():
    labels = np.ones((40, 60), np.uint8)
    labels[20:] = 2
    state = state_of(grey_image(), replace(halves(), labels=labels))
    row = row_of(state, ViewTransform(5.0))
    assert set(row) == {GREEN}


def test_no_data_and_hidden_classes_have_no_line(shown):
    hidden = (CLASSES[0], replace(CLASSES[1], visible=False))
    state = replace(shown, inputs=replace(shown.inputs, classes=hidden))
    assert drawn(row_of(state, ViewTransform(5.0))) == {149: RED}
    labels = halves().labels.copy()
    labels[:, 30:] = 0
    state = replace(shown, result=replace(shown.result, labels=labels))
    assert drawn(row_of(state, ViewTransform(5.0))) == {149: RED}


def test_lines_follow_the_labels_the_colours_and_the_place(shown):
    layer = OutlineLayer()
    row_of(shown, ViewTransform(5.0), layer=layer)
    blue = (replace(CLASSES[0], colour=(0, 0, 255)), CLASSES[1])
    recoloured = replace(shown, inputs=replace(shown.inputs, classes=blue))
    assert row_of(recoloured, ViewTransform(5.0), layer=layer)[149] == (0, 0, 255)
    assert row_of(shown, ViewTransform(5.0, -10), layer=layer)[139] == RED
    plain = replace(shown, result=replace(shown.result, labels=np.ones((40, 60), np.uint8)))
    assert not drawn(row_of(plain, ViewTransform(5.0, -10), layer=layer))


def noisy(share):
    """Halves of 200 x 300 pixels, some of which are of the other class."""
    result = halves(200, 300)
    flipped = np.random.default_rng(0).random((200, 300)) < share
    labels = np.where(flipped, 3 - result.labels, result.labels).astype(np.uint8)
    state = state_of(grey_image(200, 300), replace(result, labels=labels), outlined=True)
    return state, labels


def lines_of(state, view=ViewTransform(), *, layer=None, targets=(WHOLE,), **more):  # noqa: B008
    """(200, 300) bool: where lines are."""
    screen = QImage(300, 200, QImage.Format.Format_RGB32)
    screen.fill(0)
    painter, layer = QPainter(screen), layer or OutlineLayer()
    for target in targets:
        source = source_of(EM, state)
        layer.paint(painter, state, source, frame(view, **more), target=target)
    painter.end()
    seen = np.frombuffer(screen.constBits(), np.uint8).reshape(200, 300, 4)[:, :, :3]
    return seen.any(axis=2)


def test_specks_have_no_lines_where_they_are_many():
    state, _ = noisy(0.05)
    layer = OutlineLayer()
    lines = lines_of(state, layer=layer)
    assert layer.leaves_out
    assert lines[:, 148:152].mean() > 0.4
    assert lines[:, :140].mean() < 0.01


def test_a_few_specks_have_their_lines():
    state, labels = noisy(0.001)
    layer = OutlineLayer()
    lines = lines_of(state, layer=layer)
    assert not layer.leaves_out
    assert lines[labels != halves(200, 300).labels].all()


def test_specks_that_are_enlarged_have_their_lines():
    state, labels = noisy(0.05)
    layer = OutlineLayer()
    lines = lines_of(state, ViewTransform(4.0), layer=layer)
    assert not layer.leaves_out
    flipped = labels[:50, :75] != halves(200, 300).labels[:50, :75]
    assert lines.reshape(50, 4, 75, 4).any(axis=(1, 3))[flipped].all()


def with_a_line():
    """Specks, and a line that is long but thin: whole it is no speck, cut up it might be one."""
    state, labels = noisy(0.12)
    labels = np.where(labels > 0, 1, labels).astype(np.uint8)
    labels[np.random.default_rng(1).random(labels.shape) < 0.1] = 2
    labels[98:103] = 1
    labels[100, 20:280] = 2
    return replace(state, result=replace(state.result, labels=labels))


@pytest.mark.parametrize("ratio", [1.0, 2.0, 3.0])
@pytest.mark.parametrize("made", [lambda: noisy(0.12)[0], with_a_line], ids=["noise", "line"])
def test_lines_are_the_same_however_the_screen_is_parted(made, ratio):
    state = made()
    strips = [QRect(0, top, 300, 7) for top in range(0, 200, 7)]
    strips[-1].setBottom(199)
    upright = [QRect(left, 0, 10, 200) for left in range(0, 300, 10)]
    whole = lines_of(state, ratio=ratio)
    assert whole.any()
    np.testing.assert_array_equal(lines_of(state, targets=strips, ratio=ratio), whole)
    np.testing.assert_array_equal(lines_of(state, targets=upright, ratio=ratio), whole)


def test_a_speck_at_the_edge_of_the_image_is_as_large_as_elsewhere():
    state, labels = noisy(0.05)
    lines = lines_of(state)
    rim = np.ones(labels.shape, np.bool_)
    rim[1:-1, 1:-1] = False
    rim[:, 140:160] = False
    assert lines[rim].mean() < 0.04


def test_the_crowd_is_looked_for_once_for_all_places(monkeypatch):
    looks = []
    look = outline_layer._is_crowded
    monkeypatch.setattr(
        outline_layer, "_is_crowded", lambda *args: (looks.append(args), look(*args))[1]
    )
    state, _ = noisy(0.05)
    layer = OutlineLayer()
    for left in (0.0, -5.0, -9.0):
        lines_of(state, ViewTransform(1.0, left), layer=layer)
    lines_of(state, ViewTransform(0.9), layer=layer)
    assert len(looks) == 2


def test_a_rough_painting_stretches_the_last_lines_with_the_image():
    state, _ = noisy(0.0)
    layer = OutlineLayer()
    lines = lines_of(state, layer=layer)
    left_half = lines_of(state, ViewTransform(2.0, -150), layer=layer, is_rough=True)
    np.testing.assert_array_equal(left_half[:, ::2], np.repeat(lines[:100, 75:225], 2, axis=0))
    well = lines_of(state, ViewTransform(2.0, -150), layer=layer)
    assert well.sum() < left_half.sum(), "lines are as thin as ever once there is time"


def test_with_no_lines_to_stretch_a_rough_painting_is_a_good_one():
    state, _ = noisy(0.0)
    np.testing.assert_array_equal(lines_of(state, is_rough=True), lines_of(state))


def test_the_canvas_says_what_is_left_out(canvas):
    crowded, plain = noisy(0.05)[0], noisy(0.0)[0]
    canvas.show_state(canvas._state, crowded)
    canvas.grab()
    assert canvas._scene.leaves_out
    left_out = canvas.grab().toImage().pixelColor(20, 180)
    assert left_out != QColor(GREY, GREY, GREY)
    filled = replace(crowded, look=replace(crowded.look, outlined=False))
    for state in (plain, filled):
        canvas.show_state(canvas._state, state)
        canvas.grab()
        assert not canvas._scene.leaves_out


@pytest.fixture
def canvas(qtbot, session):
    made = Canvas(session)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def canvas_row(canvas, state):
    canvas.show_state(canvas._state, state)
    grabbed = canvas.grab().toImage()
    return [grabbed.pixelColor(x, 100).getRgb()[:3] for x in range(300)]


def test_the_canvas_shows_the_image_between_lines(canvas, shown):
    row = canvas_row(canvas, shown)
    assert row[148:152] == [(GREY,) * 3, RED, GREEN, (GREY,) * 3]


def test_the_preview_of_a_run_is_outlined_too(canvas, shown):
    running = Progress(Stage.FITTING, preview=np.array([[2, 1, 1]], np.uint8))
    row = canvas_row(canvas, replace(shown, progress=running))
    assert row[98:102] == [(GREY,) * 3, GREEN, RED, (GREY,) * 3]


@pytest.mark.parametrize("view", [View.SOFT_MASK, View.UNCERTAINTY])
def test_what_has_no_borders_is_filled(canvas, shown, view):
    look = Look(view=view, outlined=True)
    filled = Look(view=view)
    row = canvas_row(canvas, replace(shown, look=look))
    assert row == canvas_row(canvas, replace(shown, look=filled))


def test_outlines_have_a_key_that_also_brings_labels(window, segmented, qtbot):
    from PySide6.QtCore import Qt

    window.session.set_look(view=View.UNCERTAINTY, overlay_hidden=True)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_O)
    look = window.session.state.look
    assert (look.view, look.outlined, look.overlay_hidden) == (View.LABELS, True, False)
    qtbot.keyClick(window.canvas, Qt.Key.Key_O)
    assert window.session.state.look.outlined is False


def test_each_side_of_the_divider_is_outlined(qtbot, segmented):
    canvas = Canvas(segmented)
    qtbot.addWidget(canvas)
    canvas.resize(320, 240)
    segmented.changed.connect(canvas.show_state)
    segmented.set_look(sides=(K_MEANS, EM), outlined=True)
    qtbot.waitUntil(lambda: segmented.state.compared is not None)
    canvas.divider.hide()
    grabbed = canvas.grab().toImage()
    colours = [style.colour for style in segmented.state.inputs.classes[:3]]
    for side in (range(20, 150), range(170, 310)):
        seen = {grabbed.pixelColor(x, y).getRgb()[:3] for x in side for y in range(60, 200)}
        assert seen & set(colours)
    place = canvas.view.to_image(QPointF(10, 200))
    plain = grabbed.pixelColor(10, 200).getRgb()[:3]
    pixel = segmented.state.image.pixels[int(place.y()), int(place.x())]
    assert plain == tuple(pixel)
