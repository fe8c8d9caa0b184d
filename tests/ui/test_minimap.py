"""The minimap: there while only a part is seen, right about where, and a way to go elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
from halves import state_of
from PySide6.QtCore import QPoint, QPointF, Qt

from segmenter.app.state import Look, State
from segmenter.engine.pipeline import image_of
from segmenter.ui.canvas import Canvas
from segmenter.ui.minimap import LEAST_MARK, Minimap


@pytest.fixture
def shown():
    return state_of(image_of(np.full((400, 800), 90, np.uint8)))


@pytest.fixture
def canvas(qtbot, session, shown):
    made = Canvas(session)
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.show_state(State(), shown)
    return made


@pytest.fixture
def minimap(canvas):
    return canvas.findChild(Minimap)


def zoom(canvas, times):
    for _ in range(times):
        canvas.zoom_in()


def test_it_comes_when_a_part_is_hidden_and_goes_when_all_is_seen(canvas, minimap):
    assert minimap.isHidden()
    zoom(canvas, 3)
    assert minimap.isVisible()
    canvas.fit()
    assert minimap.isHidden()


def test_what_rounding_cuts_off_is_seen(canvas, minimap):
    canvas._look_from(canvas.view.moved(-0.2, -0.2))
    assert minimap.isHidden()


def test_it_goes_when_it_is_not_wanted(canvas, minimap, shown):
    zoom(canvas, 3)
    canvas.show_state(shown, replace(shown, look=Look(minimap=False)))
    assert minimap.isHidden()


def test_it_stays_in_its_corner_with_the_proportions_of_the_image(canvas, minimap):
    zoom(canvas, 3)
    for width in (800, 1000):
        canvas.resize(width, 400)
        place = minimap.geometry()
        assert (place.width(), place.height()) == (160, 80)
        assert place.right() == width - 1 - 12


def test_a_small_canvas_keeps_its_room(canvas, minimap):
    zoom(canvas, 3)
    canvas.resize(300, 200)
    assert minimap.isHidden()


def middle(canvas):
    place = canvas.view.to_image(QPointF(400, 200))
    return place.x(), place.y()


def test_a_click_brings_a_place_to_the_middle_and_a_drag_goes_on(canvas, minimap, qtbot):
    zoom(canvas, 8)
    qtbot.mousePress(minimap, Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
    assert middle(canvas) == pytest.approx((197, 303), abs=4)
    qtbot.mouseMove(minimap, QPoint(100, 30))
    qtbot.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=QPoint(100, 30))
    scale = canvas.view.scale
    qtbot.mouseDClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(120, 40))
    assert canvas.view.scale == scale
    assert middle(canvas) == pytest.approx((602, 200), abs=4)


def test_a_drag_moves_the_view(canvas, minimap, qtbot):
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    zoom(canvas, 8)
    place = QPointF(100, 30)
    for buttons in (Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton):
        before = middle(canvas)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, minimap.mapToGlobal(place), Qt.MouseButton.NoButton,
            buttons, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(minimap, event)
    assert before == pytest.approx((400, 200), abs=1), "without a button nothing moves"
    assert middle(canvas) == pytest.approx((501, 149), abs=4)


def frame(minimap):
    """Left, top, right and bottom of what is bright on the dark map."""
    grabbed = minimap.grab().toImage()
    bright = [(x, y) for x in range(160) for y in range(80) if grabbed.pixelColor(x, y).red() > 240]
    across, down = zip(*bright, strict=True)
    return min(across), min(down), max(across), max(down)


def test_the_frame_is_around_what_is_seen(canvas, minimap):
    zoom(canvas, 4)
    assert canvas.view.scale == pytest.approx(1.25**4)
    left, top, right, bottom = frame(minimap)
    side = 160 / 1.25**4
    assert (left, right) == (
        pytest.approx(80 - side / 2, abs=2),
        pytest.approx(80 + side / 2, abs=2),
    )
    assert (top, bottom) == (
        pytest.approx(40 - side / 4, abs=2),
        pytest.approx(40 + side / 4, abs=2),
    )


def test_the_frame_of_very_little_is_still_seen(canvas, minimap):
    zoom(canvas, 40)
    left, _, right, _ = frame(minimap)
    assert right - left >= LEAST_MARK - 2


def test_it_has_a_key_and_a_name(window, segmented, qtbot):
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_M)
    assert segmented.state.look.minimap is False
    assert window.canvas.findChild(Minimap).accessibleName()
