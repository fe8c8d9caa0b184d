"""A person looks at the plots, moves a component by hand, and asks which pixels some points are."""

from __future__ import annotations

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segmenter.app.plotted import Plot, plane_of
from segmenter.ui.plots_panel import PlotsPanel
from segmenter.ui.settings_panel import SettingsPanel

CELLS = SAMPLE_IMAGES / "stained_cells.png"
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def panel(person):
    """The plots, when their library is loaded and there is a result."""
    person.choose("File", "Open sample", "Stained cells")
    person.wait_for_image(CELLS)
    person.wait_for_result()
    person.wait(lambda: person.window.findChild(PlotsPanel) is not None)
    return person.window.findChild(PlotsPanel)


@pytest.fixture
def show(person, panel):
    """Click on the tab of a plot and wait for what it shows."""

    def do(plot):
        bar = panel.bar
        person.click(bar, bar.tabRect(list(Plot).index(plot)).center())
        person.wait(lambda: person.state.cloud is not None)
        return panel.front

    return do


def on_plot(scatter, place):
    """Return where values are on the scatter, as the person's mouse finds it."""
    return scatter.hand.on_viewport(np.asarray(place)).toPoint()


def share_of_canvas(person):
    """Return how much of the canvas the image takes."""
    rows, columns = person.state.image.shape
    scale = person.canvas.view.scale
    return rows * columns * scale**2 / (person.canvas.width() * person.canvas.height())


def test_the_histogram_follows_the_settings_the_pointer_and_the_keys(person, panel, show):
    histogram = show(Plot.HISTOGRAM)
    assert len(histogram.marks.plates) == 4
    histogram.feature.setFocus()
    QTest.keyClick(histogram.feature, Qt.Key.Key_End)
    assert histogram.feature.currentText() == "b*"
    person.wait_until_still(person.canvas)
    person.point_at(20, 30)
    # Pixels of the image may be smaller than those that the mouse points at.
    row, column = person.canvas._pixel
    assert (row, column) == (pytest.approx(20, abs=1), pytest.approx(30, abs=1))
    assert histogram.here.value() == pytest.approx(person.state.cloud.at(row, column)[2])
    person.leave()
    assert not histogram.here.isVisible()
    person.tick(histogram.is_log)
    assert person.state.look.plots.is_log
    person.press("Alt+3")
    assert panel.front is panel.scatter
    person.press("Alt+1")
    assert person.state.look.plots.seen is Plot.CONVERGENCE


def test_a_mean_dragged_away_starts_em_anew_and_undo_brings_it_back(person, show):
    scatter = show(Plot.SCATTER)
    first = person.state.result
    middle = on_plot(scatter, plane_of(person.state).means(first.mixture)[3])
    port = scatter.plot.viewport()
    way = [middle + QPoint(-4 * k, -2 * k) for k in range(6)]
    person.drag(port, *way)
    second = person.wait_for_result()
    assert second is not first
    assert person.state.inputs.start is not None
    assert person.window.commands.by_id["undo"].text() == "&Undo Move a mean"
    person.press("Ctrl+Z")
    assert person.wait_for_result() is first


