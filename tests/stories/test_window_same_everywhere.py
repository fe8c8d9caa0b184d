"""One image and its settings give one label map: on the canvas, in Python, headless, in a batch."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image as Pillow
from places import SAMPLE_IMAGES
from PySide6.QtWidgets import QCheckBox

from segmenter import cli, read_image, segment
from segmenter.engine.settings import Settings
from segmenter.engine.threads import set_thread_count
from segmenter.ui.batch_dialog import BatchDialog
from segmenter.ui.export_dialog import ExportDialog
from segmenter.ui.settings_panel import SettingsPanel


@pytest.fixture
def threads():
    """Let the engine use so many threads; as many as there are afterwards."""
    yield set_thread_count
    set_thread_count(0)


@pytest.fixture
def picture(tmp_path):
    """A real image in a folder of its own."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "stained.png"
    shutil.copy(SAMPLE_IMAGES / "stained_cells.png", path)
    return path


def set_up(person, components, texture):
    rows = person.window.findChild(SettingsPanel).rows
    person.write(rows["components"].editor.compact, str(components))
    if texture:
        for box in rows["features"].editor.wide.findChildren(QCheckBox):
            if box.text() in {"RGB", "Texture"}:
                person.tick(box)


def export_labels(person, folder):
    person.press("Ctrl+E")
    person.wait(lambda: person.window.findChild(ExportDialog))
    dialog = person.window.findChild(ExportDialog)
    person.wait(dialog.isActiveWindow)
    person.write(dialog.folder.line, str(folder), key=None)
    person.wait(dialog.export.isEnabled)
    person.click(dialog.export)
    person.wait(lambda: any(folder.glob("*_labels.png")) and not person.state.exporting)


def process_folder(person, folder, folder_out):
    person.press("Ctrl+B")
    dialog = person.window.findChild(BatchDialog)
    person.wait(dialog.isActiveWindow)
    person.write(dialog.form.folder.line, str(folder), key=None)
    person.write(dialog.form.folder_out.line, str(folder_out), key=None)
    person.wait(dialog.start.isEnabled)
    person.click(dialog.start)
    person.wait(lambda: not dialog.is_busy)


@pytest.mark.parametrize("count", [1, 3], ids=["1 thread", "3 threads"])
@pytest.mark.parametrize("texture", [False, True], ids=["colours", "texture"])
def test_window_python_command_line_and_batch_agree(
    person, picture, tmp_path, threads, count, texture
):
    threads(count)
    set_up(person, 3, texture)
    person.drop(picture)
    person.wait_for_image(picture)
    result = person.wait_for_result()
    export_labels(person, tmp_path / "window")
    process_folder(person, picture.parent, tmp_path / "batch")

    features = ["--features", "rgb,texture"] if texture else []
    given = [str(picture), "--components", "3", *features, "--products", "labels"]
    for number in ("1", "3"):
        out = str(tmp_path / f"run {number}")
        assert cli.main(["run", *given, "--threads", number, "--out", out]) == 0
    chosen = ("rgb", "texture") if texture else ()
    expected = segment(read_image(picture), Settings(components=3, features=chosen))

    assert result.settings == expected.settings
    np.testing.assert_array_equal(result.labels, expected.labels)
    assert result.log_likelihoods == expected.log_likelihoods
    name = "stained_labels.png"
    files = [tmp_path / place / name for place in ("window", "batch", "run 1", "run 3")]
    assert len({path.read_bytes() for path in files}) == 1
    with Pillow.open(files[0]) as labels:
        np.testing.assert_array_equal(np.array(labels), expected.labels)
