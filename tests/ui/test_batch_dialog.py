"""The batch window: what it finds, does and says."""

from __future__ import annotations

from pathlib import Path

import pytest
from accessible import nameless
from PIL import Image as Pillow
from places import SAMPLE_IMAGES
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMessageBox

from segmenter.app.places import documents_folder
from segmenter.batch.summary import JobState, Row
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.settings import FeatureKind, Settings
from segmenter.files.recipes import Recipe, write_recipe
from segmenter.ui.batch_dialog import WANTED_SIZE, BatchDialog
from segmenter.ui.batch_table import DETAIL, FILE, STATE, BatchTable, detail
from segmenter.ui.batch_view import spoken
from segmenter.ui.main_window import MainWindow

PATIENCE = 60_000


@pytest.fixture
def folder(tmp_path, image):
    """Three images, a broken one and a text; another image in a sub-folder."""
    home = tmp_path / "images"
    (home / "more").mkdir(parents=True)
    for name in ("a.png", "b.png", "c.tif", "more/d.png"):
        Pillow.fromarray(image.pixels).save(home / name)
    (home / "broken.png").write_bytes((home / "a.png").read_bytes()[:500])
    (home / "notes.txt").write_text("no image")
    return home


@pytest.fixture
def dialog(qtbot, session, preferences):
    made = BatchDialog(session, preferences)
    qtbot.addWidget(made)
    session.set_live(False)
    session.edit("Components", settings=Settings(components=3, restarts=1))
    made.show()
    yield made
    made.give_up()
    assert session.lanes.come_to_rest(), "the batch did not come to rest"


@pytest.fixture
def find(dialog, qtbot):
    """Give a folder and wait for its files."""

    def names(folder):
        dialog.form.folder.show_path(folder)
        return settled()

    def settled():
        qtbot.waitUntil(lambda: "found" in dialog.form.count.text(), timeout=PATIENCE)
        return [dialog.view.table.batch.text(at, FILE) for at in range(len(dialog.view.rows))]

    names.settled = settled
    return names


@pytest.fixture
def do(dialog, qtbot):
    """Start, and wait for the end."""

    def to_the_end():
        dialog.start.click()
        assert dialog.is_busy
        qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE)
        return {Path(row.path).name: row.state.value for row in dialog.view.rows}

    return to_the_end


def test_the_pattern_and_sub_folders_decide_which_files_are_meant(dialog, find, folder):
    assert find(folder) == ["a.png", "b.png", "broken.png", "c.tif"]
    assert dialog.form.count.text() == "4 images found"
    dialog.form.recursive.setChecked(True)
    assert "more/d.png" in find.settled()
    dialog.form.pattern.setCurrentText("*.tif")
    assert find.settled() == ["c.tif"]
    assert dialog.form.count.text() == "1 image found"


def test_a_missing_folder_is_said_and_nothing_can_start(dialog, qtbot, tmp_path):
    dialog.form.folder.show_path(tmp_path / "nowhere")
    qtbot.waitUntil(lambda: "no folder" in dialog.form.count.text(), timeout=PATIENCE)
    assert not dialog.start.isEnabled()


def test_the_output_folder_follows_until_it_is_changed_by_hand(dialog, folder, tmp_path):
    dialog.form.folder.show_path(folder)
    assert dialog.form.folder_out.path == folder / "segmented"
    dialog.form.folder.show_path(SAMPLE_IMAGES)
    assert dialog.form.folder_out.path == documents_folder() / "segmented"
    dialog.form.folder_out.show_path(tmp_path / "mine")
    dialog.form.folder.show_path(tmp_path)
    assert dialog.form.folder_out.path == tmp_path / "mine"


def test_one_bad_file_never_stops_the_others(dialog, find, do, folder):
    find(folder)
    assert do() == {"a.png": "done", "b.png": "done", "broken.png": "failed", "c.tif": "done"}
    assert dialog.view.status.text().startswith("3 done, 1 failed. It took ")
    assert dialog.view.bar.value() == dialog.view.bar.maximum() == 4
    assert (folder / "segmented" / "a_labels.png").is_file()
    assert dialog.view.open_output.isEnabled()
    assert dialog.start.isEnabled()


