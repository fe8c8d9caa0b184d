"""The panel that follows EM: its words, its numbers, its buttons and the speed."""

from dataclasses import replace

import numpy as np
import pytest
from clusters import show_beside
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest

from segmenter.app.playing import PAUSES
from segmenter.app.run_words import describe_end
from segmenter.app.sides import EM, K_MEANS
from segmenter.app.state import State, is_running
from segmenter.engine.outcome import Phase, Progress, Stage
from segmenter.engine.settings import Start
from segmenter.engine.types import Mixture
from segmenter.ui import k_means_words
from segmenter.ui.flow_chart import Step
from segmenter.ui.flow_panel import FlowPanel, describe_pause
from segmenter.ui.flow_words import OF_STEP, STEP_OF, numbers_of, steps_of, words_of
from segmenter.ui.lesson_text import TITLE


def plain(rich):
    document = QTextDocument()
    document.setHtml(rich)
    return document.toPlainText().replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def filled(window, image, wait):
    """A window with the image and its result."""
    from driving import show_image

    session = window.session
    session.set_live(False)
    show_image(session, replace(image))
    session.run()
    wait(session, lambda state: state.result is not None and not is_running(state))
    return window


@pytest.fixture
def panel(filled):
    filled.panels.show_flow()
    return filled.findChild(FlowPanel)


def mixture():
    return Mixture(np.array([0.25, 0.75]), np.zeros((2, 1)), np.ones((2, 1, 1)))


def at(segmented, phase, *, stage=Stage.FITTING, values=(-9.0, -8.5), stepping=True):
    progress = Progress(stage, 1, 200, values, mixture(), phase=phase)
    return replace(segmented.state, progress=progress, stepping=stepping)


# ---- Words -----------------------------------------------------------------------------------


def test_every_phase_has_a_step_and_every_step_words():
    assert set(STEP_OF) == set(Phase)
    assert set(OF_STEP) == set(Step)
    for words in OF_STEP.values():
        assert words.sentence.endswith(".")
        assert plain(words.formula)


@pytest.mark.parametrize("phase", list(Phase))
def test_the_step_that_is_done_is_lit_and_told(segmented, qapp, phase):
    state = at(segmented, phase)
    assert steps_of(state) == {STEP_OF[phase]}
    assert words_of(state) == OF_STEP[STEP_OF[phase]]


def test_a_run_that_nobody_steps_through_lights_both_steps_and_does_not_flicker(segmented):
    lit = {steps_of(at(segmented, phase, stepping=False)) for phase in Phase}
    assert lit == {frozenset({Step.E_STEP, Step.M_STEP})}
    words = {words_of(at(segmented, phase, stepping=False)) for phase in Phase}
    assert len(words) == 1


def test_before_during_and_after_the_search(segmented):
    assert steps_of(State()) == frozenset()
    assert "F10" in words_of(State()).sentence
    searching = replace(segmented.state, progress=Progress(Stage.STARTS, 1, 8), stepping=True)
    assert steps_of(searching) == {Step.START}
    assert "looked for" in words_of(searching).sentence
    assert steps_of(segmented.state) == {Step.RESULT}
    assert plain(numbers_of(segmented.state)) == describe_end(
        segmented.state.made_from, segmented.state.result
    )


def test_the_numbers_are_those_of_the_progress(segmented, qapp):
    told = plain(numbers_of(at(segmented, Phase.E_STEP)))
    assert "Iteration 1 of at most 200" in told
    assert "Log-likelihood \N{MINUS SIGN}8.50000 per pixel" in told
    assert "Gain +0.5 in this iteration" in told
    assert "Shares" not in told


@pytest.mark.parametrize("phase", [Phase.M_STEP, Phase.LEAP])
def test_a_moved_mixture_tells_its_shares_and_has_no_likelihood_yet(segmented, qapp, phase):
    told = plain(numbers_of(at(segmented, phase)))
    assert "Class 1 25.0%, Class 2 75.0%" in told
    assert "before the mixture moved" in told
    assert "Gain" not in told


def test_shares_go_with_the_classes_of_the_components(segmented, qapp):
    state = at(segmented, Phase.M_STEP)
    turned = replace(mixture(), classes=np.array([1, 0]))
    told = plain(numbers_of(replace(state, progress=replace(state.progress, mixture=turned))))
    assert "Class 1 75.0%, Class 2 25.0%" in told


