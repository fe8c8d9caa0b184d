"""The image under the overlay: grey where colours lie over it, in its own everywhere else."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from halves import grey_image, halves, state_of
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from segmenter.app.pyramid import Pyramid
from segmenter.app.sides import EM, IMAGE, K_MEANS
from segmenter.engine.display import displayed
from segmenter.engine.overlay import View
from segmenter.engine.types import Image
from segmenter.ui.ground_layer import GroundLayer
from segmenter.ui.layers import Frame
from segmenter.ui.tile_cache import Allowance
from segmenter.ui.view_transform import ViewTransform

ROWS, COLUMNS = 40, 60
SCREEN = QSize(COLUMNS, ROWS)


@pytest.fixture
def image():
    pixels = np.random.default_rng(0).integers(0, 256, (ROWS, COLUMNS, 3), dtype=np.uint8)
    return Image(pixels, np.ones((ROWS, COLUMNS), bool), ("red", "green", "blue"), 8)


def painted(state, layer=None, scale=1.0):
    """(rows, columns, 3) of the canvas."""
    size = SCREEN * scale
    screen = QImage(size, QImage.Format.Format_RGB888)
    painter = QPainter(screen)
    area, ground = QRectF(0, 0, COLUMNS, ROWS), QBrush(QColor("red"))
    view = ViewTransform(scale)
    layer = layer or GroundLayer()
    frame = Frame(view, size, QRectF(QRect(QPoint(0, 0), size)), 1.0, Allowance(60.0))
    assert layer.paint(painter, state, frame, area=area, ground=ground).isEmpty()
    painter.end()
    lines = np.frombuffer(screen.constBits(), np.uint8).reshape(size.height(), -1)
    return lines[:, : 3 * size.width()].reshape(size.height(), size.width(), 3).copy()


@pytest.mark.parametrize(
    ("look", "is_grey"),
    [
        ({}, True),
        ({"view": View.SOFT_MASK}, True),
        ({"view": View.UNCERTAINTY}, True),
        ({"view": View.SOFT_MASK, "outlined": True}, True),
        ({"outlined": True}, False),
        ({"view": View.IMAGE}, False),
        ({"view": View.CORRECTED}, False),
        ({"overlay_hidden": True}, False),
        ({"grey_image": False}, False),
        ({"opacity": 0.0}, False),
    ],
    ids=str,
)
def test_the_image_is_grey_where_colours_lie_over_it(image, look, is_grey):
    shown = painted(state_of(image, halves(), **look))
    np.testing.assert_array_equal(shown, displayed(image, is_grey=is_grey))


def test_an_image_without_a_result_has_its_colours(image):
    np.testing.assert_array_equal(painted(state_of(image)), displayed(image))


def test_the_side_that_shows_the_image_has_its_colours(image):
    state = state_of(image, halves(), divided=True, sides=(IMAGE, EM))
    shown, middle = painted(state), COLUMNS // 2
    np.testing.assert_array_equal(shown[:, :middle], displayed(image)[:, :middle])
    np.testing.assert_array_equal(shown[:, middle:], displayed(image, is_grey=True)[:, middle:])


def test_a_side_that_is_being_made_is_grey_at_once(image):
    state = state_of(image, halves(), divided=True, sides=(EM, K_MEANS))
    np.testing.assert_array_equal(painted(state), displayed(image, is_grey=True))


def test_smaller_copies_are_grey_too(image):
    shown = painted(state_of(image, halves()), scale=0.5)
    assert (shown == shown[:, :, :1]).all()
    means = displayed(image).reshape(20, 2, 30, 2, 3).mean(axis=(1, 3))
    luma = means @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(shown[:, :, 0], luma, atol=2)


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_tiles_are_made_once_in_grey_and_once_in_colours(image, monkeypatch, scale):
    made, make = [], Pyramid.picture
    monkeypatch.setattr(
        Pyramid, "picture", lambda self, tile: (made.append(tile), make(self, tile))[1]
    )
    layer, state = GroundLayer(), state_of(image, halves())
    bare = replace(state, look=replace(state.look, overlay_hidden=True))
    for _ in range(3):
        painted(state, layer, scale)
        painted(bare, layer, scale)
    assert len(made) == (2 if scale == 1 else 1)


@pytest.mark.parametrize("is_bare", [True, False], ids=["in colours", "in grey"])
def test_the_image_before_is_let_go_of_however_the_next_is_painted(is_bare):
    layer = GroundLayer()
    values = np.random.default_rng(0).integers(0, 256, (2, ROWS, COLUMNS, 3), dtype=np.uint8)
    first, second = (
        state_of(Image(each, np.ones((ROWS, COLUMNS), bool), ("red", "green", "blue"), 8), halves())
        for each in (values[0].copy(), values[1].copy())
    )
    for hidden in (True, False):
        painted(replace(first, look=replace(first.look, overlay_hidden=hidden)), layer)
    before = weakref.ref(first.image.pixels)
    painted(replace(second, look=replace(second.look, overlay_hidden=is_bare)), layer)
    del first, values
    gc.collect()
    assert before() is None


def test_no_data_stays_clear(image):
    valid = np.ones((ROWS, COLUMNS), bool)
    valid[:, :10] = False
    shown = painted(state_of(replace(image, valid=valid), halves()), scale=0.5)
    assert (shown[:, :4] == (255, 0, 0)).all()
    assert (shown[:, 6:] == shown[:, 6:, :1]).all()


def test_a_grey_image_is_painted_as_it_is():
    image = grey_image()
    np.testing.assert_array_equal(painted(state_of(image, halves())), displayed(image))


def test_a_grey_image_has_no_colours_to_leave_out(image):
    from segmenter.app.reasons import no_colours

    assert no_colours(state_of(grey_image())) == "This image is grey already."
    assert not no_colours(state_of(image))
