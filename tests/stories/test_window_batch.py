"""A folder from the menu: a row per file, one of them bad, while the window goes on working."""

from __future__ import annotations

import csv
import json
import shutil

import numpy as np
import pytest
from PIL import Image as Pillow
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint

from segmenter.batch.summary import SUMMARY_NAME, TABLE_NAME
from segmenter.ui.batch_dialog import BatchDialog
from segmenter.ui.batch_table import DETAIL, FILE, STATE, TIME
from segmenter.ui.classes_panel import ClassesPanel
from segmenter.ui.settings_panel import SettingsPanel

COINS = SAMPLE_IMAGES / "coins.png"


@pytest.fixture
def folder(tmp_path):
    """Four real images, and one that was cut off in the middle."""
    home = tmp_path / "images"
    home.mkdir()
    for name in ("cells_16bit.tif", "coins.png", "handwriting.png", "stained_cells.png"):
        shutil.copy(SAMPLE_IMAGES / name, home)
    whole = (SAMPLE_IMAGES / "satellite.jpg").read_bytes()
    (home / "damaged.jpg").write_bytes(whole[:20_000])
    (home / "readme.txt").write_text("no image")
    return home


@pytest.fixture
def dialog(person, folder):
    """The batch window, opened from the menu on the folder, with its files found."""
    person.choose("Batch", "Process folder")
    made = person.window.findChild(BatchDialog)
    person.wait(made.isActiveWindow)
    person.write(made.form.folder.line, str(folder), key=None)
    person.wait(lambda: "found" in made.form.count.text())
    return made


def rows(dialog, column=STATE):
    table = dialog.view.table.batch
    return {
        table.index(at, FILE).data(): table.index(at, column).data()
        for at in range(table.rowCount())
    }


def wait_for_the_end(person, dialog):
    person.wait(lambda: not dialog.is_busy)
    return rows(dialog)


def summary_of(folder):
    return json.loads((folder / "segmented" / SUMMARY_NAME).read_text())


def test_a_folder_is_done_beside_other_work_and_a_bad_file_is_a_row(person, dialog, folder):
    assert set(rows(dialog).values()) == {"Waiting"}
    assert dialog.form.count.text() == "5 images found"
    seen = set()
    dialog.view.table.batch.dataChanged.connect(lambda: seen.update(rows(dialog).values()))
    person.click(dialog.start)
    assert dialog.cancel.isEnabled()

    # Meanwhile in the window: open, segment, change, undo.
    person.window.activateWindow()
    person.drop(COINS)
    person.wait_for_image(COINS)
    assert person.wait_for_result().class_count == 4
    panel = person.window.findChild(SettingsPanel)
    person.write(panel.rows["components"].editor.compact, "2")
    assert person.wait_for_result().class_count == 2

    states = wait_for_the_end(person, dialog)
    assert seen == {"Waiting", "Running", "Done", "Failed"}
    bad = states.pop("damaged.jpg")
    assert (bad, set(states.values()), len(states)) == ("Failed", {"Done"}, 4)
    details = rows(dialog, DETAIL)
    assert details["damaged.jpg"].startswith("It is damaged, incomplete")
    # What was changed in the window meanwhile is no matter of the batch.
    assert details["coins.png"].startswith("384 by 303 px, 4 classes")
    assert rows(dialog, TIME)["cells_16bit.tif"].endswith(" s")
    assert dialog.view.status.text().startswith("4 done, 1 failed. It took ")
    person.wait(lambda: person.status.startswith("Batch: 4 done, 1 failed."))


def test_a_summary_tells_of_every_file_and_every_product_is_there(person, dialog, folder):
    person.click(dialog.start)
    wait_for_the_end(person, dialog)
    out = folder / "segmented"
    summary = summary_of(folder)
    assert [row["state"] for row in summary["files"]].count("failed") == 1
    with (out / TABLE_NAME).open(newline="", encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file))
    assert len(table) == 5
    for row in summary["files"]:
        assert all((out / name).is_file() for name in row["products"])
        assert bool(row["products"]) is (row["state"] == "done")
    with Pillow.open(out / "coins_labels.png") as labels:
        assert np.unique(np.array(labels)).tolist() == [1, 2, 3, 4]


