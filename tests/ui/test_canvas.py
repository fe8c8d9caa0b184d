"""The canvas: zoom, pan, overlay, and the pixel under the pointer."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from accessible import nameless
from halves import CLASSES, GREEN, GREY, RED, grey_image, halves, state_of
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPalette, QRegion, QWheelEvent
from PySide6.QtWidgets import QApplication

from segmenter.app.light import Corrected
from segmenter.app.pyramid import pyramid_of
from segmenter.app.sides import EM, IMAGE, K_MEANS, Compared, name_of, question_of
from segmenter.app.state import Hand, Inputs, Look, State, Tool
from segmenter.engine.corrected import corrected
from segmenter.engine.outcome import Clusters, Phase, Progress, Stage
from segmenter.engine.overlay import SCALE_COLOURS, View, plane_colours
from segmenter.engine.settings import Settings
from segmenter.engine.styles import default_classes
from segmenter.engine.types import Image
from segmenter.ui import tile_cache
from segmenter.ui.canvas import Canvas
from segmenter.ui.canvas_marks import ends_of, words_on


@pytest.fixture
def canvas(qtbot, session):
    made = Canvas(session)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


@pytest.fixture
def show(canvas):
    last = State()

    def to_show(state):
        nonlocal last
        canvas.show_state(last, state)
        last = state

    return to_show


def colour_at(canvas, x, y):
    return canvas.grab().toImage().pixelColor(x, y).getRgb()[:3]


def wheel(canvas, x, y, notches, modifiers=Qt.KeyboardModifier.NoModifier):
    place = QPointF(x, y)
    event = QWheelEvent(
        place,
        canvas.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def test_a_fresh_image_fills_the_canvas_with_its_proportions_kept(canvas, show):
    show(state_of(grey_image(40, 60)))
    assert (canvas.view.scale, canvas.view.left, canvas.view.top) == (5.0, 0.0, 0.0)
    canvas.resize(300, 400)
    assert (canvas.view.scale, canvas.view.left, canvas.view.top) == (5.0, 0.0, 100.0)


def test_a_view_chosen_by_hand_is_kept_when_the_window_grows(canvas, show):
    show(state_of(grey_image()))
    canvas.zoom_in()
    middle = canvas.view.to_image(QPointF(150, 100))
    canvas.resize(400, 300)
    assert canvas.view.scale == 6.25
    assert canvas.view.to_image(QPointF(200, 150)) == middle


@pytest.mark.parametrize("notches", [3, -3], ids=["in", "out"])
def test_the_wheel_zooms_at_the_pointer(canvas, show, notches):
    show(state_of(grey_image()))
    before = canvas.view.to_image(QPointF(70, 40))
    wheel(canvas, 70, 40, notches)
    after = canvas.view.to_image(QPointF(70, 40))
    assert canvas.view.scale == pytest.approx(5 * 1.25**notches)
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_ctrl_and_wheel_change_the_opacity(canvas, show, session):
    show(session.state)
    session.changed.connect(canvas.show_state)
    wheel(canvas, 70, 40, 2, Qt.KeyboardModifier.ControlModifier)
    assert session.state.look.opacity == pytest.approx(0.6)
    wheel(canvas, 70, 40, 50, Qt.KeyboardModifier.ControlModifier)
    assert session.state.look.opacity == 1.0


@pytest.mark.parametrize("button", [Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton])
def test_a_drag_pans_and_a_double_click_fits(canvas, show, qtbot, button):
    show(state_of(grey_image()))
    canvas.zoom_in()
    fitted = canvas.view
    qtbot.mousePress(canvas, button, pos=QPoint(100, 100))
    qtbot.mouseMove(canvas, QPoint(110, 95))
    qtbot.mouseRelease(canvas, button, pos=QPoint(110, 95))
    assert canvas.view == fitted.moved(10, -5)
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert canvas.view.scale == 5.0


def test_the_image_cannot_be_dragged_out_of_sight(canvas, show, qtbot):
    show(state_of(grey_image()))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(0, 0))
    qtbot.mouseMove(canvas, QPoint(2000, 2000))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton)
    assert (canvas.view.left, canvas.view.top) == (150, 100)


@pytest.mark.parametrize(
    ("key", "scale", "left"),
    [
        (Qt.Key.Key_Plus, 6.25, -37.5),
        (Qt.Key.Key_Minus, 4.0, 30.0),
        (Qt.Key.Key_0, 1.0, 120.0),
        (Qt.Key.Key_Right, 5.0, -64.0),
    ],
    ids=["plus", "minus", "actual size", "arrow"],
)
def test_keys_zoom_and_move(canvas, show, qtbot, key, scale, left):
    show(state_of(grey_image()))
    qtbot.keyClick(canvas, key)
    assert (canvas.view.scale, canvas.view.left) == (scale, left)
    qtbot.keyClick(canvas, Qt.Key.Key_F)
    assert (canvas.view.scale, canvas.view.left) == (5.0, 0.0)


def test_zoom_has_ends(canvas, show):
    show(state_of(grey_image()))
    for _ in range(40):
        canvas.zoom_in()
    assert canvas.view.scale == 64.0
    for _ in range(60):
        canvas.zoom_out()
    assert canvas.view.scale == 1.0


def test_the_pixel_under_the_pointer_is_said_once_and_none_beside_the_image(canvas, show, qtbot):
    canvas.resize(300, 400)
    show(state_of(grey_image(40, 60)))
    said = []
    canvas.pointed.connect(said.append)
    for x, y in ((12, 133), (13, 132), (299, 299), (150, 50)):
        qtbot.mouseMove(canvas, QPoint(x, y))
    assert said == [(6, 2), (39, 59), None]


def test_pixels_are_drawn_exactly_when_enlarged(canvas, show):
    pixels = np.random.default_rng(1).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    image = Image(pixels, np.ones((4, 5), bool), ("red", "green", "blue"), 8)
    show(state_of(image))
    grabbed = canvas.grab().toImage()
    for row in range(4):
        for column in range(5):
            where = canvas.view.to_screen(_pixel(row, column)).center().toPoint()
            drawn = grabbed.pixelColor(where).getRgb()[:3]
            assert drawn == tuple(pixels[row, column])


def _pixel(row, column):
    return QRectF(column, row, 1, 1)


def test_a_zoomed_out_image_is_averaged_not_thinned(canvas, show):
    pixels = np.zeros((800, 1200, 1), np.uint8)
    pixels[:, ::4] = 255
    show(state_of(Image(pixels, np.ones((800, 1200), bool), ("grey",), 8)))
    drawn = {colour_at(canvas, x, 100)[0] for x in (10, 11, 12, 13)}
    assert all(55 < value < 75 for value in drawn)


def test_an_image_made_a_little_smaller_is_smooth(canvas, show):
    pixels = np.zeros((260, 390, 1), np.uint8)
    pixels[::2, ::2] = 255
    show(state_of(Image(pixels, np.ones((260, 390), bool), ("grey",), 8)))
    drawn = {colour_at(canvas, x, 100)[0] for x in range(100, 110)}
    assert len(drawn - {0, 255}) > 2


def test_no_data_shows_a_checkerboard(canvas, show):
    image = grey_image()
    valid = image.valid.copy()
    valid[:, :30] = False
    show(state_of(replace(image, valid=valid)))
    grabbed = canvas.grab().toImage()
    squares = {grabbed.pixelColor(x, 4).red() for x in range(150)}
    assert len(squares) == 2
    assert GREY not in squares
    assert grabbed.pixelColor(200, 4).red() == GREY


def mixed(colour, alpha):
    return pytest.approx([GREY + (part - GREY) * alpha for part in colour], abs=2)


def doubt(strength):
    colours = plane_colours(View.UNCERTAINTY, (), 1, 1.0)
    return colours[round(1 + 254 * strength), :3].tolist()


@pytest.mark.parametrize(
    ("look", "left", "right"),
    [
        ({"view": View.LABELS}, mixed(RED, 0.5), mixed(GREEN, 0.5)),
        ({"view": View.SOFT_MASK, "chosen": 1}, mixed(RED, 0.4), mixed(RED, 0)),
        ({"view": View.SOFT_MASK, "chosen": 2}, mixed(GREEN, 0.1), mixed(GREEN, 0.5)),
        (
            {"view": View.SOFT_MASK, "chosen": 2, "heat": True},
            mixed(doubt(0.2), 0.5),
            mixed(doubt(1), 0.5),
        ),
        ({"view": View.UNCERTAINTY}, mixed(doubt(0.722), 0.5), mixed(doubt(0), 0.5)),
        ({"view": View.IMAGE}, mixed(RED, 0), mixed(RED, 0)),
        ({"overlay_hidden": True}, mixed(RED, 0), mixed(RED, 0)),
    ],
    ids=["labels", "soft 1", "soft 2", "soft 2 as heat", "uncertainty", "image only", "hidden"],
)
@pytest.mark.parametrize("size", [(40, 60), (400, 601)], ids=["enlarged", "zoomed out"])
def test_each_view_colours_its_pixels(canvas, show, look, left, right, size):
    show(state_of(grey_image(*size), halves(*size), **look))
    assert colour_at(canvas, 75, 100) == left
    assert colour_at(canvas, 225, 100) == right


def test_a_hidden_overlay_is_said_to_be_hidden(canvas, show):
    plain = state_of(grey_image(), halves(), view=View.IMAGE)
    show(plain)
    before = canvas.grab().toImage()
    show(replace(plain, look=replace(plain.look, overlay_hidden=True)))
    assert canvas.grab().toImage() != before
    show(state_of(grey_image(), overlay_hidden=True))
    assert canvas.grab().toImage() == before, "there is nothing to hide"


def test_the_colours_of_doubt_are_explained(canvas, show):
    show(state_of(grey_image(), halves(), view=View.UNCERTAINTY, opacity=1.0))
    grabbed = canvas.grab().toImage()
    seen = {grabbed.pixelColor(x, y).getRgb()[:3] for x in range(300) for y in range(150, 200)}
    assert any(max(abs(a - b) for a, b in zip(s, doubt(1), strict=True)) < 8 for s in seen)


def test_the_colours_of_a_heat_map_are_explained_with_the_name_of_the_class(canvas, show):
    legends = set()
    for chosen in (1, 2):
        look = {"view": View.SOFT_MASK, "heat": True, "opacity": 1.0}
        show(state_of(grey_image(), halves(), chosen=chosen, **look))
        legend = canvas.grab().toImage().copy(0, 150, 300, 50)
        legends.add(bytes(legend.constBits()))
        seen = {legend.pixelColor(x, y).getRgb()[:3] for x in range(300) for y in range(50)}
        assert any(max(abs(a - b) for a, b in zip(s, doubt(1), strict=True)) < 8 for s in seen)
    assert len(legends) == 2


@pytest.mark.parametrize("kind", [Qt.Key.Key_O, Qt.Key.Key_H], ids=["outlines", "heat map"])
def test_how_it_is_drawn_goes_back_with_the_same_key(window, segmented, qtbot, kind):
    look = segmented.state.look
    qtbot.keyClick(window.canvas, kind)
    drawn = segmented.state.look
    assert (drawn.is_outlined, drawn.is_heat) == (kind is Qt.Key.Key_O, kind is Qt.Key.Key_H)
    qtbot.keyClick(window.canvas, kind)
    assert segmented.state.look == replace(look, view=drawn.view)


def test_every_pixel_of_the_overlay_is_in_its_place(canvas, show):
    labels = np.random.default_rng(2).integers(1, 3, (4, 5), dtype=np.uint8)
    show(state_of(grey_image(4, 5), replace(halves(4, 5), labels=labels)))
    grabbed = canvas.grab().toImage()
    for row in range(4):
        for column in range(5):
            where = canvas.view.to_screen(QRectF(column, row, 1, 1)).center().toPoint()
            colour = CLASSES[labels[row, column] - 1].colour
            assert list(grabbed.pixelColor(where).getRgb()[:3]) == mixed(colour, 0.5)


@pytest.mark.parametrize("size", [(40, 60), (400, 600)], ids=["enlarged", "zoomed out"])
@pytest.mark.parametrize("view", [View.SOFT_MASK, View.UNCERTAINTY])
def test_no_data_has_no_overlay(canvas, show, view, size):
    merged = halves(*size)
    responsibilities = merged.responsibilities[:, merged.index.ravel()[::-1]]
    index = np.arange(merged.labels.size, dtype=np.int32).reshape(size)
    index[:, : size[1] // 2] = -1
    result = replace(merged, responsibilities=responsibilities, index=index)
    show(state_of(grey_image(*size), result, view=view))
    for _ in range(2):
        assert colour_at(canvas, 75, 100) == mixed(RED, 0)
        assert colour_at(canvas, 225, 100) != mixed(RED, 0)
        canvas.zoom_in()


@pytest.mark.parametrize("view", [View.SOFT_MASK, View.UNCERTAINTY])
def test_pixels_that_are_their_own_samples_are_shown_alike(canvas, show, view):
    merged = halves()
    responsibilities = merged.responsibilities[:, merged.index.ravel()]
    show(state_of(grey_image(), merged, view=view))
    expected = canvas.grab().toImage()
    own = replace(merged, responsibilities=responsibilities, index=None)
    show(state_of(grey_image(), own, view=view))
    assert canvas.grab().toImage() == expected


def test_the_overlay_follows_a_change_of_view_and_of_place(canvas, show):
    state = state_of(grey_image(), halves())
    show(state)
    for _ in range(8):
        canvas.zoom_in()
    canvas.grab()
    canvas.fit()
    assert colour_at(canvas, 10, 100) == mixed(RED, 0.5)
    show(replace(state, look=Look(view=View.SOFT_MASK, chosen=2)))
    assert colour_at(canvas, 10, 100) == mixed(GREEN, 0.1)
    show(replace(state, look=Look(view=View.SOFT_MASK, chosen=1)))
    assert colour_at(canvas, 10, 100) == mixed(RED, 0.4)


def test_a_hidden_class_and_another_colour_show_at_once(canvas, show):
    state = state_of(grey_image(), halves())
    show(state)
    classes = (replace(CLASSES[0], visible=False), replace(CLASSES[1], colour=(0, 0, 255)))
    show(replace(state, inputs=replace(state.inputs, classes=classes)))
    assert colour_at(canvas, 75, 100) == mixed(RED, 0)
    assert colour_at(canvas, 225, 100) == mixed((0, 0, 255), 0.5)


def test_the_preview_of_a_run_covers_the_image_until_the_result_comes(canvas, show):
    preview = np.array([[2, 1]], np.uint8)
    running = Progress(Stage.FITTING, preview=preview)
    state = replace(state_of(grey_image(), halves()), progress=running)
    show(state)
    assert colour_at(canvas, 75, 100) == mixed(GREEN, 0.5)
    show(replace(state, progress=None))
    assert colour_at(canvas, 75, 100) == mixed(RED, 0.5)


@pytest.mark.parametrize(("last", "colour"), [(None, (GREEN, 0)), (halves(), (RED, 0.5))])
def test_one_who_steps_sees_what_was_there_until_the_first_e_step(canvas, show, last, colour):
    begun = Progress(Stage.FITTING, preview=np.array([[2, 1]], np.uint8))
    state = replace(state_of(grey_image(), last), progress=begun, stepping=True)
    show(state)
    assert colour_at(canvas, 75, 100) == mixed(*colour)
    # The same preview: nothing else has changed.
    show(replace(state, progress=replace(begun, phase=Phase.E_STEP)))
    assert colour_at(canvas, 75, 100) == mixed(GREEN, 0.5)
    show(replace(state, stepping=False))
    assert colour_at(canvas, 75, 100) == mixed(GREEN, 0.5)


def test_the_preview_stands_in_for_the_soft_mask(canvas, show):
    running = Progress(Stage.FITTING, preview=np.array([[2, 1]], np.uint8))
    show(replace(state_of(grey_image(), view=View.SOFT_MASK, chosen=2), progress=running))
    assert colour_at(canvas, 75, 100) == mixed(GREEN, 0.5)
    assert colour_at(canvas, 225, 100) == mixed(GREEN, 0)


def test_a_result_with_other_classes_or_of_another_size_does_no_harm(canvas, show):
    state = state_of(grey_image(), halves(), view=View.SOFT_MASK, chosen=2)
    show(replace(state, inputs=Inputs(Settings(components=1), CLASSES[:1])))
    assert colour_at(canvas, 225, 100) == mixed(default_classes(2)[1].colour, 0.5)
    inputs = Inputs(Settings(components=3), default_classes(3))
    show(replace(state, inputs=inputs, look=replace(state.look, chosen=3)))
    assert colour_at(canvas, 75, 100) == mixed(RED, 0)
    show(replace(state, result=halves(4, 4)))
    assert colour_at(canvas, 75, 100) == mixed(RED, 0)


def test_without_an_image_nothing_happens(canvas, qtbot):
    for act in (canvas.fit, canvas.zoom_in, canvas.zoom_out, canvas.zoom_to_actual):
        act()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    qtbot.mouseMove(canvas, QPoint(20, 20))
    assert QColor(*colour_at(canvas, 50, 50)).saturation() == 0


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 3000), (3000, 1)])
def test_extreme_shapes_are_shown(canvas, show, rows, columns):
    image = grey_image(rows, columns)
    labels = np.ones((rows, columns), np.uint8)
    show(state_of(image, replace(halves(rows, columns), labels=labels)))
    canvas.grab()
    canvas.zoom_to_actual()
    assert colour_at(canvas, 150, 100) == mixed(RED, 0.5)


HIGH_DPI = """
import sys
sys.path[:0] = ["tests", "tests/ui"]
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from segmenter.app.session import Session
from test_canvas import Canvas, State, grey_image, halves, state_of
app = QApplication([])
canvas = Canvas(Session())
canvas.resize(300, 200)
canvas.show()
canvas.show_state(State(), state_of(grey_image(), halves()))
said = []
canvas.pointed.connect(said.append)
QTest.mouseMove(canvas, QPoint(155, 100))
grabbed = canvas.grab().toImage()
corner = grabbed.pixelColor(grabbed.width() - 1, grabbed.height() - 1)
print(canvas.view.scale, said, grabbed.width(), corner.getRgb()[:3])
"""


def test_a_high_density_screen_gets_all_its_pixels():
    environment = {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    done = subprocess.run(
        [sys.executable, "-c", HIGH_DPI],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "10.0 [(20, 31)] 600 (50, 178, 50)"


def test_screen_readers_find_a_name_for_everything(canvas):
    assert nameless(canvas) == []


def lit(rows=40, columns=60):
    """Halves in light that is half as strong on the left."""
    light = np.ones((rows, columns), np.float32)
    light[:, : columns // 2] = 0.5
    return replace(halves(rows, columns), shading=light)


def in_even_light(state):
    pixels = corrected(state.image, state.result)
    shown = pyramid_of(replace(state.image, pixels=pixels))
    return replace(state, corrected=Corrected(state.result, shown))


def test_the_light_is_painted_and_its_colours_explained(canvas, show):
    show(state_of(grey_image(), lit(), view=View.SHADING, opacity=1.0))
    dark, bright = SCALE_COLOURS[0], SCALE_COLOURS[-1]
    assert colour_at(canvas, 75, 100) == dark
    assert colour_at(canvas, 225, 100) == bright
    assert ends_of(state_of(grey_image(), lit(), view=View.SHADING)) == (
        "light \N{MULTIPLICATION SIGN} 0.50", "\N{MULTIPLICATION SIGN} 1.00",
    )  # fmt: skip


def test_the_corrected_image_is_painted_whatever_the_opacity(canvas, show):
    state = in_even_light(state_of(grey_image(), lit(), view=View.CORRECTED, opacity=0.3))
    show(state)
    assert colour_at(canvas, 75, 100) == (2 * GREY,) * 3
    assert colour_at(canvas, 225, 100) == (GREY,) * 3
    show(replace(state, look=replace(state.look, overlay_hidden=True)))
    assert colour_at(canvas, 75, 100) == (GREY,) * 3


def test_the_corrected_image_is_on_one_side_of_the_divider(canvas, show):
    state = in_even_light(state_of(grey_image(), lit(), view=View.CORRECTED))
    looked = replace(state.look, divided=True, sides=(EM, IMAGE), divider=0.25)
    show(replace(state, look=looked))
    assert colour_at(canvas, 40, 100) == (2 * GREY,) * 3
    assert colour_at(canvas, 120, 100) == (GREY,) * 3
    assert name_of(EM, state) == "Corrected"


def test_the_canvas_says_what_becomes_of_the_light():
    bare = state_of(grey_image(), halves(), view=View.CORRECTED)
    assert words_on(bare).startswith("No light was estimated")
    waiting = state_of(grey_image(), lit(), view=View.CORRECTED)
    assert words_on(waiting) == "Evening out the light …"
    assert words_on(in_even_light(waiting)) == "In even light"
    divided = replace(waiting.look, divided=True, sides=(EM, IMAGE))
    assert not words_on(in_even_light(replace(waiting, look=divided)))
    assert not words_on(state_of(grey_image(), lit(), view=View.LABELS))


def test_what_is_coarse_is_painted_again_until_it_is_sharp(canvas, show, qtbot, monkeypatch):
    monkeypatch.setattr(tile_cache.Allowance.__init__, "__defaults__", (0.0,))
    noise = np.random.default_rng(0).integers(0, 2, (200, 600, 1), dtype=np.uint8) * 255
    show(state_of(Image(noise, np.ones((200, 600), bool), ("grey",), 8)))
    canvas.zoom_to_actual()
    canvas.repaint()
    assert canvas._scene._sharpening.isActive()
    qtbot.waitUntil(lambda: not canvas._scene._sharpening.isActive())
    seen = {colour_at(canvas, x, 100)[0] for x in range(0, 300, 13)}
    assert seen == {0, 255}


def everything(canvas):
    """(rows, columns, 3) of all that is painted."""
    grabbed = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(grabbed.constBits(), np.uint8)
    return pixels.reshape(grabbed.height(), grabbed.width(), 4)[:, :, :3].copy()


def painted_anew(canvas):
    """The same, with nothing remembered."""
    canvas._scene.clear()
    return everything(canvas)


def assert_nothing_is_stale(canvas):
    np.testing.assert_array_equal(everything(canvas), painted_anew(canvas))


def looks(state, **changes):
    return replace(state, look=replace(state.look, **changes))


@pytest.fixture
def large():
    """Larger than the canvas, so that it can be dragged."""
    state = state_of(grey_image(400, 600), halves(400, 600))
    return looks(state, minimap=False, scale_bar=False)


@pytest.mark.parametrize("step", [(60, 0), (-60, 0), (7, 20), (400, 0), (0, -30)])
def test_the_divider_stands_still_while_the_image_is_dragged_under_it(canvas, show, large, step):
    show(looks(large, divided=True, sides=(EM, IMAGE), divider=0.5))
    canvas.zoom_to_actual()
    canvas.repaint()
    canvas._move(*step)
    assert_nothing_is_stale(canvas)


def test_another_image_of_the_same_size_is_seen_at_once(canvas, show, large):
    plain = looks(large, view=View.IMAGE)
    show(plain)
    everything(canvas)
    darker = replace(plain.image, pixels=plain.image.pixels // 2)
    show(replace(plain, image=darker, shown=pyramid_of(darker)))
    assert_nothing_is_stale(canvas)
    assert colour_at(canvas, 150, 100)[0] < GREY


def test_the_surround_follows_the_palette(canvas, show):
    show(state_of(grey_image(10, 60)))
    light = colour_at(canvas, 2, 2)
    dark = QPalette(QColor(20, 20, 20))
    canvas.setPalette(dark)
    QApplication.processEvents()
    assert colour_at(canvas, 2, 2) != light
    assert_nothing_is_stale(canvas)


def test_an_image_in_even_light_that_comes_later_is_seen(canvas, show):
    waiting = state_of(grey_image(), lit(), view=View.CORRECTED)
    show(waiting)
    before = everything(canvas)
    show(in_even_light(waiting))
    assert_nothing_is_stale(canvas)
    assert (everything(canvas) != before).any()


def test_differences_go_with_the_mixture_of_the_next_run(canvas, show, large):
    divided = looks(large, divided=True, view=View.DIFFERENCES, sides=(EM, IMAGE))
    differs = np.zeros((400, 600), bool)
    differs[50:300, 50:500] = True
    compared = Compared(question_of(divided), {}, 2, differs, 5, 0.5)
    begun = replace(divided, compared=compared, stepping=True, progress=Progress(Stage.PREPARING))
    show(begun)
    hatched = everything(canvas)
    mixture = begun.result.mixture
    show(replace(begun, progress=Progress(Stage.FITTING, mixture=mixture, phase=Phase.START)))
    assert_nothing_is_stale(canvas)
    assert (everything(canvas) != hatched).any()


@pytest.mark.parametrize(
    "change",
    [
        {"opacity": 0.9},
        {"outlined": True},
        {"overlay_hidden": True},
        {"view": View.UNCERTAINTY},
        {"grey_image": False},
        {"divided": True, "sides": (EM, IMAGE)},
        {"pinned": (5, 6)},
        {"grid": False},
    ],
    ids=str,
)
def test_whatever_changes_in_a_look_is_seen(canvas, show, large, change):
    show(large)
    everything(canvas)
    show(looks(large, **change))
    assert_nothing_is_stale(canvas)


def test_marks_do_not_paint_the_image_again(canvas, show, large, monkeypatch):
    show(large)
    everything(canvas)
    painted = []
    monkeypatch.setattr(type(canvas._scene), "_paint", lambda *_: painted.append(1) or QRegion())
    show(looks(large, pinned=(5, 6)))
    show(replace(large, hand=Hand(Tool.BRUSH, 25)))
    everything(canvas)
    assert not painted


def test_a_drag_by_parts_of_pixels_moves_whole_ones_and_loses_nothing(canvas, show, large, qtbot):
    show(large)
    canvas.zoom_to_actual()
    left = canvas.view.left
    canvas._grabbed = QPointF(100, 100)
    for step in range(1, 11):
        place = QPointF(100 - step * 1.3, 100)
        move = QMouseEvent(
            QEvent.Type.MouseMove, place, canvas.mapToGlobal(place),
            Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        canvas.mouseMoveEvent(move)
        assert (canvas.view.left - left).is_integer()
    assert canvas.view.left - left == -13


def test_differences_of_a_half_step_are_hatched_by_the_pixels_that_stand_for_all(canvas, show):
    ours = np.array([[1, 1, 2], [1, 2, 2]], np.uint8)
    theirs = np.array([[1, 1, 2], [1, 1, 2]], np.uint8)
    state = state_of(grey_image(40, 60), halves(40, 60), view=View.DIFFERENCES)
    state = looks(
        state, divided=True, sides=(EM, K_MEANS), divider=1.0, k_means=True, minimap=False
    )
    clusters = Clusters(Phase.E_STEP, 1, np.zeros((2, 1)), ("grey",), np.arange(2), (1.0,), theirs)
    progress = Progress(
        Stage.FITTING, mixture=state.result.mixture, preview=ours, phase=Phase.E_STEP,
        beside=clusters,
    )  # fmt: skip
    stepping = replace(state, stepping=True, progress=progress)
    show(stepping)
    hatched = everything(canvas)
    show(replace(stepping, progress=replace(progress, beside=replace(clusters, preview=ours))))
    alike = everything(canvas)
    differs = (hatched != alike).any(axis=2)
    # The middle of the lower row: the canvas is 300 x 200 for 60 x 40 pixels.
    assert differs[105:195, 105:195].mean() > 0.8
    differs[95:, 95:205] = False
    assert not differs.any()
