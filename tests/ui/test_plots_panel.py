"""One plot is to be seen, and the session knows which."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segmenter.app.plotted import Plot, is_seen
from segmenter.engine.settings import AUTO
from segmenter.ui.choice_plot import ChoicePlot
from segmenter.ui.plots_panel import PlotsPanel


@pytest.fixture
def panel(qtbot, session):
    made = PlotsPanel(session)
    qtbot.addWidget(made)
    made.resize(640, 220)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_every_plot_has_a_tab_with_a_tip(panel):
    assert [panel.bar.tabText(place) for place in range(panel.bar.count())] == [
        str(p) for p in Plot
    ]
    assert all(panel.bar.tabToolTip(place) for place in range(panel.bar.count()))


@pytest.mark.parametrize("plot", list(Plot))
def test_a_click_on_a_tab_brings_a_plot_to_the_front(panel, session, plot):
    bar = panel.bar
    middle = bar.tabRect(list(Plot).index(plot)).center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert session.state.look.plots.seen is plot
    assert panel.front.isVisible()


def test_arrows_go_through_the_tabs(panel, session):
    panel.bar.setFocus()
    QTest.keyClick(panel.bar, Qt.Key.Key_Right)
    assert session.state.look.plots.seen is Plot.HISTOGRAM


def test_the_session_brings_a_plot_to_the_front(panel, session):
    session.plot(seen=Plot.SCATTER)
    assert panel.front is panel.scatter


def test_a_hidden_panel_shows_nothing_and_comes_back_as_it_was(panel, session):
    session.plot(seen=Plot.SCATTER)
    panel.hide()
    assert session.state.look.plots.seen is None
    panel.show()
    assert session.state.look.plots.seen is Plot.SCATTER


def test_without_numbers_tried_it_says_how_to_try_them(panel, segmented, wait):
    segmented.plot(seen=Plot.CHOICE)
    assert panel._no_choice.isVisible()
    changes = {"components": AUTO, "most_components": 3}
    settings = segmented.state.inputs.settings.model_copy(update=changes)
    segmented.edit("Components", settings=settings)
    segmented.run()
    wait(segmented, lambda state: state.choices is not None)
    assert not panel._no_choice.isVisible()
    assert panel.findChild(ChoicePlot).isVisible()


# ---- Two plots ------------------------------------------------------------------------------


def in_sight(panel):
    return {plot for plot, page in panel.pages.items() if page.isVisible()}


def choose_beside(panel, text):
    panel.beside.setFocus()
    place = panel.beside.findText(text)
    panel.beside.setCurrentIndex(place)
    panel.beside.activated.emit(place)


def test_one_plot_is_in_sight_until_another_is_asked_for(panel, session):
    assert in_sight(panel) == {Plot.CONVERGENCE}
    choose_beside(panel, "Scatter")
    assert session.state.look.plots.beside is Plot.SCATTER
    assert in_sight(panel) == {Plot.CONVERGENCE, Plot.SCATTER}
    assert panel.scatter.width() == pytest.approx(panel.width() / 2, abs=12)
    choose_beside(panel, "Nothing")
    assert in_sight(panel) == {Plot.CONVERGENCE}


def test_both_plots_do_their_work(panel, segmented, wait):
    segmented.show_plot(Plot.HISTOGRAM)
    segmented.show_plot_beside(Plot.SCATTER)
    wait(segmented, lambda state: state.cloud is not None)
    assert panel.histogram.marks.plates
    assert panel.scatter.marks.plates
    assert is_seen(segmented.state, Plot.SCATTER)
    panel.hide()
    assert not is_seen(segmented.state, Plot.SCATTER)


def test_who_brings_the_second_plot_to_the_front_has_the_two_exchanged(panel, session):
    choose_beside(panel, "Scatter")
    session.show_plot(Plot.SCATTER)
    plots = session.state.look.plots
    assert (plots.seen, plots.beside) == (Plot.SCATTER, Plot.CONVERGENCE)
    assert panel.front is panel.scatter
    assert panel.beside.currentText() == "Convergence"
    session.show_plot(Plot.HISTOGRAM)
    assert in_sight(panel) == {Plot.HISTOGRAM, Plot.CONVERGENCE}


def test_the_plot_in_front_cannot_be_beside_itself_and_says_why(panel, session):
    item = panel.beside.model().item(1 + list(Plot).index(Plot.CONVERGENCE))
    assert not item.isEnabled()
    assert "in front" in item.toolTip()
    session.show_plot_beside(Plot.CONVERGENCE)
    assert session.state.look.plots.beside is None
    session.show_plot(Plot.SCATTER)
    assert item.isEnabled()


def test_a_hidden_panel_comes_back_with_both(panel, session):
    choose_beside(panel, "Scatter")
    panel.hide()
    panel.show()
    assert in_sight(panel) == {Plot.CONVERGENCE, Plot.SCATTER}