def test_points_in_a_lasso_light_up_in_the_image_until_escape(person, show):
    scatter = show(Plot.SCATTER)
    plain = person.painted()
    person.click(scatter.lasso)
    low, high = (np.quantile(person.state.cloud.values[:2], q, axis=1) for q in (0.02, 0.5))
    corners = [low, (high[0], low[1]), high, (low[0], high[1])]
    person.drag(scatter.plot.viewport(), *(on_plot(scatter, corner) for corner in corners))
    person.wait(lambda: person.state.highlight is not None)
    highlight = person.state.highlight
    assert 0 < highlight.count < highlight.marked.size
    assert "in the lasso" in person.status
    assert (person.painted() != plain).any(axis=2).mean() == pytest.approx(
        highlight.share * share_of_canvas(person), rel=0.3
    )
    (row, column) = np.argwhere(highlight.marked)[highlight.count // 2]
    x, y, *_ = person.state.cloud.at(row, column)
    assert low[0] - 1 < x < high[0] + 1
    assert low[1] - 1 < y < high[1] + 1
    person.press("Esc")
    person.wait(lambda: person.state.highlight is None)
    np.testing.assert_array_equal(person.painted(), plain)


def test_a_drag_with_shift_is_a_lasso_too(person, show):
    scatter = show(Plot.SCATTER)
    port, none = scatter.plot.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(port, none, SHIFT, QPoint(80, 20))
    for point in (QPoint(300, 20), QPoint(300, 60), QPoint(80, 60)):
        QTest.mouseMove(port, point)
    QTest.mouseRelease(port, none, SHIFT, QPoint(80, 60))
    person.wait(lambda: person.state.highlight is not None)


def test_ellipses_move_while_em_runs_step_by_step(person, show):
    scatter = show(Plot.SCATTER)
    person.press("Ctrl+L")
    rows = person.window.findChild(SettingsPanel).rows
    person.write(rows["components"].editor.compact, "7")
    seen = []
    person.press("F10")
    while len(seen) < 3:
        before = person.state.progress
        person.press("F10")
        person.wait(lambda: person.state.progress is not before)  # noqa: B023 - used at once
        if person.state.progress is None:
            break
        mixture = person.state.progress.mixture
        if mixture is not None:
            place = plane_of(person.state).means(mixture)[0]
            np.testing.assert_allclose(scatter.marks.plates[0].point, place)
            seen.append(place)
    assert seen
    person.press("Esc")
    person.wait(lambda: person.state.progress is None)


def test_a_closed_panel_needs_no_work_and_comes_back(person, show):
    show(Plot.SCATTER)
    person.window.panels.docks[2].close()
    assert person.state.look.plots.seen is None
    person.press("Alt+2")
    assert person.state.look.plots.seen is Plot.HISTOGRAM
    assert person.window.panels.docks[2].isVisible()


def test_two_plots_beside_each_other_while_one_steps(person, panel):
    """By keys and by mouse, as one who teaches wants scatter and convergence together."""
    person.press("Alt+3")
    person.press("Shift+Alt+1")
    assert panel.pages[Plot.CONVERGENCE].isVisible()
    assert panel.scatter.isVisible()
    person.press("F10")
    person.wait(lambda: person.state.stepping and person.state.progress.mixture is not None)
    for _ in range(3):
        before = person.state.progress
        person.press("F10")
        person.wait(lambda before=before: person.state.progress is not before)
    person.wait(lambda: person.state.cloud is not None and panel.scatter.marks.plates)
    person.press("Shift+Alt+1")
    assert not panel.pages[Plot.CONVERGENCE].isVisible()
    person.choose("View", "Plot beside", "Histogram")
    assert panel.histogram.isVisible()
    bar = panel.bar
    person.click(bar, bar.tabRect(list(Plot).index(Plot.HISTOGRAM)).center())
    assert person.state.look.plots.beside is Plot.SCATTER
    person.press("F5")
    person.wait_for_result()


def test_a_lasso_by_keys_alone(person, show):
    """The tool, the cursor, the corners: no mouse; the keys do nothing else meanwhile."""
    scatter = show(Plot.SCATTER)
    scatter.lasso.setFocus(Qt.FocusReason.TabFocusReason)
    person.press("Space")
    assert person.state.look.plots.lassoing
    scatter.plot.setFocus(Qt.FocusReason.TabFocusReason)
    hidden = person.state.look.overlay_hidden
    for keys in ("Shift+Left", "Space", "Shift+Right", "Shift+Right", "Space", "Shift+Down"):
        person.press(keys)
    for keys in ("Shift+Down", "Return", "Shift+Left", "Shift+Left", "Space", "C"):
        person.press(keys)
    assert len(person.state.look.plots.lasso.corners) == 4
    person.wait(lambda: person.state.highlight is not None)
    assert person.state.highlight.count > 0
    assert person.state.look.overlay_hidden == hidden
    assert not person.state.look.divided
    person.press("Esc")
    assert person.state.look.plots.lasso is not None
    person.press("Esc")
    person.wait(lambda: person.state.look.plots.lasso is None)
