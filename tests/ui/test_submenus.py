"""Submenus are filled when they open."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from segmenter.app.sides import IMAGE
from segmenter.files.bundled import sample_images
from segmenter.ui.submenus import SUBMENUS, add_submenu


@pytest.fixture
def opened(qtbot, window):
    """Return the entries of the submenu `name` as they are when it opens."""

    def entries(name):
        parent = QMenu(window)
        add_submenu(parent, name, window)
        menu = parent.actions()[0].menu()
        menu.aboutToShow.emit()
        return [action for action in menu.actions() if not action.isSeparator()]

    return entries


@pytest.mark.parametrize("name", SUBMENUS)
def test_no_submenu_is_ever_empty(opened, name):
    assert opened(name)


def test_samples_are_those_that_come_with_the_program(opened, window, wait):
    entries = opened("@samples")
    assert len(entries) == len(sample_images())
    entries[0].trigger()
    state = wait(window.session, lambda state: state.image is not None)
    assert state.image.path == sample_images()[0]
    window.session.stop()


def test_recent_files_can_be_opened_and_forgotten(opened, window, image_file, wait):
    window.preferences.remember(Path("/elsewhere/a & b.png"))
    window.preferences.remember(image_file)
    first, second, clear = opened("@recent")
    assert [first.text(), second.text()] == ["three kinds.png", "a && b.png"]
    first.trigger()
    wait(window.session, lambda state: state.image is not None)
    clear.trigger()
    assert [entry.isEnabled() for entry in opened("@recent")] == [False]


def test_pages_of_a_file_can_be_chosen(opened, window, tmp_path, wait):
    import numpy as np
    import tifffile

    path = tmp_path / "pages.tif"
    with tifffile.TiffWriter(path) as writer:
        for level in (10, 20, 30):
            writer.write(np.full((8, 8), level, np.uint8))
    window.session.set_live(False)
    window.session.open(path)
    wait(window.session, lambda state: state.image is not None)
    entries = opened("@pages")
    assert [entry.isChecked() for entry in entries] == [True, False, False]
    entries[2].trigger()
    state = wait(window.session, lambda state: state.image.page == 2)
    assert state.image.pixels[0, 0, 0] == 30


def test_themes_are_worn_and_ticked(opened, window, qapp):
    dark = opened("@themes")[2]
    dark.trigger()
    assert window.palette().window().color().lightness() < 128
    assert [entry.isChecked() for entry in opened("@themes")] == [False, False, True]


def test_panels_can_be_closed(opened, window):
    settings = opened("@panels")[0]
    settings.trigger()
    assert not window.panels.docks[0].isVisible()


def test_classes_are_listed_by_their_names(opened, window):
    assert [entry.text() for entry in opened("@classes")] == [f"Class {k}" for k in range(1, 5)]


def test_the_layout_can_be_put_back(opened, window):
    for dock in window.panels.docks:
        dock.close()
    opened("@panels")[-1].trigger()
    *shown, flow = window.panels.docks
    assert [dock.isVisible() for dock in shown] == [True] * len(shown)
    assert not flow.isVisible(), "it is there for those who ask for it"


@pytest.mark.parametrize(("name", "side"), [("@left-side", 0), ("@right-side", 1)])
def test_a_side_of_the_divider_is_chosen_and_ticked(opened, segmented, window, name, side):
    names = [entry.text() for entry in opened(name)]
    assert names == ["EM", "k-means", "Previous run", "Image only", "EM with another number"]
    assert not any(entry.isChecked() for entry in opened(name)), "there is no divider"
    opened(name)[3].trigger()
    assert segmented.state.look.divided
    assert segmented.state.look.sides[side] == IMAGE
    assert [entry.isChecked() for entry in opened(name)] == [False, False, False, True, False]


def test_what_a_side_cannot_show_says_why(opened, segmented, window):
    entries = opened("@left-side")
    assert [entry.isEnabled() for entry in entries] == [True, True, False, True, False]
    assert "change a setting and run" in entries[2].toolTip()
    assert "Tick Auto first." in entries[4].toolTip()
