"""Comparing: EM and k-means left and right of a divider, and where they differ."""

from __future__ import annotations

import numpy as np
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint

from segmenter.app.state import describe_comparison, is_compared
from segmenter.engine.compare import beside

COINS = SAMPLE_IMAGES / "coins.png"
ROUNDING = 2  # an 8-bit painter rounds twice
UNDER_THE_LINE = 12  # px


def assert_painted(person, labels, across):
    """Check a line of the canvas between two places against the classes' colours."""
    person.press("Ctrl+0")
    row = labels.shape[0] // 2
    table = np.array([(0, 0, 0), *(style.colour for style in person.state.inputs.classes)])
    plain = person.state.image.pixels[row, :, :].astype(float)
    expected = (plain + table[labels[row]]) / 2
    view, seen = person.canvas.view, person.painted()
    left, y = round(view.left), round(view.top) + row
    columns = [x for x in range(labels.shape[1]) if left + x in across]
    assert len(columns) > 100
    painted = seen[y, [left + x for x in columns]]
    np.testing.assert_allclose(painted, expected[columns], atol=ROUNDING)


def test_k_means_is_pulled_over_em_and_away_again(person):
    person.drop(COINS)
    person.wait_for_image(COINS)
    result = person.wait_for_result()
    person.press("C")
    person.wait(lambda: is_compared(person.state))
    found = beside(person.state.image, result)
    person.leave()
    assert person.status == describe_comparison(found)
    assert found.share > 0.01

    width = person.canvas.width()
    middle = QPoint(round(width / 2), person.canvas.height() // 2)
    goal = middle + QPoint(40, 30)
    person.drag(person.canvas, middle, middle + QPoint(15, 5), goal)
    assert round(person.state.look.divider * width) == goal.x()
    assert_painted(person, result.labels, range(goal.x() - UNDER_THE_LINE))
    assert_painted(person, found.labels, range(goal.x() + UNDER_THE_LINE, width))

    person.press("Shift+Left")
    assert person.state.look.divider * width < goal.x()
    person.double_click(person.canvas, QPoint(round(person.state.look.divider * width), 50))
    assert person.state.look.divider == 0.5
    person.press("Home")
    assert_painted(person, found.labels, range(UNDER_THE_LINE, width))
    person.press("C")
    assert_painted(person, result.labels, range(width))


def test_the_differences_are_hatched(person):
    person.drop(COINS)
    person.wait_for_image(COINS)
    person.wait_for_result()
    person.press("Ctrl+0")
    plain = person.image_as_painted()
    person.press("Ctrl+5")
    person.wait(lambda: is_compared(person.state))
    changed = (person.image_as_painted() != plain).any(axis=2)
    differs = person.state.comparison.differs
    assert not changed[~differs].any()
    assert changed[differs].mean() > 0.95
