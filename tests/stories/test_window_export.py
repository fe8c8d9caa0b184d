"""Exporting from the window: what the dialog lists is written, the input never is."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from PIL import Image as Pillow
from PySide6.QtWidgets import QCheckBox, QPushButton

from segmenter.files.images import read_image
from segmenter.files.products import PRODUCTS
from segmenter.ui.export_dialog import ExportDialog


@pytest.fixture
def exporting(person, image_file):
    """Somebody with a result; return a way to open the dialog."""
    person.drop(image_file)
    person.wait_for_image(image_file)
    person.wait_for_result()

    def opened():
        person.press("Ctrl+E")
        person.wait(lambda: person.window.findChildren(ExportDialog))
        dialog = person.window.findChildren(ExportDialog)[-1]
        person.wait(dialog.isActiveWindow)
        return dialog

    return opened


def listed(person, dialog):
    """Wait for the list of files: {name: what happens to it}."""
    person.wait(lambda: dialog.total.text().endswith(".") and dialog.files.topLevelItemCount())
    items = [dialog.files.topLevelItem(at) for at in range(dialog.files.topLevelItemCount())]
    return {item.text(0): item.text(1) for item in items}


def tick_only(person, dialog, *labels):
    for box in dialog.products.findChildren(QCheckBox):
        if box.isChecked() is not (box.text() in labels):
            person.tick(box)


def press_export(person, dialog):
    person.click(dialog.export)
    person.wait(lambda: person.window.findChild(ExportDialog) is None)
    person.wait(lambda: not person.state.exporting)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_product_is_written_as_listed_and_shows_what_the_window_shows(
    person, exporting, image_file, tmp_path
):
    before, out = digest(image_file), tmp_path / "deep" / "out"
    dialog = exporting()
    assert dialog.stem.text() == "three kinds"
    tick_only(person, dialog, *(product.label for product in PRODUCTS.values()))
    person.write(dialog.folder.line, str(out), key=None)
    promised = listed(person, dialog)
    assert set(promised.values()) == {"New"}
    assert not out.exists(), "nothing is written before it is said so"
    press_export(person, dialog)
    assert {path.name for path in out.iterdir()} == set(promised)
    assert f"Wrote {len(promised)} files to {out}" in person.status
    with Pillow.open(out / "three kinds_labels.png") as labels:
        np.testing.assert_array_equal(np.array(labels), person.state.result.labels)
    person.press("Ctrl+0")
    overlay = read_image(out / "three kinds_overlay.png").pixels
    np.testing.assert_allclose(overlay, person.image_as_painted(), atol=2)
    assert digest(image_file) == before


def test_the_image_itself_is_refused_until_another_name_is_given(
    person, image_file, exporting, tmp_path
):
    person.press("Ctrl+L")
    source = tmp_path / "x_labels.png"
    source.write_bytes(image_file.read_bytes())
    before = digest(source)
    person.drop(source)
    person.wait_for_image(source)
    person.press("F5")
    person.wait_for_result()
    dialog = exporting()
    tick_only(person, dialog, "Label map")
    person.write(dialog.folder.line, str(tmp_path), key=None)
    person.write(dialog.stem, "x", key=None)
    assert listed(person, dialog) == {"x_labels.png": "Is the image itself: never replaced"}
    assert "the image itself" in dialog.total.text()
    person.click(dialog.export)
    assert dialog.isVisible()
    person.press("Return", dialog)
    assert dialog.isVisible()
    person.write(dialog.stem, "y", key=None)
    assert listed(person, dialog) == {"y_labels.png": "New"}
    press_export(person, dialog)
    assert (tmp_path / "y_labels.png").is_file()
    assert digest(source) == before


def test_a_file_is_replaced_only_after_the_dialog_has_said_so(person, exporting, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    there, beside = out / "three kinds_labels.png", out / "notes.txt"
    there.write_text("mine")
    beside.write_text("also mine")
    dialog = exporting()
    tick_only(person, dialog, "Label map", "Table of classes")
    person.write(dialog.folder.line, str(out), key=None)
    said = listed(person, dialog)
    assert said["three kinds_labels.png"] == "Replaces the file there"
    assert "1 replaced" in dialog.total.text()
    (cancel,) = [at for at in dialog.findChildren(QPushButton) if at.text() == "Cancel"]
    person.click(cancel)
    person.wait(lambda: person.window.findChild(ExportDialog) is None)
    assert there.read_text() == "mine"

    dialog = exporting()
    tick_only(person, dialog, "Label map", "Table of classes")
    person.write(dialog.folder.line, str(out), key=None)
    listed(person, dialog)
    press_export(person, dialog)
    with Pillow.open(there) as labels:
        assert labels.size == (64, 48)
    assert beside.read_text() == "also mine"
    assert sorted(path.name for path in out.iterdir()) == sorted([*said, "notes.txt"])
