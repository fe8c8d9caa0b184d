"""The divider: dragged, moved by key, and what is seen left and right of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from accessible import nameless
from driving import show_image
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from segmenter.app.sides import EM, IMAGE, K_MEANS, Kind, Layer, is_compared
from segmenter.engine.compare import beside
from segmenter.engine.overlay import View
from segmenter.engine.settings import Settings
from segmenter.engine.styles import ClassStyle, default_classes
from segmenter.ui.canvas import Canvas

LEFT = Qt.MouseButton.LeftButton
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


@pytest.fixture
def canvas(qtbot, segmented):
    """A canvas of the segmented image, five screen pixels for each of its 48 x 64 pixels."""
    styles = tuple(ClassStyle(f"Class {k}", colour) for k, colour in enumerate(COLOURS))
    segmented.edit("Colours", classes=styles)
    made = Canvas(segmented)
    segmented.changed.connect(made.show_state)
    qtbot.addWidget(made)
    made.resize(320, 240)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.setFocus()
    return made


@pytest.fixture
def compared(canvas, segmented, wait):
    """The same with k-means, whose classes are other ones, on the right."""
    image, result = segmented.state.image, segmented.state.result
    found = beside(image, result)
    labels = found.labels % 3 + 1
    segmented.set_look(divided=True, opacity=1.0)
    compared = wait(segmented, is_compared).compared
    segmented.show_compared(replace(compared, maps={K_MEANS: labels.astype(np.uint8)}))
    return canvas


def colours_at(canvas, row):
    """Return the colour in the middle of every image pixel of a row."""
    grabbed = canvas.grab().toImage()
    y = 5 * row + 2
    return [grabbed.pixelColor(5 * column + 2, y).getRgb()[:3] for column in range(64)]


def expected(labels, row):
    return [COLOURS[label - 1] for label in labels[row]]


def test_there_is_no_divider_unless_it_is_asked_for(canvas, segmented):
    assert canvas.divider.isHidden()
    segmented.set_look(divided=True)
    assert canvas.divider.isVisible()
    segmented.set_look(divided=False)
    assert canvas.divider.isHidden()


def test_the_keys_go_to_the_divider_and_back_to_the_canvas(canvas, segmented):
    segmented.set_look(divided=True)
    assert canvas.divider.hasFocus()
    segmented.set_look(divided=False)
    assert canvas.hasFocus()


@pytest.mark.parametrize("divider", [0.0, 0.25, 0.5, 1.0])
def test_left_of_it_is_one_layer_and_right_of_it_the_other(compared, segmented, divider):
    segmented.set_look(divider=divider)
    state, row = segmented.state, 40
    seen, edge = colours_at(compared, row), round(64 * divider)
    reach = 2  # image pixels under the line
    left, right = slice(0, max(0, edge - reach)), slice(edge + reach, None)
    assert seen[left] == expected(state.result.labels, row)[left]
    assert seen[right] == expected(state.compared.maps[K_MEANS], row)[right]


def test_what_is_right_of_it_is_in_its_place_when_enlarged(compared, segmented):
    labels, row = segmented.state.compared.maps[K_MEANS], 40
    segmented.set_look(divider=0.0, grid=False)
    before = colours_at(compared, row)
    for _ in range(5):
        compared.zoom_in()
    view, grabbed = compared.view, compared.grab().toImage()
    middle = view.to_image(QPointF(160, 120))
    assert grabbed.pixelColor(160, 120).getRgb()[:3] == expected(labels, int(middle.y()))[32]
    corner = view.to_image(QPointF(310, 230))
    seen = grabbed.pixelColor(310, 230).getRgb()[:3]
    assert seen == expected(labels, int(corner.y()))[int(corner.x())]
    compared.fit()
    assert colours_at(compared, row) == before


def test_any_two_layers_may_be_compared(compared, segmented):
    row, plain = 40, [tuple(p) for p in segmented.state.image.pixels[40].tolist()]
    segmented.set_look(sides=(K_MEANS, IMAGE))
    seen = colours_at(compared, row)
    assert seen[:30] == expected(segmented.state.compared.maps[K_MEANS], row)[:30]
    assert seen[34:] == plain[34:]


def test_what_was_there_stays_until_the_next_is(canvas, segmented, wait):
    segmented.edit("Auto", settings=Settings(components="auto", most_components=3))
    segmented.run()
    wait(segmented, lambda state: state.choices is not None)
    segmented.set_look(sides=(EM, K_MEANS), opacity=1.0)
    wait(segmented, is_compared)
    before = colours_at(canvas, 24)
    two = Layer(Kind.OTHER_NUMBER, 2)
    segmented.set_look(sides=(EM, two))
    assert colours_at(canvas, 24) == before
    state = wait(segmented, is_compared)
    after = colours_at(canvas, 24)
    assert after[34:] == expected(state.compared.maps[two], 24)[34:]
    assert after[34:] != before[34:]


def test_classes_that_only_one_side_has_have_colours_too(canvas, segmented, wait):
    segmented.set_look(sides=(EM, K_MEANS), divider=0.0, opacity=1.0)
    compared = wait(segmented, is_compared).compared
    labels = np.full((48, 64), 6, np.uint8)
    segmented.show_compared(replace(compared, maps={K_MEANS: labels}, class_count=6))
    assert set(colours_at(canvas, 24)[4:]) == {default_classes(6)[5].colour}


def test_it_is_dragged_by_where_it_is_held(canvas, segmented, qtbot):
    segmented.set_look(divided=True)
    divider = canvas.divider
    place = QPoint(3, 100)
    start = divider.mapTo(canvas, place)
    qtbot.mousePress(divider, LEFT, pos=place)
    for right in (20, 50, 80):
        goal = start + QPoint(right, 5)
        qtbot.mouseMove(divider, divider.mapFrom(canvas, goal))
    qtbot.mouseRelease(divider, LEFT, pos=place)
    assert segmented.state.look.divider == pytest.approx(0.5 + 80 / 320)
    assert divider.geometry().center().x() == pytest.approx(160 + 80, abs=1)
    qtbot.mouseMove(divider, QPoint(-50, 100))
    assert segmented.state.look.divider == pytest.approx(0.75), "it was let go"


def test_it_stays_on_the_canvas(canvas, segmented, qtbot):
    segmented.set_look(divided=True)
    qtbot.mousePress(canvas.divider, LEFT, pos=QPoint(8, 100))
    qtbot.mouseMove(canvas.divider, QPoint(-900, 100))
    assert segmented.state.look.divider == 0
    qtbot.mouseMove(canvas.divider, QPoint(900, 100))
    assert segmented.state.look.divider == 1
    qtbot.mouseRelease(canvas.divider, LEFT)


@pytest.mark.parametrize(
    ("key", "modifier", "goal"),
    [
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 0.49),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 0.51),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 0.6),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0.0),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 1.0),
    ],
)
def test_keys_move_it(canvas, segmented, qtbot, key, modifier, goal):
    segmented.set_look(divided=True)
    view = canvas.view
    qtbot.keyClick(canvas.divider, key, modifier)
    assert segmented.state.look.divider == pytest.approx(goal)
    assert canvas.view == view, "the image does not move along"


def test_other_keys_are_the_canvas_s(canvas, segmented, qtbot):
    segmented.set_look(divided=True)
    scale = canvas.view.scale
    qtbot.keyClick(canvas.divider, Qt.Key.Key_Plus)
    assert canvas.view.scale == scale * 1.25


def test_a_double_click_puts_it_in_the_middle_and_leaves_the_view(canvas, segmented, qtbot):
    segmented.set_look(divided=True, divider=0.2)
    canvas.zoom_in()
    view = canvas.view
    qtbot.mouseDClick(canvas.divider, LEFT, pos=QPoint(8, 100))
    assert segmented.state.look.divider == 0.5
    assert canvas.view == view


def test_the_middle_button_pans_over_it_and_the_pointer_says_its_pixel(canvas, segmented, qtbot):
    segmented.set_look(divided=True)
    canvas.zoom_in()
    said, view = [], canvas.view
    canvas.pointed.connect(said.append)
    qtbot.mouseMove(canvas.divider, QPoint(2, 60))
    assert said
    assert said[-1] is not None
    qtbot.mousePress(canvas.divider, Qt.MouseButton.MiddleButton, pos=QPoint(8, 60))
    qtbot.mouseMove(canvas.divider, QPoint(18, 65))
    qtbot.mouseRelease(canvas.divider, Qt.MouseButton.MiddleButton, pos=QPoint(18, 65))
    assert canvas.view == view.moved(10, 5)


def test_it_keeps_its_share_when_the_window_grows(canvas, segmented):
    segmented.set_look(divided=True, divider=0.25)
    canvas.resize(800, 300)
    assert canvas.divider.geometry().center().x() == pytest.approx(200, abs=1)
    assert canvas.divider.height() == 300


def test_the_pointer_shows_that_it_can_be_moved(canvas):
    assert canvas.divider.cursor().shape() is Qt.CursorShape.SplitHCursor


def test_it_stays_while_another_image_has_no_result(canvas, segmented, image):
    segmented.set_look(divided=True)
    show_image(segmented, replace(image))
    assert canvas.divider.isVisible()


def test_a_hidden_overlay_is_hidden_on_both_sides(compared, segmented):
    segmented.set_look(overlay_hidden=True)
    plain = [tuple(pixel) for pixel in segmented.state.image.pixels[24].tolist()]
    seen = colours_at(compared, 24)
    assert seen[:28] == plain[:28]
    assert seen[36:] == plain[36:]


# ---- Differences ---------------------------------------------------------------------------------


def lightness(canvas, row, column):
    """Return the (darkest, lightest) screen pixel of an image pixel."""
    grabbed = canvas.grab().toImage()
    place = canvas.view.to_screen(QRectF(column, row, 1, 1)).toRect()
    inside = [
        sum(grabbed.pixelColor(x, y).getRgb()[:3])
        for x in range(place.left(), place.right())
        for y in range(place.top(), place.bottom())
    ]
    return min(inside), max(inside)


def test_differing_pixels_are_hatched_and_only_they(canvas, segmented, wait):
    result = segmented.state.result
    differs = np.zeros(result.labels.shape, bool)
    differs[20:24, 10:14] = True
    segmented.set_look(view=View.DIFFERENCES, opacity=0.0)
    compared = wait(segmented, is_compared).compared
    before = canvas.grab().toImage()
    assert lightness(canvas, 21, 11)[1] < 600, "hatched although nothing differs there"
    segmented.show_compared(replace(compared, differs=differs))
    after = canvas.grab().toImage()
    changed = np.array(
        [
            [
                before.pixelColor(5 * c + x, 5 * r + y) != after.pixelColor(5 * c + x, 5 * r + y)
                for c in range(64)
                for x in range(5)
            ]
            for r in range(16, 28)
            for y in range(5)
        ]
    ).reshape(12, 5, 64, 5)
    np.testing.assert_array_equal(changed.any(axis=(1, 3)), differs[16:28])
    darkest, lightest = lightness(canvas, 21, 11)
    assert lightest > 650, "white lines"
    assert darkest < 200, "with black edges"


def test_there_is_no_hatch_of_another_result(canvas, segmented, wait):
    result = segmented.state.result
    segmented.set_look(view=View.DIFFERENCES, opacity=0.0)
    compared = wait(segmented, is_compared).compared
    plain = canvas.grab().toImage()
    everywhere = np.ones(result.labels.shape, bool)
    question = compared.question._replace(result=replace(result))
    segmented.show_compared(replace(compared, differs=everywhere, question=question))
    assert canvas.grab().toImage() == plain


def test_screen_readers_find_a_name_for_the_divider(canvas, segmented):
    segmented.set_look(divided=True)
    assert nameless(canvas) == []
