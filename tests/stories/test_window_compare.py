"""Comparing: EM and k-means left and right of a divider, and where they differ."""

from __future__ import annotations

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint, Qt

from segmenter.app.sides import Kind, Layer, describe_difference, is_compared
from segmenter.engine.compare import beside
from segmenter.engine.number_words import grouped
from segmenter.engine.styles import fitted_classes
from segmenter.ui.candidate_row import CandidateRow
from segmenter.ui.settings_panel import SettingsPanel

COINS = SAMPLE_IMAGES / "coins.png"
ROUNDING = 2  # an 8-bit painter rounds twice
UNDER_THE_LINE = 12  # px


def assert_painted(person, labels, across):
    """Check a line of the canvas between two places against the classes' colours."""
    person.press("Ctrl+0")
    row = labels.shape[0] // 2
    styles = fitted_classes(person.state.inputs.classes, int(labels.max()))
    table = np.array([(0, 0, 0), *(style.colour for style in styles)])
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
    assert person.status == describe_difference(person.state.compared, person.state)
    assert f"({grouped(found.count)})" in person.status
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
    differs = person.state.compared.differs
    assert not changed[~differs].any()
    assert changed[differs].mean() > 0.95


def test_a_changed_setting_is_held_against_the_run_before(person):
    person.drop(COINS)
    person.wait_for_image(COINS)
    first = person.wait_for_result()
    person.press("C")
    person.wait(lambda: is_compared(person.state))
    left, right = person.canvas.sides.lists
    place = right.findText("Previous run")
    assert not right.model().item(place).isEnabled()
    assert "change a setting and run" in right.itemData(place, Qt.ItemDataRole.ToolTipRole)

    spatial = person.window.findChild(SettingsPanel).rows["spatial"].editor
    person.choose_in_list(spatial.compact, "Field")
    second = person.wait_for_result()
    person.wait(lambda: is_compared(person.state))
    person.choose_in_list(right, "Previous run: K = 4, spatial none")
    person.wait(lambda: is_compared(person.state))
    person.leave()
    count = np.count_nonzero(first.labels != second.labels)
    assert person.status.startswith("EM and the previous run differ in")
    assert person.status.endswith(f"({grouped(count)}).")
    width = person.canvas.width()
    assert_painted(person, second.labels, range(width // 2 - UNDER_THE_LINE))
    assert_painted(person, first.labels, range(width // 2 + UNDER_THE_LINE, width))

    # Undone, before and after change places.
    person.press("Ctrl+Z")
    person.wait(lambda: is_compared(person.state) and person.state.result is first)
    assert right.currentText() == "Previous run: K = 4, spatial field"
    assert left.currentText() == "EM"


@pytest.fixture
def tried(person):
    """What came of trying many numbers of components on the coins."""
    person.drop(COINS)
    person.wait_for_image(COINS)
    person.wait_for_result()
    person.wait(lambda: person.window.findChild(CandidateRow) is not None)
    person.tick(person.window.findChild(SettingsPanel).rows["components"].editor.word)
    person.wait(lambda: person.state.pictures is not None)
    return person.wait_for_result()


def test_another_number_of_components_is_seen_beside(person, tried):
    person.choose("View", "Right of the divider", "EM with 2 components")
    person.wait(lambda: is_compared(person.state))
    person.leave()
    assert person.status.startswith("EM and EM with 2 components differ in")
    width = person.canvas.width()
    assert_painted(person, tried.labels, range(width // 2 - UNDER_THE_LINE))
    found = person.state.compared.maps[Layer(Kind.OTHER_NUMBER, 2)]
    assert_painted(person, found, range(width // 2 + UNDER_THE_LINE, width))

    _, right = person.canvas.sides.lists
    right.setFocus()
    person.press("Down")
    assert right.currentText().startswith("EM with 3 components")
    person.press("Ctrl+5")
    person.wait(lambda: is_compared(person.state))
    differs = person.state.compared.differs
    assert 0 < np.count_nonzero(differs) < differs.size


def test_a_number_of_components_is_taken_by_its_picture(person, tried):
    person.press("Alt+4")
    row = person.window.findChild(CandidateRow)
    row.scrollToItem(row.item(2))
    third = row.visualItemRect(row.item(2)).center()
    person.click(row.viewport(), third)
    assert person.state.inputs.settings.components == 3
    assert person.wait_for_result().class_count == 3
    person.press("Left")
    assert person.state.inputs.settings.components == 3
    person.press("Return")
    assert person.state.inputs.settings.components == 2
    assert person.wait_for_result().class_count == 2
