"""The display: sliders, fields and buttons change how the image is shown, and follow it."""

import numpy as np
import pytest
from accessible import nameless
from driving import show_image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from segmenter.engine.display import Display, percentiles
from segmenter.engine.pipeline import image_of
from segmenter.ui.display_dialog import DisplayDialog


@pytest.fixture
def dialog(qtbot, session):
    session.set_live(False)
    values = np.random.default_rng(0).integers(1000, 1401, (80, 90)).astype(np.uint16)
    values[0, 0], values[1, 1] = 200, 4200
    show_image(session, image_of(values))
    parent = QWidget()
    qtbot.addWidget(parent)
    made = DisplayDialog(session, parent)
    made.show()
    yield made
    parent.close()


def shown(dialog):
    return dialog.low.value(), dialog.high.value(), dialog.gamma.value()


def test_it_begins_with_what_is_shown(dialog, session):
    usual = session.state.shown.usual_display
    assert shown(dialog) == pytest.approx((usual.low, usual.high, 1), abs=1)
    assert (dialog.range.minimum(), dialog.range.maximum()) == (200, 4200)
    assert dialog.range.value() == pytest.approx((usual.low, usual.high), abs=1)
    assert not dialog.reset.isEnabled()


def test_fields_say_what_is_black_white_and_between(dialog, session, qtbot):
    for field, text in ((dialog.low, "1100"), (dialog.high, "1250"), (dialog.gamma, "0.5")):
        field.selectAll()
        qtbot.keyClicks(field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.state.look.display == Display(1100, 1250, 0.5)
    assert dialog.range.value() == (1100, 1250)
    assert dialog.bend.value() == 100


def test_black_is_never_above_white(dialog, session):
    dialog.low.setValue(3000)
    assert session.state.look.display == Display(3000, 3000)
    dialog.high.setValue(500)
    assert session.state.look.display == Display(500, 500)


def test_the_sliders_change_what_is_shown(dialog, session):
    dialog.range.setValue((1200, 1300))
    dialog.bend.setValue(-100)
    assert session.state.look.display == Display(1200, 1300, 2)
    assert shown(dialog) == (1200, 1300, 2)


def test_the_image_follows_while_a_handle_is_dragged(dialog, session, qtbot):
    session.set_look(display=Display(1000, 3000))
    slider, seen = dialog.range, []
    session.changed.connect(lambda _, after: seen.append(after.shown.display.high))
    handle = slider._handleRect(1).center()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(slider, left, none, handle)
    for step in range(1, 6):
        QTest.mouseMove(slider, handle - QPoint(8 * step, 0))
    QTest.mouseRelease(slider, left, none, handle - QPoint(40, 0))
    assert len(set(seen)) >= 5
    assert seen == sorted(seen, reverse=True)
    assert session.state.look.display.low == 1000
    assert dialog.high.value() == seen[-1] < 3000


def test_it_is_worked_by_keys_alone(dialog, session, qtbot):
    dialog.activateWindow()
    dialog.low.setFocus()
    qtbot.keyClick(dialog.low, Qt.Key.Key_Up)
    assert session.state.look.display.low == pytest.approx(session.state.shown.usual.low + 1, abs=1)
    dialog.bend.setFocus()
    qtbot.keyClick(dialog.bend, Qt.Key.Key_Right)
    assert session.state.look.display.gamma < 1
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_everything_has_a_name_to_be_read_out(dialog):
    assert not nameless(dialog)


def test_buttons_take_percentiles_the_whole_range_and_all_back(dialog, session, qtbot):
    dialog.gamma.setValue(0.7)
    qtbot.mouseClick(dialog.whole, Qt.MouseButton.LeftButton)
    assert session.state.look.display == Display(200, 4200, 0.7)
    qtbot.mouseClick(dialog.automatic, Qt.MouseButton.LeftButton)
    assert session.state.look.display == Display(*percentiles(session.state.image), 0.7)
    qtbot.mouseClick(dialog.reset, Qt.MouseButton.LeftButton)
    assert session.state.look.display is None
    assert dialog.gamma.value() == 1
    assert not dialog.reset.isEnabled()


def test_bytes_may_be_anything_from_0_to_255(dialog, session):
    show_image(session, image_of(np.full((9, 9), 40, np.uint8)))
    assert (dialog.range.minimum(), dialog.range.maximum()) == (0, 255)
    assert shown(dialog) == (0, 255, 1)


def test_better_copies_leave_a_number_that_is_being_typed(dialog, session, wait, qtbot):
    session.set_look(display=Display(1000, 1250))
    dialog.low.setFocus()
    dialog.low.selectAll()
    qtbot.keyClicks(dialog.low, "11")
    wait(session, lambda state: state.shown.is_finished)
    qtbot.keyClicks(dialog.low, "20")
    assert dialog.low.text() == "1120"
    qtbot.keyClick(dialog.low, Qt.Key.Key_Return)
    assert session.state.look.display == Display(1120, 1250)


def test_percentiles_are_not_taken_while_one_waits(dialog, session, monkeypatch, qtbot):
    usual = percentiles(session.state.image)

    def refused(*_):
        raise AssertionError

    monkeypatch.setattr(np, "percentile", refused)
    qtbot.mouseClick(dialog.automatic, Qt.MouseButton.LeftButton)
    assert session.state.look.display == Display(*usual)


def test_what_happens_to_be_as_at_first_can_be_taken_back(dialog, session):
    session.set_look(display=session.state.shown.usual_display)
    assert dialog.reset.isEnabled()
    session.set_look(display=None)
    assert not dialog.reset.isEnabled()


def test_another_image_that_is_shown_alike_has_its_own_range(dialog, session):
    before, pixels = session.state.shown, session.state.image.pixels.copy()
    pixels[0, 0] = 100
    show_image(session, image_of(pixels[:, :, 0]))
    assert session.state.shown.display == before.display
    assert dialog.range.minimum() == 100


def test_it_is_said_what_the_whole_range_is(dialog, session, qtbot):
    assert dialog.whole.toolTip() == "Black is 200 and white is 4200"
    show_image(session, image_of(np.full((9, 9), 40, np.uint8)))
    assert dialog.whole.toolTip() == "Black is 0 and white is 255"
    qtbot.mouseClick(dialog.whole, Qt.MouseButton.LeftButton)
    assert session.state.look.display == Display(0, 255)


def test_tab_goes_to_what_knows_keys(dialog, qtbot):
    dialog.activateWindow()
    dialog.low.setFocus()
    reached = []
    for _ in range(12):
        reached.append(dialog.focusWidget())
        qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert set(reached) >= {dialog.low, dialog.high, dialog.bend, dialog.gamma, dialog.whole}
    assert dialog.range not in reached


@pytest.mark.parametrize(("most", "decimals"), [(1.0, 4), (30.0, 2), (4e6, 0)])
def test_real_numbers_have_as_many_digits_as_tell_shades_apart(dialog, session, most, decimals):
    show_image(session, image_of(np.linspace(0, most, 81, dtype=np.float32).reshape(9, 9)))
    assert dialog.low.decimals() == decimals
    assert dialog.range.maximum() == pytest.approx(most)


def test_an_image_of_one_value_is_no_trouble(dialog, session):
    show_image(session, image_of(np.full((9, 9), 7, np.uint16)))
    assert shown(dialog) == (7, 7, 1)


def test_the_window_shows_it_over_the_canvas_and_puts_it_away(window, segmented, qtbot):
    command = window.commands.by_id["display"]
    command.trigger()
    dialog = window.findChild(DisplayDialog)
    qtbot.waitUntil(dialog.isVisible)
    canvas = window.canvas
    area = canvas.rect().translated(canvas.mapToGlobal(QPoint(0, 0)))
    assert area.contains(dialog.geometry())
    command.trigger()
    assert not dialog.isVisible()


@pytest.mark.parametrize("share", [0.9, -0.9], ids=["right and below", "left and above"])
def test_it_is_on_the_screen_although_the_window_reaches_beyond(window, segmented, qtbot, share):
    size = window.size() * abs(share)
    beyond = QPoint(size.width(), size.height())
    window.move(window.screen().availableGeometry().topLeft() + (beyond if share > 0 else -beyond))
    window.commands.by_id["display"].trigger()
    dialog = window.findChild(DisplayDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert window.screen().availableGeometry().contains(dialog.geometry())


def test_it_covers_nothing_where_there_is_room_beside_the_window(window, segmented, qtbot):
    screen = window.screen().availableGeometry()
    window.move(screen.left() + 200 - window.width(), screen.top())
    window.commands.by_id["display"].trigger()
    dialog = window.findChild(DisplayDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert not window.frameGeometry().intersects(dialog.geometry())
    assert screen.contains(dialog.geometry())