def test_finished_files_are_skipped_unless_all_are_to_be_done_again(dialog, find, do, folder):
    dialog.form.pattern.setCurrentText("?.png")
    find(folder)
    assert do() == {"a.png": "done", "b.png": "done"}
    assert do() == {"a.png": "skipped", "b.png": "skipped"}
    dialog.form.existing.setCurrentIndex(1)
    assert do() == {"a.png": "done", "b.png": "done"}


def test_a_recipe_takes_the_place_of_the_settings_in_the_window(dialog, find, do, folder, tmp_path):
    write_recipe(tmp_path / "two.json", Recipe(Settings(components=2, restarts=1)))
    find(folder)
    dialog.form.by_recipe.setChecked(True)
    assert not dialog.start.isEnabled()
    dialog.form.recipe.show_path(tmp_path / "two.json")
    do()
    assert {row.classes for row in dialog.view.rows if row.state is JobState.DONE} == {2}


def test_a_recipe_that_cannot_be_read_is_said(dialog, find, do, folder, tmp_path):
    find(folder)
    dialog.form.by_recipe.setChecked(True)
    dialog.form.recipe.show_path(tmp_path / "none.json")
    do()
    assert dialog.view.status.text().startswith("Cannot read recipe none.json")


def test_cancel_ends_the_batch_and_a_second_start_goes_on(dialog, find, do, folder, qtbot):
    find(folder)
    dialog.start.click()
    assert not dialog.form.page.isEnabled()
    dialog.cancel.click()
    assert not dialog.is_busy
    assert dialog.view.status.text().startswith("Cancelled. ")
    assert JobState.RUNNING not in {row.state for row in dialog.view.rows}
    assert list(do().values()).count("failed") == 1


def test_closing_hides_a_batch_that_goes_on_and_says_so(dialog, find, folder, qtbot):
    find(folder)
    said = []
    dialog.noticed.connect(said.append)
    dialog.start.click()
    dialog.close()
    assert dialog.is_busy
    qtbot.waitUntil(lambda: not dialog.is_busy, timeout=PATIENCE)
    assert said[0].startswith("The batch goes on.")
    assert said[1].startswith("Batch: 3 done, 1 failed.")


def test_at_first_there_is_nothing_to_start_open_or_copy(dialog):
    buttons = (dialog.start, dialog.cancel, dialog.view.open_output, dialog.view.copy_failures)
    assert not any(button.isEnabled() for button in buttons)
    assert dialog.view.status.text() == "Choose a folder with images."


def test_return_in_the_form_or_the_table_starts_nothing(dialog, find, folder, qtbot):
    find(folder)
    assert dialog.start.isEnabled()
    for widget in (dialog.form.folder.line, dialog.view.table):
        qtbot.keyClick(widget, Qt.Key.Key_Return)
    assert not dialog.is_busy


def test_closing_the_main_window_asks_and_then_ends_the_batch(qtbot, session, preferences, folder):
    window = MainWindow(session, preferences)
    qtbot.addWidget(window)
    window.open_batch()
    dialog = window.findChild(BatchDialog)
    dialog.form.folder.show_path(folder)
    qtbot.waitUntil(dialog.start.isEnabled, timeout=PATIENCE)
    window.show()
    dialog.start.click()
    assert not window.close()
    assert dialog.is_busy
    (question,) = window.findChildren(QMessageBox)
    (leave,) = (button for button in question.buttons() if button.text() == "Quit")
    leave.click()
    assert not window.isVisible()
    assert not dialog.is_busy
    assert not dialog.isVisible()


