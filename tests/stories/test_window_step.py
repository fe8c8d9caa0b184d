"""One who teaches EM: the panel, half a step by key, played, and the page that explains it."""

from __future__ import annotations

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segmenter import segment
from segmenter.app.sides import K_MEANS
from segmenter.engine.outcome import Phase, Stage, Stop
from segmenter.engine.settings import Spatial
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.flow_chart import Step
from segmenter.ui.flow_panel import FlowPanel
from segmenter.ui.k_means_words import OF_PHASE
from segmenter.ui.lesson_dialog import MAKING, LessonDialog
from segmenter.ui.overlay_source import source_of
from segmenter.ui.scatter_plot import ScatterPlot

STAINED = SAMPLE_IMAGES / "stained_cells.png"
LIT = {
    Phase.START: Step.START,
    Phase.E_STEP: Step.E_STEP,
    Phase.M_STEP: Step.M_STEP,
    Phase.LEAP: Step.LEAP,
    Phase.END: Step.CHECK,
}


@pytest.fixture
def teacher(person):
    """Somebody who has segmented an image and opened the panel."""
    person.drop(STAINED)
    person.wait_for_image(STAINED)
    person.wait_for_result()
    person.press("F9")
    person.wait_until_still(person.window.findChild(FlowPanel).far_off)
    return person


@pytest.fixture
def panel(teacher):
    return teacher.window.findChild(FlowPanel)


def shares(person):
    """What the classes panel says of the classes' shares."""
    listed = person.window.findChild(ClassesPanel).model
    return [listed.index(row, 3).data() for row in range(listed.rowCount())]


def begin_at_random(person, panel):
    panel.far_off.setFocus()
    QTest.keyClick(panel.far_off, Qt.Key.Key_Space)
    person.wait(lambda: panel.chart.lit == {Step.START} and "Iteration 0" in panel.numbers.text())


def half_step(person):
    before = person.state.progress
    person.press("F10")
    person.wait(lambda: person.state.progress is not before)
    return person.state.progress


def test_colours_and_numbers_change_in_turn(teacher, panel):
    begin_at_random(teacher, panel)
    bare, begun = teacher.painted(), shares(teacher)
    assert begun == ["~25.0%"] * 4
    for _ in range(3):
        coloured = half_step(teacher)
        assert coloured.phase is Phase.E_STEP
        assert panel.chart.lit == {Step.E_STEP}
        seen, numbers = teacher.painted(), shares(teacher)
        assert (seen != bare).any()
        # Where two classes have changed places in brightness they change numbers, too.
        assert sorted(numbers) == sorted(begun)
        moved = half_step(teacher)
        assert moved.phase is Phase.M_STEP
        assert "Shares" in panel.numbers.text()
        np.testing.assert_array_equal(teacher.painted(), seen)
        assert shares(teacher) != numbers
        bare, begun = seen, shares(teacher)


def test_step_by_step_to_the_very_same_end(teacher, panel):
    begin_at_random(teacher, panel)
    phases = []
    while (progress := half_step(teacher)) is not None:
        assert panel.chart.lit == {LIT[progress.phase]}
        phases.append(progress.phase)
    assert phases[-1] is Phase.END
    assert Phase.LEAP in phases
    assert panel.chart.lit == {Step.RESULT}
    result = teacher.wait_for_result()
    assert result.stopped is Stop.CONVERGED
    expected = segment(teacher.state.image, result.settings)
    assert result.log_likelihoods == expected.log_likelihoods
    np.testing.assert_array_equal(result.labels, expected.labels)


def test_it_plays_as_fast_as_one_likes_pauses_and_runs_to_the_end(teacher, panel):
    begin_at_random(teacher, panel)
    panel.speed.setFocus()
    QTest.keyClick(panel.speed, Qt.Key.Key_End)
    teacher.press("Ctrl+F10")
    assert panel.buttons["play"].text() == "Pause"
    teacher.wait(lambda: len(teacher.state.curve) > 3)
    teacher.click(panel.buttons["play"])
    assert panel.buttons["play"].text() == "Play"
    teacher.wait(lambda: teacher.window.statusBar().stage.text().startswith("Paused · EM"))
    so_far = teacher.state.curve
    teacher.press("F5")
    result = teacher.wait_for_result()
    assert result.log_likelihoods[: len(so_far)] == so_far
    assert "Converged after" in panel.numbers.text()


