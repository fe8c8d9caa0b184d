"""Looking at a result: views, opacity, zoom, pan, what is under the pointer, names and colours."""

from __future__ import annotations

import numpy as np
import pytest
from person import CTRL
from PIL import Image as Pillow
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QColorDialog, QLineEdit, QPushButton, QToolButton
from superqt import QCollapsible

from segmenter.app.light import is_corrected
from segmenter.engine.display import displayed
from segmenter.engine.overlay import SCALE_COLOURS, View
from segmenter.ui.classes_model import Column
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.display_dialog import DisplayDialog
from segmenter.ui.flash import Flash
from segmenter.ui.look_bar import LookBar
from segmenter.ui.palette_popup import PalettePopup
from segmenter.ui.settings_panel import SettingsPanel

RETINA = SAMPLE_IMAGES / "retina_cutout.png"
# An 8-bit painter rounds twice.
ROUNDING = 2


@pytest.fixture
def looking(person):
    """Somebody who looks at a segmented image that has pixels without data, at its own size.

    The minimap, which would hide some of it, is put away.
    """
    person.drop(RETINA)
    person.wait_for_image(RETINA)
    person.wait_for_result()
    person.press("Ctrl+0")
    person.press("M")
    return person


@pytest.fixture
def classes(person):
    return person.window.findChild(ClassesPanel)


def in_sight(person):
    """Return the (rows, columns) of the image that the canvas shows whole."""
    view, size = person.canvas.view, person.canvas.size()
    first = view.to_image(QPointF(0, 0))
    last = view.to_image(QPointF(size.width(), size.height()))
    height, width = person.state.image.shape
    rows = slice(max(0, int(np.ceil(first.y()))), min(height, int(last.y())))
    return rows, slice(max(0, int(np.ceil(first.x()))), min(width, int(last.x())))


MARKED_EDGE = 60  # px of the canvas that a badge or a legend may take


def assert_painted(person, colours, alpha):
    """Check every visible pixel: the image, with `colours` at `alpha` over it where there is data.

    `colours` are (rows, columns, 3) or one colour, `alpha` (rows, columns) from 0 to 1.
    """
    image, view = person.state.image, person.canvas.view
    rows, columns = in_sight(person)
    assert rows.stop - rows.start > 100 < columns.stop - columns.start
    is_tinted = person.state.look.grey_image and bool(np.asarray(alpha).any())
    plain = displayed(image, is_grey=is_tinted).astype(float)
    colours = np.broadcast_to(np.asarray(colours, float), plain.shape)
    alpha = np.asarray(alpha)[..., None]
    expected = (plain * (1 - alpha) + colours * alpha)[rows, columns]
    down = (view.top + (np.arange(rows.start, rows.stop) + 0.5) * view.scale).astype(int)
    across = (view.left + (np.arange(columns.start, columns.stop) + 0.5) * view.scale).astype(int)
    painted = person.painted()
    seen = painted[np.ix_(down, across)]
    valid = image.valid[rows, columns]
    look = person.state.look
    if look.overlay_hidden or look.view is View.UNCERTAINTY:
        # A badge or a legend lies along the lower edge.
        free = down < len(painted) - MARKED_EDGE
        seen, expected, valid = seen[free], expected[free], valid[free]
    np.testing.assert_allclose(seen[valid], expected[valid], atol=ROUNDING)
    assert len(np.unique(seen[~valid], axis=0)) == 2, "the overlay covers what is no data"


def table_of(person):
    return np.array([(0, 0, 0), *(style.colour for style in person.state.inputs.classes)])


def cell(classes, row, column):
    place = classes.model.index(row, column)
    return classes.table.viewport(), classes.table.visualRect(place).center()


# ---- Views --------------------------------------------------------------------------------------