def test_a_closed_batch_window_comes_back_as_it_was(qtbot, session, preferences, folder):
    window = MainWindow(session, preferences)
    qtbot.addWidget(window)
    window.open_batch()
    dialog = window.findChild(BatchDialog)
    dialog.form.folder.show_path(folder)
    dialog.close()
    window.open_batch()
    assert window.findChildren(BatchDialog) == [dialog]
    assert dialog.isVisible()
    assert dialog.form.folder.path == folder
    window.close()


def test_what_is_missing_is_said(dialog, find, folder):
    find(folder)
    assert dialog.view.status.text().startswith("Ready.")
    dialog.form.products.choose(())
    assert dialog.view.status.text() == "Choose at least one product."
    dialog.form.products.choose(["labels"])
    dialog.form.by_recipe.setChecked(True)
    assert dialog.view.status.text() == "Choose a recipe and an output folder."
    assert not dialog.start.isEnabled()


def test_folder_and_products_are_remembered(dialog, find, do, folder, qtbot):
    dialog.form.products.choose(["soft"])
    dialog.form.pattern.setCurrentText("a.png")
    find(folder)
    do()
    again = BatchDialog(dialog._session, dialog._preferences)
    qtbot.addWidget(again)
    assert again.form.folder.path == folder
    assert again.form.products.chosen == ("soft",)
    again.give_up()


def test_products_among_the_images_are_counted_and_left_out(dialog, find, folder):
    for name in ("a_labels.png", "b_mask_2.png"):
        (folder / name).touch()
    assert find(folder) == ["a.png", "b.png", "broken.png", "c.tif"]
    assert dialog.form.count.text() == "4 images found; 2 products of these left out"


def test_the_summary_of_the_settings_follows_the_window(dialog, session):
    session.changed.connect(dialog.show_state)
    many = Settings(components=7, features=("rgb", "position"), smoothing=1.5, cut=True)
    session.edit("Several", settings=many)
    words = "Components: 7; Cut: on; Features: rgb, position; Smoothing: 1.5 px"
    assert dialog.form.summary.text() == words
    assert words in dialog.form.summary.toolTip()
    session.edit("None", settings=Settings())
    assert dialog.form.summary.text() == "All settings are at their defaults"


def test_the_summary_of_many_settings_takes_one_line_and_no_width(dialog, session):
    session.changed.connect(dialog.show_state)
    width, height = dialog.form.width(), dialog.form.summary.height()
    least = dialog.form.page.minimumSizeHint().width()
    values = {"components": 7, "covariance": "tied", "features": tuple(FeatureKind), "seed": 5}
    session.edit("Several", settings=Settings(**values, fill_holes=9, smooth_borders=4))
    QApplication.processEvents()
    assert (dialog.form.width(), dialog.form.summary.height()) == (width, height)
    assert dialog.form.page.minimumSizeHint().width() == least
    summary = dialog.form.summary
    seen = summary.fontMetrics().horizontalAdvance(summary._elidedText())
    assert 0 < seen <= summary.contentsRect().width()


def test_a_row_opens_its_image(dialog, find, folder, wait, session):
    find(folder)
    dialog.view.table.activated.emit(dialog.view.table.batch.index(1, 0))
    state = wait(session, lambda state: state.image is not None)
    assert state.image.path == folder / "b.png"


def test_a_failure_is_read_in_full_and_copied(dialog, find, do, folder):
    find(folder)
    do()
    dialog.view.table.setCurrentIndex(dialog.view.table.batch.index(2, 0))
    assert "Open it in the program that made it" in dialog.view.words.text()
    assert not dialog.view.words.isHidden()
    dialog.view.copy_failures.click()
    path, state, reason, *_ = QGuiApplication.clipboard().text().split("\t")
    assert (path, state) == (str(folder / "broken.png"), "Failed")
    assert reason == dialog.view.words.text()


# ---- The table ----------------------------------------------------------------------------------


@pytest.fixture
def table(qtbot):
    made = BatchTable()
    qtbot.addWidget(made)
    made.batch.tint(made.palette())
    return made


