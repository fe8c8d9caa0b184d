"""The palette's popup: colours by mouse and keys, told by number and name."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QCursor
from PySide6.QtTest import QTest

from segmenter.engine.styles import PALETTE, palette_colour
from segmenter.ui.palette_popup import PalettePopup


@pytest.fixture
def popup(qtbot):
    # What is under the pointer is told before what has the focus.
    QCursor.setPos(1000, 700)
    made = PalettePopup(PALETTE[2], {PALETTE[0]})
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show_below(QPoint(10, 10))
    return made


def test_every_colour_has_a_number_and_a_name(popup):
    names = [swatch.accessibleName() for swatch in popup.swatches]
    assert names[:3] == ["1  Blue, in use", "2  Orange", "3  Bluish green"]
    assert names[9] == "10  Dark orange"
    assert len(set(names)) == len(names) == 32
    assert len({swatch.colour for swatch in popup.swatches}) == 32


def test_it_opens_at_the_colour_of_the_class(popup):
    assert popup.focusWidget() is popup.swatches[2]
    assert [swatch.isChecked() for swatch in popup.swatches].index(True) == 2
    assert popup.words.text() == "3  Bluish green"


def test_a_click_takes_a_colour(popup, qtbot):
    with qtbot.waitSignal(popup.chosen) as told:
        QTest.mouseClick(popup.swatches[12], Qt.MouseButton.LeftButton)
    assert told.args == [QColor(*palette_colour(12))]
    assert not popup.isVisible()


def test_keys_go_from_colour_to_colour_and_take_one(popup, qtbot):
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up):
        QTest.keyClick(popup.focusWidget(), key)
    assert popup.focusWidget() is popup.swatches[2]
    QTest.keyClick(popup.focusWidget(), Qt.Key.Key_Down)
    assert popup.words.text() == "11  Dark bluish green"
    with qtbot.waitSignal(popup.chosen) as told:
        QTest.keyClick(popup.focusWidget(), Qt.Key.Key_Return)
    assert told.args == [QColor(*palette_colour(10))]


def test_escape_leaves_all_as_it_is(popup, qtbot):
    with qtbot.assertNotEmitted(popup.chosen, wait=10):
        QTest.keyClick(popup.focusWidget(), Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_other_colours_are_one_click_away(popup, qtbot):
    with qtbot.waitSignal(popup.more_wanted):
        QTest.mouseClick(popup.more, Qt.MouseButton.LeftButton)


def test_it_stays_on_the_screen(popup):
    room = popup.screen().availableGeometry()
    popup.show_below(room.bottomRight())
    assert room.contains(popup.geometry())