def test_every_view_is_painted_from_the_result(looking):
    result = looking.state.result
    colours = table_of(looking)
    assert_painted(looking, colours[result.labels], (result.labels > 0) * 0.5)
    looking.press("Ctrl+2")
    for number in (3, 1):
        looking.press(str(number))
        assert_painted(looking, colours[number], result.membership(number) * 0.5)
    looking.press("Ctrl+3")
    anchors = np.array(SCALE_COLOURS, float)
    steps = np.linspace(0, 1, len(anchors))
    ramp = np.stack([np.interp(result.uncertainty(), steps, part) for part in anchors.T], axis=-1)
    assert_painted(looking, ramp, (result.labels > 0) * 0.5)
    looking.choose("View", "Image only")
    assert_painted(looking, 0, np.zeros(result.labels.shape))
    looking.choose_in_list(looking.window.findChild(LookBar).view, "Labels")
    assert_painted(looking, colours[result.labels], (result.labels > 0) * 0.5)


def test_the_soft_mask_is_that_of_the_class_that_is_clicked_on(looking, classes):
    looking.press("Ctrl+2")
    looking.click(*cell(classes, 3, Column.NAME))
    mask = looking.state.result.membership(4)
    assert_painted(looking, table_of(looking)[4], mask * 0.5)


def test_opacity_follows_slider_and_wheel_and_space_hides(looking):
    labels, colours = looking.state.result.labels, table_of(looking)
    slider = looking.window.findChild(LookBar).opacity
    looking.drag_slider(slider, 100)
    assert_painted(looking, colours[labels], labels > 0)
    looking.turn_wheel(QPoint(300, 200), -4, modifiers=CTRL)
    assert slider.value() == 80
    assert_painted(looking, colours[labels], (labels > 0) * 0.8)
    looking.click(looking.canvas, QPoint(5, 5))
    looking.press("Esc")
    looking.press("Space")
    assert_painted(looking, 0, np.zeros(labels.shape))
    looking.press("Space")
    assert_painted(looking, colours[labels], (labels > 0) * 0.8)


def test_a_coloured_image_is_grey_under_colours_until_its_own_are_asked_for(looking):
    labels, colours, image = looking.state.result.labels, table_of(looking), looking.state.image
    some = (labels > 0) * 0.5
    mixed = [displayed(image, is_grey=is_grey) * 0.5 + colours[labels] * 0.5
             for is_grey in (True, False)]  # fmt: skip
    seen = []
    for keys in (None, "Shift+G"):
        if keys is not None:
            looking.press(keys)
        assert_painted(looking, colours[labels], some)
        seen.append(looking.painted())
    place = looking.where(360, 360)
    for shown, expected in zip(seen, mixed, strict=True):
        np.testing.assert_allclose(shown[place.y(), place.x()], expected[360, 360], atol=ROUNDING)
    looking.choose("View", "Grey image under colours")
    np.testing.assert_array_equal(looking.painted(), seen[0])
    # Without colours over it the image has its own, and so it has between outlines.
    looking.press("Space")
    assert_painted(looking, 0, np.zeros(labels.shape))
    looking.press("O")
    np.testing.assert_allclose(
        looking.painted()[place.y(), place.x()], displayed(image)[360, 360], atol=ROUNDING
    )


# ---- Zoom and pan -------------------------------------------------------------------------------


def test_the_wheel_keeps_the_pixel_under_the_pointer(looking):
    place = looking.where(400, 300)
    looking.point_at(400, 300)
    seen, words = looking.colour_at(400, 300), looking.status
    for notches in (3, 5, -2):
        looking.turn_wheel(place, notches)
        assert looking.where(400, 300) in _around(place, looking.canvas.view.scale)
        assert looking.status == words
    painted = looking.painted()[place.y(), place.x()]
    np.testing.assert_allclose(painted, seen, atol=ROUNDING)


def _around(place, scale):
    reach = int(scale) + 1
    return [
        place + QPoint(right, down)
        for right in range(-reach, reach + 1)
        for down in range(-reach, reach + 1)
    ]


def test_a_drag_moves_the_image_and_a_double_click_shows_it_whole(looking):
    looking.turn_wheel(QPoint(300, 200), 4)
    before, view = looking.painted(), looking.canvas.view
    looking.drag(looking.canvas, QPoint(300, 200), QPoint(320, 190), QPoint(360, 170))
    assert looking.canvas.view == view.moved(60, -30)
    after = looking.painted()
    # Enlarged pixels have edges between the screen's; all but those must have moved along.
    moved = np.abs(after[:-40, 80:400] - before[30:-10, 20:340]).max(axis=2) <= ROUNDING
    assert moved.mean() > 0.9
    still = np.abs(after[:-40, 80:400] - before[:-40, 80:400]).max(axis=2) <= ROUNDING
    assert still.mean() < 0.7
    looking.double_click(looking.canvas, QPoint(300, 200))
    size, shown = looking.canvas.size(), looking.canvas.view
    assert shown.top == pytest.approx(0, abs=1e-9)
    assert shown.scale == pytest.approx(size.height() / 720)
    looking.press("Ctrl++")
    looking.press("F")
    assert looking.canvas.view == shown


