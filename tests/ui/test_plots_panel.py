"""One plot is to be seen, and the session knows which."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segmenter.app.plotted import Plot
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
    assert [panel.tabText(place) for place in range(panel.count())] == [str(p) for p in Plot]
    assert all(panel.tabToolTip(place) for place in range(panel.count()))


@pytest.mark.parametrize("plot", list(Plot))
def test_a_click_on_a_tab_brings_a_plot_to_the_front(panel, session, plot):
    bar = panel.tabBar()
    middle = bar.tabRect(list(Plot).index(plot)).center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    assert session.state.look.plots.seen is plot
    assert panel.currentWidget().isVisible()


def test_arrows_go_through_the_tabs(panel, session):
    panel.tabBar().setFocus()
    QTest.keyClick(panel.tabBar(), Qt.Key.Key_Right)
    assert session.state.look.plots.seen is Plot.HISTOGRAM


def test_the_session_brings_a_plot_to_the_front(panel, session):
    session.plot(seen=Plot.SCATTER)
    assert panel.currentWidget() is panel.scatter


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
