"""A class is pointed out: where it is in sight the image is brighter for a moment."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QVariantAnimation
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QProxyStyle, QStyle

from segmenter.engine.outcome import Progress, Stage
from segmenter.ui.canvas import Canvas
from segmenter.ui.flash import DURATION_MS, PULSES, Flash, can_flash


@pytest.fixture
def canvas(qtbot, segmented):
    made = Canvas(segmented)
    segmented.changed.connect(made.show_state)
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    return made


@pytest.fixture
def flash(canvas):
    return canvas.findChild(Flash)


def clock(flash):
    return flash.findChild(QVariantAnimation)


def at(canvas, milliseconds):
    """Return the canvas (height, width) at a moment of the flash, as brightness."""
    moving = clock(canvas.findChild(Flash))
    moving.pause()
    moving.setCurrentTime(milliseconds)
    return brightness(canvas)


def brightness(canvas):
    grabbed = canvas.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    lines = np.frombuffer(grabbed.constBits(), np.uint8)
    return lines.reshape(grabbed.height(), grabbed.bytesPerLine())[:, : grabbed.width()].astype(int)


def test_pixels_of_the_class_are_brighter_and_then_as_before(canvas, flash, segmented, qtbot):
    before = brightness(canvas)
    canvas.flash(1)
    lit = at(canvas, DURATION_MS // 4) - before
    scale = before.shape[1] // 64
    is_class = np.kron(segmented.state.result.labels == 1, np.ones((scale, scale), bool))
    assert (lit[is_class] > 20).mean() > 0.99
    assert (np.abs(lit[~is_class]) < 3).mean() > 0.9
    clock(flash).resume()
    qtbot.waitUntil(lambda: not flash.is_on)
    np.testing.assert_array_equal(brightness(canvas), before)


def test_it_pulses_gently_and_never_more_than_three_times_a_second(canvas):
    before = brightness(canvas)
    canvas.flash(1)
    light = [(at(canvas, DURATION_MS * k // 8) - before).sum() for k in range(8)]
    assert light[2] > 4 * max(1, light[0])
    assert light[2] > 4 * max(1, light[4])
    assert light[2] > light[1] > light[0]
    assert PULSES / (DURATION_MS / 1000) <= 3


def test_where_motion_is_unwanted_the_light_is_steady(canvas, segmented):
    class Still(QProxyStyle):
        def styleHint(self, hint, *more):  # noqa: N802 - Qt's name
            still = hint is QStyle.StyleHint.SH_Widget_Animation_Duration
            return 0 if still else super().styleHint(hint, *more)

    style = Still()
    # A widget does not own its style, and asks it whenever it is painted.
    style.setParent(canvas)
    canvas.setStyle(style)
    canvas.flash(1)
    np.testing.assert_array_equal(at(canvas, 10), at(canvas, DURATION_MS // 3))


def test_a_class_out_of_sight_is_said_to_be(canvas, flash, segmented):
    labels = np.where(segmented.state.result.labels == 3, 2, segmented.state.result.labels)
    segmented._change(result=replace(segmented.state.result, labels=labels.astype(np.uint8)))
    canvas.flash(3)
    assert not flash.is_on
    assert segmented.state.notice == "Nothing of Class 3 is in sight."


def test_only_what_is_in_sight_is_worked_out(canvas, flash):
    for _ in range(8):
        canvas.zoom_in()
    canvas.flash(2)
    picture = flash._picture
    assert picture.width() <= canvas.width()
    assert picture.height() <= canvas.height()


def test_there_is_nothing_to_point_out_without_a_result_or_during_a_run(canvas, flash, segmented):
    result = segmented.state.result
    canvas.flash(9)
    assert not flash.is_on
    segmented._change(progress=Progress(Stage.FITTING, mixture=result.mixture))
    assert not can_flash(segmented.state)
    canvas.flash(1)
    assert not flash.is_on
    segmented._change(progress=None, result=None)
    assert not can_flash(segmented.state)
