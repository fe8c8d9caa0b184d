"""The table of regions follows the chosen class, sorts, and is linked with the state."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from segmenter.app.listed import are_listed
from segmenter.app.reasons import OUTDATED, STEPPING
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.regions import regions_of
from segmenter.engine.settings import Settings
from segmenter.ui.regions_model import AREA, NOTHING
from segmenter.ui.regions_panel import WAITING, WITHOUT_RESULT, RegionsPanel

ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def panel(qtbot, segmented):
    made = RegionsPanel(segmented)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    return made


@pytest.fixture
def listed(panel, segmented, wait):
    segmented.set_look(lists_regions=True, chosen=2)
    wait(segmented, are_listed)
    return panel


def column(panel, title):
    model = panel.model
    titles = [model.headerData(k, Qt.Orientation.Horizontal) for k in range(model.columnCount())]
    place = titles.index(title)
    return [model.index(row, place).data() for row in range(model.rowCount())]


def click(table, row):
    place = table.visualRect(table.model().index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_it_says_why_it_is_empty(qtbot, session):
    made = RegionsPanel(session)
    qtbot.addWidget(made)
    assert made.words.text() == WITHOUT_RESULT
    assert not made.save.isEnabled()
    assert made.save.toolTip() == WITHOUT_RESULT


def test_it_says_that_it_is_measuring(panel, segmented):
    segmented.set_look(lists_regions=True)
    assert panel.words.text() == WAITING


def test_the_regions_of_the_chosen_class_are_listed_the_largest_first(listed, segmented):
    regions = segmented.state.regions
    areas = np.sort(regions.areas[regions.classes == 2])[::-1]
    assert [
        int(text.replace("\N{NARROW NO-BREAK SPACE}", "")) for text in column(listed, "Area px")
    ] == (areas.tolist())
    assert listed.words.text().startswith(f"Class 2: {len(areas)} region")
    segmented.set_look(chosen=3)
    assert listed.model.rowCount() == np.count_nonzero(regions.classes == 3)


def test_every_number_is_that_of_the_region(listed, segmented):
    regions = segmented.state.regions
    place = int(column(listed, "Region")[0]) - 1
    assert column(listed, "Centre y")[0] == f"{regions.centroids[place, 0]:.1f}"
    assert column(listed, "Centre x")[0] == f"{regions.centroids[place, 1]:.1f}"
    assert column(listed, "Minor px")[0] == f"{regions.axes[place, 1]:.1f}"
    assert column(listed, "Mean green")[0] == f"{regions.means[place, 1]:.2f}"
    top, left, bottom, right = regions.boxes[place]
    box = [int(column(listed, name)[0]) for name in ("Top y", "Left x", "Height px", "Width px")]
    assert box == [top, left, bottom - top, right - left]


def test_what_is_not_known_is_a_dash(listed, segmented):
    regions = segmented.state.regions
    unknown = replace(regions, means=np.full_like(regions.means, np.nan))
    segmented.show_regions(unknown)
    assert column(listed, "Mean red")[0] == NOTHING


def test_a_click_on_a_header_sorts_and_keeps_the_row_that_is_chosen(listed, segmented):
    click(listed.table, 0)
    chosen = segmented.state.look.region
    header = listed.table.horizontalHeader()
    place = header.sectionViewportPosition(AREA) + 20
    for order in (ASCENDING, DESCENDING):
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 8))
        assert header.sortIndicatorOrder() is order
        areas = [
            int(text.replace("\N{NARROW NO-BREAK SPACE}", "")) for text in column(listed, "Area px")
        ]
        assert areas == sorted(areas, reverse=order is DESCENDING)
        row = listed.table.selectionModel().currentIndex().row()
        assert listed.model.number_in(row) == segmented.state.look.region == chosen


def test_a_row_is_chosen_by_mouse_and_by_keys(listed, segmented):
    click(listed.table, 0)
    assert segmented.state.look.region == listed.model.number_in(0)
    segmented.choose_region(0)
    assert not listed.table.selectionModel().hasSelection()
    click(listed.table, 0)
    assert segmented.state.look.region == listed.model.number_in(0)
    QTest.keyClick(listed.table, Qt.Key.Key_Down)
    row = min(1, listed.model.rowCount() - 1)
    assert segmented.state.look.region == listed.model.number_in(row)


def test_a_region_chosen_elsewhere_is_marked(listed, segmented):
    segmented.choose_region_at(20, 50)
    (index,) = listed.table.selectionModel().selectedRows()
    assert listed.model.number_in(index.row()) == segmented.state.regions.numbers[20, 50]


def test_of_many_the_largest_are_listed_and_the_rest_is_told(listed, segmented):
    regions = segmented.state.regions
    noisy = np.zeros(regions.labels.shape, np.uint8)
    noisy[:] = 1 + np.indices(noisy.shape).sum(axis=0) % 2
    noisy[:4] = 2
    state = segmented.state
    result = replace(state.result, labels=noisy)
    segmented._change(result=result, regions=regions_of(state.image, result, most=5))
    assert listed.model.rowCount() == 5
    assert column(listed, "Area px")[0] == str(4 * noisy.shape[1] + noisy.shape[1] // 2)
    total = np.count_nonzero(segmented.state.regions.classes == 2)
    rest = f"{total - 5:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    assert listed.words.text().endswith(f"; the 5 largest are listed, {rest} more")
    small = int(regions_of(state.image, result).largest[1][-1]) + 1
    segmented.choose_region(small)
    assert not listed.table.selectionModel().hasSelection()


def test_save_asks_for_a_place(listed, qtbot):
    assert listed.save.isEnabled()
    with qtbot.waitSignal(listed.save_wanted):
        QTest.mouseClick(listed.save, Qt.MouseButton.LeftButton)


def test_regions_of_an_older_result_are_pale_and_said_to_be(listed, segmented):
    cell = listed.model.index(0, 0)
    assert cell.data(Qt.ItemDataRole.ForegroundRole) is None
    segmented.set_live(False)
    segmented.edit("More", settings=Settings(components=4))
    assert listed.words.text().endswith(f" in the last result. {OUTDATED}")
    pale = cell.data(Qt.ItemDataRole.ForegroundRole)
    assert pale == listed.palette().placeholderText()
    assert listed.save.isEnabled()
    segmented._change(progress=Progress(Stage.FITTING), stepping=True)
    assert listed.words.text().endswith(STEPPING)
    assert not listed.save.isEnabled()
    assert listed.save.toolTip() == STEPPING
    segmented._change(progress=None)
    segmented.undo_stack.undo()
    assert "last result" not in listed.words.text()
    assert cell.data(Qt.ItemDataRole.ForegroundRole) is None
