"""The panel of the pinned pixel: bars, distances, sentences, and the way back."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from segmenter.app.explained import is_explained
from segmenter.app.pixel_words import LAST_RESULT, pixel_sentences
from segmenter.app.reasons import OUTDATED, STEPPING
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import Covariance
from segmenter.engine.styles import PALETTE
from segmenter.ui.pixel_panel import NOTHING, Column, PixelPanel


@pytest.fixture
def panel(qtbot, segmented):
    around = QWidget()
    qtbot.addWidget(around)
    made = PixelPanel(segmented, around)
    around.resize(300, 300)
    made.resize(300, 300)
    around.show()
    yield made
    around.close()


@pytest.fixture
def pinned(panel, segmented, wait):
    segmented.set_look(pinned=(20, 50))
    wait(segmented, is_explained)
    return panel


def text(panel, row, column):
    return panel.table.item(row, column).text()


def test_without_a_pin_it_takes_no_room(panel, segmented):
    assert not panel.isVisible()
    segmented.set_look(pinned=(0, 0))
    assert panel.isVisible()


def test_every_class_has_its_probability_and_distance(pinned, segmented):
    made = segmented.state.explanation
    assert pinned.place.text() == "x 50, y 20"
    for row in range(3):
        assert text(pinned, row, Column.CLASS) == str(row + 1)
        assert text(pinned, row, Column.BAR) == f"Class {row + 1}"
        assert text(pinned, row, Column.PROBABILITY) == f"{made.probabilities[row]:.1%}"
        assert text(pinned, row, Column.DISTANCE).endswith(" sd")
    assert pinned.words.text() == "\n".join(pixel_sentences(segmented.state))


def test_the_values_alone_are_told_only_where_they_say_something_else(pinned, segmented):
    assert pinned.table.isColumnHidden(Column.ALONE)
    made = segmented.state.explanation
    alone = np.array([0.3, 0.3, 0.4])
    segmented.show_explanation(replace(made, plain=alone))
    assert not pinned.table.isColumnHidden(Column.ALONE)
    assert text(pinned, 2, Column.ALONE) == "40.0%"


def test_the_noise_class_has_no_distance(pinned, segmented):
    made = segmented.state.explanation
    segmented.show_explanation(replace(made, distances=np.array([1.0, 2.0, np.nan])))
    assert text(pinned, 2, Column.DISTANCE) == NOTHING


def test_a_bar_is_as_long_as_the_class_is_probable(pinned, segmented):
    made = segmented.state.explanation
    half = np.array([0.5, 0.5, 0.0], np.float32)
    segmented.show_explanation(replace(made, probabilities=half))
    picture = pinned.table.viewport().grab().toImage()

    def length(row):
        cell = pinned.table.visualRect(pinned.table.model().index(row, Column.BAR))
        colour = QColor(*PALETTE[row]).rgb()
        line = [picture.pixel(x, cell.bottom() - 3) for x in range(cell.left(), cell.right())]
        return line.count(colour) / (cell.width() - 8)

    assert length(0) == pytest.approx(0.5, abs=0.06)
    assert length(2) == 0


def test_it_follows_names_and_colours(pinned, segmented):
    styles = segmented.state.inputs.classes
    segmented.edit("Name", classes=(replace(styles[0], name="Cup"), *styles[1:]))
    assert text(pinned, 0, Column.BAR) == "Cup"


def test_unpin_takes_all_away(pinned, segmented):
    assert pinned.unpin.focusPolicy() & Qt.FocusPolicy.TabFocus
    pinned.unpin.click()
    assert segmented.state.look.pinned is None
    assert not pinned.isVisible()


def test_numbers_of_an_older_result_are_pale_and_said_to_be(pinned, segmented):
    ink = pinned.table.palette().text().color()
    segmented.set_live(False)
    settings = segmented.state.inputs.settings
    segmented.edit("Tied", settings=settings.model_copy(update={"covariance": Covariance.TIED}))
    assert pinned.words.text().startswith(f"{LAST_RESULT} {OUTDATED}")
    assert pinned.table.palette().text().color() != ink
    segmented._change(progress=Progress(Stage.FITTING), stepping=True)
    assert pinned.words.text() == f"{LAST_RESULT}\n{STEPPING}"
    segmented._change(progress=None)
    segmented.undo_stack.undo()
    assert LAST_RESULT not in pinned.words.text()
    assert pinned.table.palette().text().color() == ink
