"""Bad files, restarts, and closing in the middle of everything."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from places import SAMPLE_IMAGES
from PySide6.QtCore import QAbstractAnimation, QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from segmenter.ui.banner import Banner
from segmenter.ui.batch_dialog import BatchDialog
from segmenter.ui.leave_question import LeaveQuestion
from segmenter.ui.settings_panel import SettingsPanel

COINS = SAMPLE_IMAGES / "coins.png"
DEEP_FIELD = SAMPLE_IMAGES / "deep_field.jpg"
TASKS = Path("/proc/self/task")


# ---- Bad files ----------------------------------------------------------------------------------


def cut_off(path):
    path.write_bytes(COINS.read_bytes()[:2000])


def no_image(path):
    path.write_text("Dear diary")


def empty(path):
    path.write_bytes(b"")


def absent(path):
    path.unlink(missing_ok=True)


def test_a_bad_file_leaves_the_last_good_image_and_result(person, tmp_path):
    person.drop(COINS)
    person.wait_for_image(COINS)
    result = person.wait_for_result()
    title, canvas = person.window.windowTitle(), person.painted()
    banner = person.window.findChild(Banner)
    assert not banner.isVisible()
    for make in (cut_off, no_image, empty, absent):
        bad = tmp_path / f"{make.__name__}.png"
        make(bad)
        person.drop(bad)
        person.wait(banner.isVisible)
        assert bad.name in banner.words.text()
        assert person.state.opening == ""
        assert person.state.result is result
        assert person.window.windowTitle() == title
        person.click(banner.dismiss)
        assert not banner.isVisible()
        person.wait(lambda: np.array_equal(person.painted(), canvas))
    assert person.window.preferences.recent == [COINS]

    # And work goes on.
    panel = person.window.findChild(SettingsPanel)
    person.write(panel.rows["components"].editor.compact, "2")
    assert person.wait_for_result().class_count == 2


def test_a_bad_file_in_the_middle_of_a_run_does_not_end_it(person, tmp_path):
    no_image(tmp_path / "bad.png")
    person.drop(DEEP_FIELD)
    person.wait_for_image(DEEP_FIELD)
    person.drop(tmp_path / "bad.png")
    person.wait(lambda: person.state.failure)
    assert person.wait_for_result().labels.shape == (872, 1000)


# ---- Restart ------------------------------------------------------------------------------------


def test_the_next_start_finds_place_panels_theme_and_recent_files(open_window, tmp_path):
    first = open_window()
    other = tmp_path / "other.png"
    shutil.copy(SAMPLE_IMAGES / "handwriting.png", other)
    for path in (COINS, other):
        first.drop(path)
        first.wait_for_image(path)
        first.wait_for_result()
    first.choose("View", "Theme", "Dark")
    first.choose("View", "Panels", "Classes")
    first.window.resize(740, 655)
    size = first.window.size()
    first.press("Ctrl+Q")
    first.wait(lambda: not first.window.isVisible())

    second = open_window()
    assert second.window.size() == size
    assert not second.window.findChild(QWidget, "classes").isVisible()
    assert second.window.palette().window().color().lightness() < 128
    assert second.state.image is None
    recent = second.window._welcome._recent
    place = recent.visualItemRect(recent.item(0)).center()
    assert [recent.item(at).text().split("\n")[0] for at in range(2)] == ["other.png", "coins.png"]
    second.click(recent.viewport(), place)
    second.wait_for_image(other)
    second.choose("File", "Open recent", "coins.png")
    second.wait_for_image(COINS)
    second.wait_for_result()
    second.choose("View", "Theme", "System")


def test_a_window_that_was_small_shows_its_settings_whole(open_window):
    person = open_window()
    person.window.resize(person.window.minimumSizeHint())
    person.window.resize(1280, 800)
    rows = person.window.findChild(SettingsPanel).rows
    for name in ("components", "features", "spatial"):
        editor = rows[name].editor
        for widget in editor.widgets():
            assert widget.visibleRegion().boundingRect() == widget.rect()


# ---- Closing ------------------------------------------------------------------------------------


def tasks():
    """Return the numbers of all threads of this process but those that the engine keeps."""
    kept = {thread.native_id for thread in threading.enumerate() if _is_pythons(thread)}
    return {int(task.name) for task in TASKS.iterdir()} - kept


def _is_pythons(thread):
    return not isinstance(thread, threading._DummyThread)


@pytest.fixture
def folder(tmp_path):
    """Images enough for a batch that takes its time."""
    home = tmp_path / "images"
    home.mkdir()
    for number in range(6):
        shutil.copy(SAMPLE_IMAGES / "tissue.png", home / f"{number}.png")
    return home


def start_batch(person, folder):
    person.press("Ctrl+B")
    dialog = person.window.findChild(BatchDialog)
    person.wait(dialog.isActiveWindow)
    person.write(dialog.form.folder.line, str(folder), key=None)
    person.wait(dialog.start.isEnabled)
    person.click(dialog.start)
    person.window.activateWindow()
    return dialog


def choose_a_long_run(person):
    panel = person.window.findChild(SettingsPanel)
    person.click(panel._more.toggleButton())
    person.wait(lambda: panel._more._animation.state() == QAbstractAnimation.State.Stopped)
    person.drag_slider(panel.rows["components"].editor.wide, 30)
    # With its place every pixel is a sample of its own, which takes its time.
    boxes = panel.rows["features"].editor.wide.findChildren(QCheckBox)
    for name in ("Position", "RGB"):
        person.tick(next(box for box in boxes if box.text() == name))
    person.write(panel.rows["tolerance"].editor.compact, "1e-12")
    person.write(panel.rows["max_iterations"].editor.compact, "100000")


@pytest.mark.skipif(not TASKS.is_dir(), reason="threads are counted by Linux's list of them")
def test_closing_in_the_middle_of_everything_leaves_no_thread(open_window, folder):
    # Qt keeps threads of its own for painting: an image is shown once before they are counted.
    first = open_window()
    first.drop(DEEP_FIELD)
    first.wait_for_result()
    first.press("Ctrl+Q")
    assert first.window.session.close()
    before = tasks()
    person = open_window()
    person.window.resize(1280, 800)
    choose_a_long_run(person)
    person.drop(DEEP_FIELD)
    person.wait(lambda: person.state.progress is not None and person.state.curve)
    # A run, a batch, and a file being read: all at once.
    dialog = start_batch(person, folder)
    person.drop(COINS)
    assert person.state.opening
    assert person.state.progress is not None
    assert dialog.is_busy
    assert len(tasks() - before) >= 3

    person.press("Ctrl+Q")
    question = person.window.findChild(LeaveQuestion)
    assert person.window.isVisible()
    person.click(question.leave)
    person.wait(lambda: not person.window.isVisible())
    assert not dialog.isVisible()
    assert not dialog.is_busy
    # As the program does when its last window is gone.
    assert person.window.session.close()
    person.wait(lambda: not tasks() - before)
    assert not list((folder / "segmented").glob("*.part"))


def test_escape_stops_a_run_before_it_has_begun_and_the_window_stays(person):
    person.drop(DEEP_FIELD)
    person.wait(lambda: person.state.progress is not None)
    person.press("Esc")
    person.wait(lambda: person.state.progress is None)
    assert person.window.isVisible()
    person.drag(person.canvas, QPoint(100, 100), QPoint(120, 120))
    assert person.canvas.cursor().shape() is Qt.CursorShape.CrossCursor
    person.press("F5")
    person.wait_for_result()