# ---- Under the pointer --------------------------------------------------------------------------


def test_the_pointer_tells_value_and_probability_of_every_class(looking):
    result, image = looking.state.result, looking.state.image
    for row, column in ((360, 360), (250, 480)):
        words = looking.point_at(row, column)
        assert words.startswith(f"x {column}, y {row}")
        red, green, blue = image.pixels[row, column]
        assert f"red {red}  green {green}  blue {blue}" in words
        for number, chance in enumerate(result.probabilities_at(row, column), start=1):
            said = f"Class {number} {chance:.1%}"
            assert (said in words) == (chance >= 0.005)
    # The image is round; its corners are clear.
    looking.press("F")
    assert looking.point_at(2, 2).endswith("no data")
    looking.leave()


# ---- Names, colours, visibility -----------------------------------------------------------------


def wait_for_dark(person):
    """Wait until no class is pointed out any more."""
    person.wait(lambda: not person.canvas.findChild(Flash).is_on)


def rename(person, classes, row, name):
    person.double_click(*cell(classes, row, Column.NAME))
    field = classes.table.findChild(QLineEdit)
    person.wait(field.isVisible)
    field.selectAll()
    for letter in name:
        person.press(letter)
    person.press("Return")
    person.wait(lambda: person.state.inputs.classes[row].name == name)


def recolour(person, classes, row, name):
    person.click(*cell(classes, row, Column.COLOUR))
    person.wait(lambda: classes.findChild(PalettePopup) is not None)
    person.click(classes.findChild(PalettePopup).more)
    person.wait(lambda: classes.findChild(QColorDialog) is not None)
    dialog = classes.findChild(QColorDialog)
    person.wait(dialog.isActiveWindow)
    (field,) = [line for line in dialog.findChildren(QLineEdit) if line.text().startswith("#")]
    person.write(field, name, key=None)
    (button,) = [at for at in dialog.findChildren(QPushButton) if "OK" in at.text()]
    person.click(button)
    person.wait(lambda: classes.findChild(QColorDialog) is None)


def test_names_colours_and_visibility_are_seen_and_undone_one_by_one(looking, classes):
    labels = looking.state.result.labels
    first = table_of(looking)
    rename(looking, classes, 1, "vessel")
    recolour(looking, classes, 1, "#ff0000")
    looking.click(*cell(classes, 0, Column.VISIBLE))
    second = table_of(looking)
    assert tuple(second[2]) == (255, 0, 0)

    row, column = np.argwhere(looking.state.result.membership(2) > 0.9)[200]
    looking.choose("View", "Fit to window")
    assert "vessel" in looking.point_at(int(row), int(column))
    looking.press("Ctrl+0")

    wait_for_dark(looking)
    some, hidden = (labels > 0) * 0.5, (labels > 1) * 0.5
    assert_painted(looking, second[labels], hidden)
    looking.press("Ctrl+Z")
    assert_painted(looking, second[labels], some)
    looking.click(looking.window.findChild(QToolButton, "undo") or _button(looking, "Undo"))
    assert_painted(looking, first[labels], some)
    assert looking.window.commands.by_id["undo"].text() == "&Undo Rename to vessel"
    looking.choose("Edit", "Undo Rename to vessel")
    assert classes.model.index(1, Column.NAME).data() == "Class 2"
    assert not looking.window.commands.by_id["undo"].isEnabled()
    for _ in range(3):
        looking.press("Ctrl+Shift+Z")
    assert classes.model.index(1, Column.NAME).data() == "vessel"
    assert_painted(looking, second[labels], hidden)
    # Names and colours start no run.
    assert looking.state.result.labels is labels


def _button(person, text):
    (button,) = [at for at in person.window.findChildren(QToolButton) if at.text() == text]
    return button