def test_start_anew_and_escape(teacher, panel):
    begin_at_random(teacher, panel)
    for _ in range(5):
        half_step(teacher)
    teacher.press("Shift+F5")
    teacher.wait(lambda: panel.chart.lit == {Step.START} and "Iteration 0" in panel.numbers.text())
    half_step(teacher)
    teacher.press("Esc")
    teacher.wait(lambda: teacher.state.progress is None)
    assert teacher.state.result.stopped is Stop.CANCELLED
    teacher.press("Ctrl+Z")
    assert not panel.far_off.isChecked()


def test_a_field_is_stepped_through_too(teacher, panel):
    settings = teacher.state.inputs.settings
    changed = settings.model_copy(update={"spatial": Spatial.FIELD})
    teacher.window.session.edit("Field", settings=changed)
    teacher.wait_for_result()
    teacher.press("F10")
    teacher.wait(lambda: panel.chart.lit == {Step.START})
    while teacher.state.progress.stage is not Stage.REFINING:
        half_step(teacher)
    half_step(teacher)
    teacher.wait(lambda: teacher.state.progress.phase in {Phase.E_STEP, Phase.M_STEP})
    while teacher.state.progress.phase is not Phase.E_STEP:
        half_step(teacher)
    assert "neighbours" in panel.sentence.text()
    teacher.press("F5")
    assert teacher.wait_for_result().strength is not None


def test_the_page_that_explains_is_read_beside_the_window(teacher, panel):
    teacher.choose("Help", "How EM works")
    (page,) = teacher.window.findChildren(LessonDialog)
    assert "Nobody has told the program" in page.page.toPlainText()
    teacher.wait(lambda: MAKING not in page.page.toPlainText())
    teacher.window.activateWindow()
    teacher.wait(teacher.window.isActiveWindow)
    half_step(teacher)
    assert teacher.state.stepping
    page.close()


def test_k_means_goes_beside_em_by_key(teacher, panel):
    """On the canvas, in the chart and in the plots; off again, nothing of it is left."""
    begin_at_random(teacher, panel)
    teacher.press("K")
    assert teacher.state.look.divided
    teacher.press("Alt+3")
    phases = []
    for _ in range(7):
        progress = half_step(teacher)
        clusters = progress.beside
        phases.append(clusters.phase)
        assert panel.beside[0].text() == OF_PHASE[clusters.phase].sentence
        assert source_of(K_MEANS, teacher.state).made_by is clusters.preview
        right = teacher.canvas.sides.lists[1].currentText()
        assert right == f"k-means, iteration {clusters.iteration}"
    assert phases[:4] == [Phase.E_STEP, Phase.M_STEP] * 2
    costs = teacher.state.progress.beside.costs
    assert list(costs) == sorted(costs, reverse=True)
    teacher.wait(lambda: teacher.state.cloud is not None)
    scatter = teacher.window.findChild(ScatterPlot)
    assert [cross.words for cross in scatter.marks.crosses]
    teacher.press("K")
    assert not teacher.state.look.divided
    assert not any(label.isVisible() for label in panel.beside)
    assert not scatter.marks.crosses


def test_k_means_comes_to_rest_before_em_and_says_so(teacher, panel):
    begin_at_random(teacher, panel)
    teacher.tick(panel.paired)
    while half_step(teacher).beside.phase is not Phase.END:
        pass
    assert panel.chart.beside is Step.CHECK
    assert "converged" in panel.beside[0].text()
    at_rest = teacher.state.progress.beside
    half_step(teacher)
    assert teacher.state.progress.beside.costs == at_rest.costs
    teacher.press("F5")
    teacher.wait_for_result()


def test_the_first_half_step_is_the_start_and_the_last_result_stays_in_sight(teacher, panel):
    before = teacher.painted()
    teacher.press("F10")
    teacher.wait(lambda: teacher.state.progress.mixture is not None)
    teacher.wait(lambda: panel.chart.lit == {Step.START} and "Iteration 0" in panel.numbers.text())
    np.testing.assert_array_equal(teacher.painted(), before)
    counts = [half_step(teacher).iteration for _ in range(5)]
    assert counts == [0, 1, 1, 2, 2]
