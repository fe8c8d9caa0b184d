"""The curve grows with the run and says why it ended."""

from dataclasses import replace

import numpy as np
import pytest
from clusters import show_beside
from driving import show_image
from PySide6.QtCore import QPointF, Qt

from segmenter.app.plotted import Plot
from segmenter.app.run_words import iterations_of
from segmenter.app.state import State
from segmenter.engine.outcome import Progress, Stage
from segmenter.ui.convergence_plot import ConvergencePlot, describe_curve


@pytest.fixture
def plot(qtbot, session):
    made = ConvergencePlot(session)
    qtbot.addWidget(made)
    made.resize(400, 160)
    made.show()
    return made


def test_the_curve_is_that_of_the_state(plot, session, image, wait):
    show_image(session, replace(image))
    state = wait(session, lambda state: state.result is not None)
    iterations, values = plot.curve.getData()
    assert tuple(values) == state.result.log_likelihoods
    assert list(iterations) == list(range(len(values)))


def test_the_curve_grows_while_it_runs(plot, session):
    for count in (1, 2, 3):
        values = tuple(np.linspace(-2, -1, count))
        session._change(progress=Progress(Stage.FITTING, count, 200, values))
        assert len(plot.curve.getData()[0]) == count


@pytest.mark.parametrize("count", [1, 2, 40])
def test_no_iteration_stands_before_the_start(plot, session, count):
    session._change(progress=Progress(Stage.FITTING, count, 200, (-1.0,) * count))
    (low, high), _ = plot.plot.viewRange()
    assert -0.1 * high < low <= 0
    assert max(1, count - 1) <= high < 1.1 * max(1, count)


def test_the_title_says_why_it_ended(segmented):
    words = iterations_of(segmented.state.curve)
    assert describe_curve(segmented.state).endswith(f"{words}: converged")


def test_the_title_of_a_run_under_way():
    running = Progress(Stage.FITTING, log_likelihoods=(-2.0, -1.0))
    state = replace(State(), progress=running)
    assert describe_curve(state).endswith("1 iteration so far")


def test_without_a_run_there_is_no_empty_scale(plot):
    assert not plot.plot.getAxis("left").isVisible()


@pytest.mark.parametrize("count", [1, 2, 4, 30, 1000])
def test_iterations_are_whole(plot, session, count):
    session._change(progress=Progress(Stage.FITTING, count, 2000, (-1.0,) * count))
    axis = plot.plot.getAxis("bottom")
    ticks = axis.tickValues(0, max(1, count - 1), 300)
    assert all(value == round(value) for _, values in ticks for value in values)
    assert ticks[0][1]


@pytest.mark.parametrize("gain", [1e-7, 2.8e-5, 1e-3, 1.0, 500.0])
def test_log_likelihoods_are_told_in_few_plain_digits_below_the_end(plot, session, gain):
    last = -12.345678901
    session._change(progress=Progress(Stage.FITTING, 2, 200, (last - gain, last)))
    axis = plot.plot.getAxis("left")
    spacing, values = axis.tickValues(last - gain, last + gain, 100)[0]
    words = axis.tickStrings(values, 1.0, spacing)
    assert len(set(words)) == len(words) > 0
    assert all(len(word) <= 5 and "e" not in word and float(word) >= 0 for word in words)
    assert axis.tickStrings([last], 1.0, spacing) == ["0"]
    names = {1e-7: "Millionths", 2.8e-5: "Millionths", 1e-3: "Thousandths"}
    unit = names.get(gain)
    assert plot.scale_words.text() == (f"{unit} below the latest" if unit else "Below the latest")
    assert "\N{MINUS SIGN}12.3457" in plot.title.text()


@pytest.mark.parametrize("height", [90, 300])
def test_what_the_scale_tells_is_read_however_low_the_plot_is(plot, session, height):
    session._change(progress=Progress(Stage.FITTING, 2, 200, (-1.001, -1.0)))
    plot.resize(400, height)
    plot.grab()
    words = plot.scale_words
    assert words.width() >= words.fontMetrics().horizontalAdvance(words.text())
    assert not words.geometry().intersects(plot.title.geometry())
    assert words.geometry().bottom() <= plot.plot.geometry().top()


def test_a_small_panel_shows_the_whole_curve(plot, segmented, qtbot):
    made = ConvergencePlot(segmented)
    qtbot.addWidget(made)
    made.resize(200, 150)
    made.show()
    assert made.plot.getPlotItem().minimumWidth() <= made.plot.width()
    assert made.title.text() == describe_curve(segmented.state)


def test_the_expected_end_is_a_dashed_line_with_its_value(plot, session):
    values = tuple(-8.0 - 0.5**k for k in range(6))
    session._change(progress=Progress(Stage.FITTING, 5, 200, values))
    at, ends = plot.end.getData()
    assert list(at) == [0, 5]
    np.testing.assert_allclose(ends, -8.0)
    assert plot.end.opts["pen"].style() is Qt.PenStyle.DashLine
    assert plot.end_words.textItem.toPlainText() == "expected end \N{MINUS SIGN}8.0000"
    plot.plot.grab()
    low, high = plot.plot.getViewBox().viewRange()[1]
    assert low <= values[0] < -8 <= high
    assert plot.scale_words.text() == "Below the end"


def test_the_words_of_the_end_are_where_the_curve_is_not(plot, session):
    values = tuple(-8.0 - 0.5**k for k in range(6))
    session._change(progress=Progress(Stage.FITTING, 5, 200, values))
    plot.plot.grab()
    view = plot.plot.getViewBox()
    words = plot.end_words.mapRectToScene(plot.end_words.boundingRect())
    assert view.sceneBoundingRect().contains(words)
    assert words.bottom() <= view.mapViewToScene(QPointF(0, -8.0)).y() + 1
    assert words.right() == pytest.approx(view.mapViewToScene(QPointF(5, -8.0)).x(), abs=2)


def test_where_no_end_can_be_told_none_is_shown(plot, session):
    session._change(progress=Progress(Stage.FITTING, 2, 200, (-3.0, -2.0, -1.0)))
    assert not plot.end_words.isVisible()
    assert plot.end.getData()[0] is None


def test_it_rests_while_another_plot_is_to_be_seen(plot, session):
    session.plot(seen=Plot.SCATTER)
    session._change(progress=Progress(Stage.FITTING, 2, 200, (-3.0, -2.0, -1.0)))
    assert plot.curve.getData()[0] is None
    session.plot(seen=Plot.CONVERGENCE)
    assert len(plot.curve.getData()[0]) == 3


# ---- k-means beside EM ----------------------------------------------------------------------


def test_what_k_means_costs_falls_beside_the_curve_by_half_iterations(qtbot, segmented):
    made = ConvergencePlot(segmented)
    qtbot.addWidget(made)
    clusters = show_beside(segmented)
    halves, places = made.costs.getData()
    assert list(halves) == [0, 0.5, 1, 1.5, 2]
    values = segmented.state.curve
    assert (places[0], places[-1]) == (max(values), min(values))
    assert (np.diff(places) <= 0).all()
    assert made.cost_words.toPlainText() == f"k-means: cost {clusters.costs[-1]:.4f}"
    segmented.set_look(k_means=False)
    assert made.costs.getData()[0] is None or len(made.costs.getData()[0]) == 0
    assert not made.cost_words.isVisible()


def test_a_single_cost_is_drawn(qtbot, segmented):
    made = ConvergencePlot(segmented)
    qtbot.addWidget(made)
    show_beside(segmented, costs=(0.25,))
    assert len(made.costs.getData()[0]) == 1
    assert "0.2500" in made.cost_words.toPlainText()