def test_a_class_may_have_a_name_that_looks_like_html(segmented, qapp):
    state = at(segmented, Phase.M_STEP)
    first = replace(state.inputs.classes[0], name="<b>a & b</b>")
    classes = (first, *state.inputs.classes[1:])
    told = numbers_of(replace(state, inputs=replace(state.inputs, classes=classes)))
    assert "<b>a & b</b> 25.0%" in plain(told)


def test_where_neighbours_count_the_e_step_says_so(segmented):
    words = words_of(at(segmented, Phase.E_STEP, stage=Stage.REFINING))
    assert "neighbours" in words.sentence
    assert "neighbours" not in words_of(at(segmented, Phase.E_STEP)).sentence


def test_the_formulas_read_well(qapp):
    assert "Nk = ∑i rik" in plain(OF_STEP[Step.M_STEP].formula)
    assert plain(OF_STEP[Step.E_STEP].formula).replace("\n", " ").split() == [
        "rik", "=", "πk", "N(xi", "|", "μk,", "Σk)", "∑j", "πj", "N(xi", "|", "μj,", "Σj)",
    ]  # fmt: skip


# ---- The panel -------------------------------------------------------------------------------


def test_it_is_hidden_until_it_is_asked_for(filled):
    found = filled.findChild(FlowPanel)
    assert not found.isVisible()
    filled.commands.by_id["step-through"].trigger()
    assert found.isVisible()
    filled.panels.reset()
    assert not found.isVisible()


def test_the_panel_is_called_by_its_command_and_not_like_the_lesson(filled):
    (dock,) = (dock for dock in filled.panels.docks if isinstance(dock.widget(), FlowPanel))
    assert dock.windowTitle() == filled.commands.by_id["step-through"].iconText()
    assert dock.windowTitle() != TITLE == filled.commands.by_id["how-em-works"].iconText()


def test_all_of_it_can_be_reached_in_a_narrow_panel(panel):
    panel.resize(160, 300)
    panel.grab()
    assert panel.horizontalScrollBar().maximum() > 0
    assert panel.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAsNeeded


def test_half_steps_are_shown(panel, filled, wait, qtbot):
    session = filled.session
    for step in (Step.START, Step.E_STEP, Step.M_STEP):
        qtbot.mouseClick(panel.buttons["step"], Qt.MouseButton.LeftButton)
        wait(session, lambda _: session._fits.is_resting)
        assert panel.chart.lit == {step}
        assert panel.sentence.text() == OF_STEP[step].sentence
        assert panel.formula.text() == OF_STEP[step].formula
        assert "Iteration" in panel.numbers.text()


def test_play_becomes_pause_and_back(panel, filled, qtbot):
    button = panel.buttons["play"]
    filled.session.set_pause(PAUSES[0])
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert filled.session.state.playing
    assert button.text() == "Pause"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not filled.session.state.playing
    assert button.text() == "Play"


def test_the_speed_follows_the_slider_and_the_slider_the_state(panel, filled):
    assert panel.pace.text() == "every 1 s"
    panel.speed.setFocus()
    QTest.keyClick(panel.speed, Qt.Key.Key_Right)
    assert filled.session.state.pause == PAUSES[3]
    assert panel.pace.text() == "every 0.7 s"
    QTest.keyClick(panel.speed, Qt.Key.Key_End)
    assert (filled.session.state.pause, panel.pace.text()) == (0, "at once")
    filled.session.set_pause(2000)
    assert panel.speed.value() == 0


def test_all_speeds_are_said_from_slow_to_quick():
    assert list(PAUSES) == sorted(PAUSES, reverse=True)
    assert (PAUSES[0], PAUSES[-1]) == (2000, 0)
    assert State().pause in PAUSES
    assert describe_pause(350) == "every 0.35 s"