def test_a_second_start_skips_what_is_done_and_tries_the_bad_file_again(person, dialog, folder):
    person.click(dialog.start)
    wait_for_the_end(person, dialog)
    out = folder / "segmented"
    written = {path: path.stat().st_mtime_ns for path in out.glob("*.png")}
    assert len(written) == 4 * (2 + 4)  # label map, overlay and a mask for each class
    shutil.copy(folder / "coins.png", folder / "damaged.jpg")
    person.click(dialog.start)
    states = wait_for_the_end(person, dialog)
    assert states.pop("damaged.jpg") == "Done"
    assert set(states.values()) == {"Skipped"}
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert {row["state"] for row in summary_of(folder)["files"]} == {"done", "skipped"}

    person.choose_in_list(dialog.form.existing, "Do all files again")
    person.click(dialog.start)
    assert set(wait_for_the_end(person, dialog).values()) == {"Done"}
    assert all(path.stat().st_mtime_ns != written[path] for path in written)


def test_a_cancelled_batch_ends_at_once_whole_and_goes_on_later(person, dialog, folder):
    person.click(dialog.start)
    person.wait(lambda: "Done" in rows(dialog).values())
    person.click(dialog.cancel)
    assert not dialog.is_busy
    states = rows(dialog)
    assert "Running" not in states.values()
    assert "Waiting" in states.values(), "it was done before it could be cancelled"
    assert dialog.view.status.text().startswith("Cancelled. ")
    out = folder / "segmented"
    person.wait((out / SUMMARY_NAME).is_file)
    person.wait(lambda: summary_of(folder)["state"] == "cancelled")
    # Its table is written after it; then nothing may be left half written.
    person.wait(lambda: not list(out.glob("*.part")))
    for path in out.glob("*_labels.png"):
        with Pillow.open(path) as labels:
            labels.load()

    done = [name for name, state in states.items() if state == "Done"]
    person.click(dialog.start)
    again = wait_for_the_end(person, dialog)
    assert {again[name] for name in done} == {"Skipped"}
    assert again["damaged.jpg"] == "Failed"
    assert "Waiting" not in again.values()


def test_the_batch_takes_settings_names_and_pattern_as_they_stand(person, folder):
    person.drop(COINS)
    person.wait_for_image(COINS)
    panel = person.window.findChild(SettingsPanel)
    person.write(panel.rows["components"].editor.compact, "2")
    person.wait_for_result()
    table = person.window.findChild(ClassesPanel).table
    place = table.visualRect(table.model().index(1, 2)).center()
    person.click(table.viewport(), place)
    person.press("F2")
    for key in ("m", "e", "t", "a", "l", "Return"):
        person.press(key)
    assert person.state.inputs.classes[1].name == "metal"

    person.press("Ctrl+B")
    dialog = person.window.findChild(BatchDialog)
    person.wait(dialog.isActiveWindow)
    person.write(dialog.form.folder.line, str(folder), key=None)
    person.write(dialog.form.pattern.lineEdit(), "co*", key=None)
    person.wait(lambda: dialog.form.count.text() == "1 image found")
    assert dialog.form.summary.text() == "Components: 2"
    person.click(dialog.start)
    assert wait_for_the_end(person, dialog) == {"coins.png": "Done"}
    with (folder / "segmented" / "coins_classes.csv").open(
        newline="", encoding="utf-8-sig"
    ) as file:
        assert [row["name"] for row in csv.DictReader(file)] == ["Class 1", "metal"]

    # A double click on a row opens the image in the window.
    view = dialog.view.table
    person.double_click(view.viewport(), view.visualRect(view.batch.index(0, 0)).center())
    person.wait_for_image(folder / "coins.png")
    person.wait_for_result()
    person.turn_wheel(QPoint(50, 50), 1)
