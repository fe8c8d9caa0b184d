"""Finding one thing among many: from the table to the image, from the image to the table."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

from segmenter.app.listed import are_listed
from segmenter.ui.outline import box_of
from segmenter.ui.regions_panel import RegionsPanel

COINS = SAMPLE_IMAGES / "coins.png"
COIN, GROUND = (110, 45), (60, 250)  # (row, column)


@pytest.fixture
def panel(person):
    """The table of regions of the coins, in front."""
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    person.wait_for_result()
    person.press("R")
    found = person.window.findChild(RegionsPanel)
    person.wait(lambda: are_listed(person.state))
    return found


def chosen_number(panel):
    (index,) = panel.table.selectionModel().selectedRows()
    return panel.model.number_in(index.row())


def click_row(person, panel, row):
    index = panel.model.index(row, 1)
    panel.table.scrollTo(index)
    place = panel.table.visualRect(index).center()
    person.click(panel.table.viewport(), place)


def test_a_click_on_the_image_finds_the_row_and_a_row_the_place(person, panel):
    person.click(person.canvas, person.where(*COIN))
    state = person.state
    number = state.regions.numbers[COIN]
    assert (chosen_number(panel), state.look.chosen) == (number, state.result.labels[COIN])

    for _ in range(6):
        person.press("Ctrl++")
    last = panel.model.rowCount() - 1
    click_row(person, panel, last)
    number = person.state.look.region
    assert number == panel.model.number_in(last)
    screen = QRectF(0, 0, person.canvas.width(), person.canvas.height())
    assert screen.contains(person.canvas.view.to_screen(box_of(person.state.regions, number)))
    painted = person.painted().reshape(-1, 3)
    assert (painted == 255).all(axis=1).any(), "the outline is white"

    before = person.state.look.region
    QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert person.state.look.region == panel.model.number_in(last - 1) != before


def test_dragging_or_drawing_finds_nothing(person, panel):
    start = person.where(*COIN)
    person.drag(person.canvas, start, start + QPoint(20, 0), start + QPoint(60, 10))
    assert person.state.look.region == 0
    person.press("B")
    person.click(person.canvas, person.where(*COIN))
    assert person.state.look.region == 0


def test_behind_another_tab_nothing_is_measured_and_a_click_means_nothing(person, panel):
    (tabs,) = [
        bar
        for bar in person.window.findChildren(QTabBar)
        if "Regions" in [bar.tabText(at) for at in range(bar.count())]
    ]
    person.click(tabs, tabs.tabRect(0).center())
    person.wait(lambda: not person.state.look.lists_regions)
    person.click(person.canvas, person.where(*COIN))
    assert person.state.look.region == 0


def test_the_table_follows_the_class_and_is_saved(person, panel, tmp_path):
    person.press("1")
    regions = person.state.regions
    assert panel.model.total == np.count_nonzero(regions.classes == 1)
    path = tmp_path / "dark.csv"
    # A sample lies within the program: its table is proposed where something was written last.
    person.window.preferences.last_folder = tmp_path
    person.answer_file_dialog(path.name)
    person.click(panel.save)
    person.wait(path.exists)
    person.wait(lambda: "dark.csv" in person.status)
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert sum(int(row["area_px"]) for row in rows) == person.state.result.pixel_counts[0]


def test_another_result_has_its_own_rows(person, panel):
    person.click(person.canvas, person.where(*COIN))
    first = person.state.regions
    session = person.window.session
    settings = person.state.inputs.settings.model_copy(update={"components": 2})
    session.edit("Components", settings=settings)
    person.wait_for_result()
    person.wait(lambda: are_listed(person.state))
    assert person.state.regions is not first
    assert person.state.look.region == 0
    assert not panel.table.selectionModel().hasSelection()