def test_a_random_start_begins_anew_and_waits_there(panel, filled, wait, qtbot):
    session = filled.session
    qtbot.mouseClick(panel.far_off, Qt.MouseButton.LeftButton, pos=panel.far_off.rect().center())
    if not panel.far_off.isChecked():
        QTest.keyClick(panel.far_off, Qt.Key.Key_Space)
    assert session.state.inputs.settings.start is Start.RANDOM
    wait(session, lambda _: session._fits.is_resting)
    progress = session.state.progress
    assert (progress.phase, progress.iteration) == (Phase.START, 0)
    assert panel.chart.lit == {Step.START}
    session.stop()
    wait(session, lambda state: not is_running(state))
    session.undo_stack.undo()
    assert not panel.far_off.isChecked()


def test_where_the_number_is_left_open_the_random_start_says_why_it_cannot_be(panel, filled):
    session = filled.session
    settings = session.state.inputs.settings
    session.edit("Auto", settings=settings.model_copy(update={"components": "auto"}))
    assert not panel.far_off.isEnabled()
    assert "Components" in panel.far_off.toolTip()
    session.undo_stack.undo()
    assert panel.far_off.isEnabled()
    assert "chance" in panel.far_off.toolTip()


def test_k_means_beside_is_one_button(panel, filled, qtbot):
    qtbot.mouseClick(panel.buttons["compare"], Qt.MouseButton.LeftButton)
    look = filled.session.state.look
    assert (look.divided, look.sides) == (True, (EM, K_MEANS))
    qtbot.mouseClick(panel.buttons["compare"], Qt.MouseButton.LeftButton)
    assert not filled.session.state.look.divided


def test_every_part_is_reached_by_keyboard_and_named(panel):
    for button in panel.buttons.values():
        assert button.focusPolicy() is Qt.FocusPolicy.StrongFocus
        assert button.text()
        assert button.toolTip()
    assert panel.speed.accessibleName() == "Speed"
    assert panel.far_off.toolTip()


# ---- k-means beside EM -----------------------------------------------------------------------


def test_every_half_step_of_k_means_has_words_and_a_place_in_the_chart():
    assert set(k_means_words.OF_PHASE) == set(Phase)
    assert set(k_means_words.STEP_OF) == set(Phase) - {Phase.LEAP}
    for words in k_means_words.OF_PHASE.values():
        assert words.sentence.endswith(".")


@pytest.mark.parametrize("phase", [Phase.START, Phase.E_STEP, Phase.M_STEP, Phase.END])
def test_what_k_means_does_is_told_below_what_em_does(panel, filled, phase):
    show_beside(filled.session, phase=phase)
    sentence, formula, numbers = panel.beside
    assert sentence.text() == k_means_words.OF_PHASE[phase].sentence
    assert formula.text() == k_means_words.OF_PHASE[phase].formula
    assert panel.chart.beside is k_means_words.STEP_OF[phase]
    assert "Cost J … ≥ 0.70000 ≥ 0.60000 ≥ 0.50000" in plain(numbers.text())
    assert "Centres have moved 2 times" in plain(numbers.text())
    assert all(label.isVisible() for label in panel.beside)


def test_while_em_leaps_k_means_waits_unless_it_is_at_rest(panel, filled):
    show_beside(filled.session, em=Phase.LEAP, phase=Phase.M_STEP)
    assert "waits" in panel.beside[0].text()
    show_beside(filled.session, em=Phase.LEAP, phase=Phase.END)
    assert "converged" in panel.beside[0].text()


def test_without_k_means_nothing_is_said_of_it(panel, filled):
    show_beside(filled.session)
    filled.session.set_look(k_means=False)
    assert not any(label.isVisible() for label in panel.beside)
    assert panel.chart.beside is None
    assert "k-means" not in panel.chart.accessibleDescription()


def test_the_box_is_the_command_and_follows_it(panel, filled, qtbot):
    panel.paired.setFocus()
    QTest.keyClick(panel.paired, Qt.Key.Key_Space)
    assert filled.session.state.look.k_means
    assert filled.session.state.look.sides == (EM, K_MEANS)
    filled.commands.by_id["k-means"].trigger()
    assert not panel.paired.isChecked()
    assert "(K)" in panel.paired.toolTip()


def test_without_an_image_the_box_says_what_it_wants(window):
    window.panels.show_flow()
    box = window.findChild(FlowPanel).paired
    assert not box.isEnabled()
    assert "Open an image" in box.toolTip()
