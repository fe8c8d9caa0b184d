"""The flow chart of EM: every box is there, and what is lit is told by more than colour."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPalette

from segmenter.ui import theme
from segmenter.ui.flow_chart import COLUMN, FlowChart, Step


@pytest.fixture
def chart(qtbot):
    made = FlowChart()
    qtbot.addWidget(made)
    made.setPalette(theme.palette(dark=False))
    made.resize(280, made.sizeHint().height())
    return made


def painted(chart):
    grabbed = chart.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(grabbed.constBits(), np.uint8).reshape(grabbed.height(), -1)
    return lines[:, : 3 * grabbed.width()].reshape(grabbed.height(), -1, 3).astype(int)


def is_ink(seen, colour):
    return np.abs(seen - np.array(colour.getRgb()[:3])).sum(axis=-1) < 30


def test_the_boxes_lie_inside_in_their_order_and_apart(chart):
    boxes = [chart.box(step) for step in COLUMN]
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(boxes))
    for step in Step:
        assert chart.rect().toRectF().contains(chart.box(step))
    assert not any(chart.box(Step.LEAP).intersects(box) for box in boxes)


@pytest.mark.parametrize("width", [200, 280, 600])
def test_it_fits_into_narrow_and_wide_panels(chart, width):
    chart.resize(width, chart.sizeHint().height())
    for step in Step:
        assert chart.rect().toRectF().contains(chart.box(step))
        assert chart.box(step).width() > 30


@pytest.mark.parametrize("step", list(Step))
def test_a_lit_step_has_a_thick_frame_a_pointer_and_bold_words(chart, step):
    accent = chart.palette().color(QPalette.ColorRole.Accent)
    box = chart.box(step)
    middle = round(box.center().x()) - 20 if step is not Step.LEAP else round(box.left() + 6)
    edge = slice(round(box.top()) - 4, round(box.top()) + 5)
    assert not is_ink(painted(chart), accent).any()
    dark = chart.palette().color(QPalette.ColorRole.WindowText)
    area = slice(round(box.top()) + 4, round(box.bottom()) - 4), slice(None)
    before = is_ink(painted(chart)[area], dark).sum()
    chart.light(frozenset({step}))
    seen = painted(chart)
    assert is_ink(seen[edge, middle], accent).sum() >= 2
    pointer = seen[round(box.center().y()), round(box.left()) - 14 : round(box.left()) - 4]
    assert is_ink(pointer, accent).sum() >= 5
    assert is_ink(seen[area], dark).sum() != before
    assert chart.accessibleDescription() == f"Now: {step.value}"


def test_what_is_lit_no_longer_is_as_before(chart):
    plain = painted(chart)
    chart.light(frozenset({Step.E_STEP, Step.M_STEP}))
    assert chart.accessibleDescription() == "Now: E-step: colours and M-step: mixture"
    chart.light(frozenset())
    assert chart.accessibleDescription() == ""
    np.testing.assert_array_equal(painted(chart), plain)


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out_in_both_palettes(chart, dark):
    chart.setPalette(theme.palette(dark=dark))
    chart.light(frozenset({Step.CHECK}))
    box = chart.box(Step.CHECK).toRect()
    inside = painted(chart)[box.top() + 5 : box.bottom() - 5, box.left() + 20 : box.right() - 20]
    levels = inside.sum(axis=-1)
    assert levels.max() - levels.min() > 300


# ---- k-means beside EM -----------------------------------------------------------------------


def test_paired_the_boxes_have_room_for_two_lines_and_still_lie_apart(chart):
    alone = chart.box(Step.E_STEP).height()
    chart.show_beside(None, is_paired=True)
    chart.resize(280, chart.sizeHint().height())
    boxes = [chart.box(step) for step in COLUMN]
    assert boxes[1].height() == alone + chart.fontMetrics().height()
    assert all(upper.bottom() < lower.top() for upper, lower in pairwise(boxes))
    assert all(chart.rect().toRectF().contains(box) for box in boxes)


def test_the_step_of_k_means_is_bold_and_told(chart):
    chart.show_beside(None, is_paired=True)
    chart.resize(280, chart.sizeHint().height())
    chart.light(frozenset({Step.E_STEP}))
    dark = chart.palette().color(QPalette.ColorRole.WindowText)
    box = chart.box(Step.CHECK)
    lower = slice(round(box.center().y()), round(box.bottom()) - 2), slice(None)
    before = is_ink(painted(chart)[lower], dark).sum()
    chart.show_beside(Step.CHECK, is_paired=True)
    assert is_ink(painted(chart)[lower], dark).sum() > before
    assert chart.accessibleDescription() == f"Now: {Step.E_STEP}; k-means: at rest"