def rows_of(count):
    return tuple(Row(f"{number}", f"/images/{number}.png") for number in range(count))


def test_each_state_has_a_word_and_an_icon(table):
    table.batch.show_rows(tuple(Row("a", "/a.png", state=state) for state in JobState))
    for at, state in enumerate(JobState):
        cell = table.batch.index(at, STATE)
        assert cell.data() == state.value.capitalize()
        assert not cell.data(Qt.ItemDataRole.DecorationRole).isNull()


def test_only_rows_that_changed_are_drawn_again(table):
    rows = rows_of(10_000)
    table.batch.show_rows(rows)
    drawn = []
    table.batch.dataChanged.connect(lambda first, last: drawn.append((first.row(), last.row())))
    done = Row("5", "/images/5.png", state=JobState.DONE)
    table.batch.show_rows((*rows[:5], done, *rows[6:]))
    table.batch.show_rows(table.batch.rows)
    assert drawn == [(5, 5)]


def test_the_running_row_says_how_far_it_is(table):
    rows = (Row("0", "/images/0.png", state=JobState.RUNNING), *rows_of(2))
    table.batch.show_rows(rows)
    table.batch.show_inner(0, Progress(Stage.FITTING, 12, 200))
    assert table.batch.text(0, DETAIL) == "EM, 12 of at most 200"
    assert table.batch.text(1, DETAIL) == ""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb.png", r"a\nb.png"),
        ("<b>x</b>.png", "<b>x</b>.png"),
        ("a\u202egnp.exe", r"a\u202egnp.exe"),
    ],
    ids=["newline", "html", "right to left"],
)
def test_hostile_names_are_shown_as_they_are(table, name, shown):
    table.batch.folder = "/images/"
    table.batch.show_rows((Row("x", f"/images/{name}"),))
    cell = table.batch.index(0, FILE)
    assert cell.data() == shown
    assert "<b>" not in cell.data(Qt.ItemDataRole.ToolTipRole)


def test_copying_takes_the_chosen_rows(table, qtbot):
    table.batch.show_rows(rows_of(3))
    with qtbot.waitActive(table):
        table.show()
        table.activateWindow()
    table.setFocus()
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("/images/1.png\tWaiting")


def test_the_table_is_flat(table):
    table.batch.show_rows(rows_of(2))
    assert table.batch.rowCount(table.batch.index(0, 0)) == 0
    assert table.batch.rowCount(QModelIndex()) == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations_are_said_as_people_do(seconds, words):
    assert spoken(seconds) == words


def test_screen_readers_find_a_name_for_everything(dialog):
    assert nameless(dialog) == []


def test_what_is_told_of_a_file_that_went_well_is_not_cut(dialog, tmp_path):
    done = Row(
        str(tmp_path / "a.png"), JobState.DONE, rows=1024, columns=1024, classes=4,
        iterations=118, stopped="converged", seconds=12.3,
    )  # fmt: skip
    dialog.resize(WANTED_SIZE)
    dialog.view.show_found((done,), tmp_path)
    QApplication.processEvents()
    table = dialog.view.table
    for column in range(table.batch.columnCount()):
        assert (
            table.columnWidth(column)
            >= table.sizeHintForIndex(table.batch.index(0, column)).width()
        )


def test_notes_are_sentences_with_one_full_stop_each():
    notes = ("Half is taken as opaque.", "12 pixels without data: label 0.")
    row = Row("a", "a.png", JobState.DONE, rows=2, columns=3, classes=4, notes=notes)
    assert detail(row) == (
        "3 by 2 px, 4 classes. Half is taken as opaque. 12 pixels without data: label 0"
    )


def test_the_window_can_be_closed_by_a_button(dialog, qtbot):
    qtbot.mouseClick(dialog.put_away, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_masks_are_among_what_is_written_unless_somebody_chose(dialog):
    assert dialog.form.products.chosen == ("labels", "masks", "overlay", "table")
