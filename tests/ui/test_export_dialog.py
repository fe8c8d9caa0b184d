"""The export dialog: what it promises is what is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from accessible import nameless
from places import SAMPLE_IMAGES
from PySide6.QtWidgets import QDialog

from segmenter.app.places import documents_folder
from segmenter.files.products import PRODUCTS
from segmenter.ui.export_dialog import ExportDialog

PATIENCE = 60_000


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def open_dialog(qtbot, segmented, preferences, out):
    """Open the dialog on the result of an image that lies at `path`."""
    kept = []

    def opened(path=None, folder=out):
        if path is not None:
            image = replace(segmented.state.image, path=path)
            segmented._change(image=image)
        made = ExportDialog(segmented, preferences)
        kept.append(made)
        qtbot.addWidget(made)
        made.show()
        if folder is not None:
            made.folder.show_path(folder)
        return made

    yield opened
    for made in kept:
        made.close()


@pytest.fixture
def listed(qtbot):
    """Wait for the list of files: {name: what happens to it}."""

    def rows(dialog):
        qtbot.waitUntil(lambda: dialog.files.topLevelItemCount() > 0, timeout=PATIENCE)
        items = [dialog.files.topLevelItem(at) for at in range(dialog.files.topLevelItemCount())]
        return {item.text(0): item.text(1) for item in items}

    return rows


def test_what_is_listed_is_what_is_written(open_dialog, listed, out, wait, segmented):
    dialog = open_dialog()
    dialog.products.choose(PRODUCTS)
    dialog.stem.setText("mine")
    names = set(listed(dialog))
    assert {"mine_labels.png", "mine_mask_3.png", "mine_soft.tif", "mine_model.json"} <= names
    dialog.export.click()
    wait(segmented, lambda state: state.notice.startswith("Wrote"))
    assert {path.name for path in out.iterdir()} == names
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_files_that_will_be_replaced_are_marked(open_dialog, listed, out):
    (out / "image_labels.png").touch()
    dialog = open_dialog()
    dialog.products.choose(["labels", "table"])
    assert listed(dialog) == {
        "image_labels.png": "Replaces the file there",
        "image_classes.csv": "New",
    }
    assert dialog.files.topLevelItem(0).font(1).bold()
    assert dialog.total.text() == "2 files, of which 1 replaced."


def test_the_image_itself_is_never_replaced(open_dialog, listed, out):
    source = out / "x_labels.png"
    source.touch()
    dialog = open_dialog(source)
    dialog.products.choose(["labels"])
    dialog.stem.setText("x")
    assert listed(dialog) == {"x_labels.png": "Is the image itself: never replaced"}
    assert not dialog.export.isEnabled()
    dialog.stem.setText("y")
    assert listed(dialog) == {"y_labels.png": "New"}
    assert dialog.export.isEnabled()


@pytest.mark.parametrize("stem", ["", "  ", "..", "a/b", "a\\b"])
def test_a_name_that_is_none_is_refused(open_dialog, listed, stem):
    dialog = open_dialog()
    listed(dialog)
    dialog.stem.setText(stem)
    assert not dialog.export.isEnabled()
    assert dialog.files.topLevelItemCount() == 0
    assert dialog.total.text().startswith("Give a folder")


def test_without_a_product_there_is_nothing_to_export(open_dialog, listed, qtbot):
    dialog = open_dialog()
    listed(dialog)
    dialog.products.choose(())
    qtbot.waitUntil(lambda: "at least one product" in dialog.total.text(), timeout=PATIENCE)
    assert not dialog.export.isEnabled()


def test_products_go_to_a_folder_of_their_own_beside_the_image(
    open_dialog, listed, wait, segmented, preferences, tmp_path
):
    preferences.last_folder = tmp_path / "elsewhere"
    dialog = open_dialog(tmp_path / "my cells.tif", folder=None)
    assert dialog.folder.path == tmp_path / "segmented"
    assert dialog.stem.text() == "my cells"
    dialog.products.choose(["labels"])
    listed(dialog)
    dialog.export.click()
    wait(segmented, lambda state: state.notice.startswith("Wrote"))
    assert (tmp_path / "segmented" / "my cells_labels.png").is_file()


def test_products_of_a_sample_go_where_the_last_went(open_dialog, preferences, out):
    dialog = open_dialog(SAMPLE_IMAGES / "coins.png", folder=None)
    assert dialog.folder.path == documents_folder()
    preferences.last_folder = out
    assert open_dialog(SAMPLE_IMAGES / "coins.png", folder=None).folder.path == out


def test_the_last_choice_is_remembered(open_dialog, listed, out, wait, segmented):
    dialog = open_dialog()
    dialog.products.choose(["model"])
    listed(dialog)
    dialog.export.click()
    wait(segmented, lambda state: not state.exporting)
    again = open_dialog(folder=None)
    assert again.products.chosen == ("model",)
    assert again.folder.path == out


def test_cancel_writes_nothing(open_dialog, listed, out, qtbot):
    dialog = open_dialog()
    listed(dialog)
    dialog.reject()
    assert list(out.iterdir()) == []


def test_every_product_tells_what_it_is(open_dialog):
    dialog = open_dialog()
    for box, product in zip(dialog.products._boxes.values(), PRODUCTS.values(), strict=True):
        assert box.accessibleDescription() == product.help


def test_a_folder_that_cannot_be_written_is_said_in_the_window(
    open_dialog, listed, out, wait, segmented
):
    blocked = out / "a file"
    blocked.touch()
    dialog = open_dialog(folder=blocked / "below")
    listed(dialog)
    dialog.export.click()
    state = wait(segmented, lambda state: bool(state.failure))
    assert not state.exporting


def test_screen_readers_find_a_name_for_everything(open_dialog):
    assert nameless(open_dialog()) == []


def test_masks_are_exported_unless_somebody_chose(open_dialog, listed):
    names = set(listed(open_dialog()))
    assert {"image_labels.png", "image_mask_1.png", "image_overlay.png"} <= names
    assert not any("soft" in name for name in names)