def test_only_and_all_show_one_class_and_every_class(looking, classes):
    labels, colours = looking.state.result.labels, table_of(looking)
    looking.click(*cell(classes, 2, Column.NAME))
    wait_for_dark(looking)
    looking.click(_button(looking, "Only"))
    assert_painted(looking, colours[labels], (labels == 3) * 0.5)
    looking.click(_button(looking, "All"))
    assert_painted(looking, colours[labels], (labels > 0) * 0.5)


# ---- Light --------------------------------------------------------------------------------------


def test_uneven_light_is_seen_read_and_taken_out(person, tmp_path):
    down, across = np.mgrid[:120, :160] / np.array([120, 160])[:, None, None]
    kinds = np.where((down * 6).astype(int) + (across * 8).astype(int) & 1, 150.0, 70.0)
    kinds += np.random.default_rng(0).normal(0, 3, kinds.shape)
    pixels = np.clip(np.rint(kinds * (0.75 + 0.5 * across)), 0, 255).astype(np.uint8)
    Pillow.fromarray(pixels).save(tmp_path / "uneven.png")
    person.drop(tmp_path / "uneven.png")
    person.wait_for_image(tmp_path / "uneven.png")
    person.wait_for_result()
    command = person.window.commands.by_id["view-shading"]
    assert not command.isEnabled()
    assert "switch Shading on" in command.toolTip()
    panel = person.window.findChild(SettingsPanel)
    more = panel.findChild(QCollapsible)
    person.show(more.toggleButton())
    person.click(more.toggleButton())
    box = panel.rows["shading"].editor.compact
    # It unfolds little by little.
    QTest.qWait(4 * more._animation.duration())
    person.tick(box)
    person.wait(box.isChecked)
    result = person.wait_for_result()
    assert result.shading is not None
    person.press("Ctrl+6")
    said = person.point_at(60, 8)
    assert f"light \N{MULTIPLICATION SIGN} {result.shading[60, 8]:.2f}" in said
    person.press("Ctrl+7")
    person.wait(lambda: is_corrected(person.state))
    seen = person.image_as_painted()[:, :, 0]
    bright = kinds > 110
    left, right = (seen[bright & where].mean() for where in (across < 0.2, across > 0.8))
    assert abs(left - right) < 0.1 * left


# ---- Display ------------------------------------------------------------------------------------


@pytest.fixture
def dark(person, tmp_path):
    """Somebody before an image of 16 bits, at its own size, and its values."""
    values = np.random.default_rng(0).normal(100, 4, (90, 120))
    values[:, 60:] += 40
    values[:4, :4] = 5000
    values = values.astype(np.uint16)
    Pillow.fromarray(values).save(tmp_path / "dark.png")
    person.drop(tmp_path / "dark.png")
    person.wait_for_image(tmp_path / "dark.png")
    person.wait_for_result()
    person.press("Space")
    person.press("Ctrl+0")
    return person, values


def test_a_dark_image_is_seen_by_another_display_and_fitted_as_before(dark):
    person, values = dark
    labels, view = person.state.result.labels, person.canvas.view
    plain = person.image_as_painted()[:, :, 0]
    person.press("D")
    dialog = person.window.findChild(DisplayDialog)
    person.wait(dialog.isVisible)
    person.click(dialog.whole)
    assert person.image_as_painted()[10:, :, 0].max() < 15
    person.write(dialog.low, "80", key=None)
    person.write(dialog.high, "160")
    display = person.state.look.display
    assert (display.low, display.high) == (80, 160)
    shown = person.image_as_painted()[:, :, 0]
    expected = np.clip((values - 80.0) / 80, 0, 1) * 255
    np.testing.assert_allclose(shown, expected, atol=ROUNDING)
    person.drag_slider(dialog.bend, dialog.bend.maximum() // 2)
    assert person.image_as_painted()[10:, :, 0].mean() > shown[10:].mean() + 20
    person.click(dialog.reset)
    np.testing.assert_array_equal(person.image_as_painted()[:, :, 0], plain)
    assert person.canvas.view == view
    assert person.state.result.labels is labels
    person.press("Esc", dialog)
    person.wait(lambda: not dialog.isVisible())
