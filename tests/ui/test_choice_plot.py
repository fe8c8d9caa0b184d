"""The criteria against the number of components: shown, clicked, moved through by key."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from segmenter.app.choices import OTHER_SETTINGS
from segmenter.engine.settings import Settings
from segmenter.ui.choice_plot import HOW, ChoicePlot, describe_choice


@pytest.fixture
def plot(qtbot, segmented, wait):
    made = ChoicePlot(segmented)
    assert made.isHidden()
    qtbot.addWidget(made)
    segmented.edit("Auto", settings=Settings(components="auto", most_components=5))
    segmented.run()
    wait(segmented, lambda state: state.progress is None)
    made.resize(400, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_it_shows_what_was_tried_and_marks_what_is_taken(plot, segmented):
    numbers, heights = plot.bic.getData()
    assert numbers.tolist() == [1, 2, 3, 4, 5]
    assert heights.max() == plot.icl.getData()[1].max() == 0
    assert plot.marker.value() == len(segmented.state.result.mixture)
    assert "BIC" in describe_choice(segmented.state)
    assert plot.title.text() == describe_choice(segmented.state)


def test_differences_to_the_best_are_told_near_it_and_far_from_it(plot):
    axis = plot.plot.getAxis("left")
    assert plot.scale_words.text() == "Below the best"
    axis.measure(np.array([0, 0.001, 0.5, 1e-9]))
    assert axis.heights(0) == 0
    low = float(axis.heights(0.5))
    assert axis.heights(0.002) < 0.1 * low, "a difference near the best can be seen"
    (_, ticks), *_ = axis.tickValues(low, 0, 200)
    assert axis.tickStrings(ticks, 1, 1) == ["0", "0.001", "0.01", "0.1"]
    (_, few), *_ = axis.tickValues(low, 0, 40)
    assert 2 <= len(few) < len(ticks)


@pytest.mark.parametrize("width", [240, 400, 640])
def test_every_number_has_its_picture_below_its_tick(plot, width):
    plot.resize(width, 200)
    assert plot.plot.getViewBox().height() >= 80
    row = plot.row
    for number in range(1, 6):
        room = row.visualItemRect(row.item(number - 1))
        assert row.viewport().rect().contains(room.adjusted(2, 0, -2, 0))
        middle = row.viewport().mapTo(plot, room.center()).x()
        scene = plot.plot.getViewBox().mapViewToScene(QPointF(number, 0))
        tick = plot.plot.mapTo(plot, plot.plot.mapFromScene(scene)).x()
        assert abs(middle - tick) <= 2


def test_a_click_takes_the_number_under_it(plot, segmented):
    scene = plot.plot.getViewBox().mapViewToScene(QPointF(2.2, -0.01))
    place = plot.plot.mapFromScene(scene)
    QTest.mouseClick(plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert segmented.state.inputs.settings.components == 2
    assert plot.marker.value() == 2


def test_arrow_keys_take_one_more_or_less_as_far_as_was_tried(plot, segmented):
    segmented.choose_components(4)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert segmented.state.inputs.settings.components == 5
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert segmented.state.inputs.settings.components == 5
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert segmented.state.inputs.settings.components == 4


def test_what_was_tried_with_other_settings_is_not_taken_and_says_why(plot, segmented):
    settings = segmented.state.inputs.settings
    segmented.edit("Smoothing", settings=settings.model_copy(update={"smoothing": 1.0}))
    assert plot.title.text().endswith("tried with other settings")
    assert plot.toolTip() == OTHER_SETTINGS
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert segmented.state.inputs.settings.components == settings.components
    segmented.undo_stack.undo()
    assert plot.toolTip() == HOW
