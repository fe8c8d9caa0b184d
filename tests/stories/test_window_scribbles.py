"""Saying what is what: two classes scribbled, undone, redone, saved, loaded; the result follows."""

from __future__ import annotations

import numpy as np
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint

from segmenter.app.state import is_outdated
from segmenter.engine.pipeline import finish, steps
from segmenter.files.scribbles import read_scribbles
from segmenter.ui.leave_question import LeaveQuestion

COINS = SAMPLE_IMAGES / "coins.png"
BACKGROUND, COIN = (90, 200), (70, 50)  # (row, column)


def stroke(person, pixel, length):
    """Draw to the right from a pixel."""
    start = person.where(*pixel)
    way = [start + QPoint(round(length * part / 4), 0) for part in range(5)]
    person.drag(person.canvas, *way)


def settled(person):
    person.wait(lambda: person.state.progress is None and not is_outdated(person.state))
    return person.state.result


def test_two_classes_are_scribbled_and_the_result_follows(person):
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    first = person.wait_for_result()
    person.press("B")
    person.press("2")
    stroke(person, BACKGROUND, 30)
    one = settled(person)
    assert one.labels[BACKGROUND] == 2
    person.press("1")
    stroke(person, COIN, 20)
    both = settled(person)
    assert (both.labels[BACKGROUND], both.labels[COIN]) == (2, 1)
    numbers = person.state.inputs.scribbles.on(person.state.image.shape)
    expected = finish(steps(person.state.image, both.settings, scribbles=numbers))
    np.testing.assert_array_equal(both.labels, expected.labels)

    person.press("Ctrl+Z")
    assert settled(person) is one
    person.press("Ctrl+Z")
    assert settled(person) is first
    person.press("Ctrl+Shift+Z")
    person.press("Ctrl+Shift+Z")
    assert settled(person) is both
    assert "scribbled Class 2" in person.point_at(*BACKGROUND)


def test_scribbles_are_saved_cleared_and_loaded_again(person, tmp_path):
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    first = person.wait_for_result()
    person.press("B")
    stroke(person, BACKGROUND, 30)
    drawn = settled(person)
    numbers = person.state.inputs.scribbles.on(person.state.image.shape)
    path = tmp_path / "drawn.png"
    person.answer_file_dialog(path)
    person.press("Ctrl+Shift+S")
    person.wait(lambda: "drawn.png" in person.state.notice)
    np.testing.assert_array_equal(read_scribbles(path, numbers.shape), numbers)
    person.choose("Scribble", "Clear scribbles")
    assert settled(person) is first
    person.answer_file_dialog(path)
    person.press("Ctrl+Shift+O")
    person.wait(lambda: bool(person.state.inputs.scribbles))
    assert settled(person) is drawn


def test_scribbles_are_saved_where_products_go_and_never_into_the_program(
    person, image_file, tmp_path
):
    person.choose("File", "Open sample", "Coins")
    person.wait_for_image(COINS)
    person.window.preferences.last_folder = tmp_path
    person.press("B")
    stroke(person, BACKGROUND, 30)
    person.answer_file_dialog("of a sample.png")
    person.press("Ctrl+Shift+S")
    person.wait(lambda: "of a sample.png" in person.state.notice)
    assert (tmp_path / "of a sample.png").is_file()

    (tmp_path / "segmented").mkdir()
    person.drop(image_file)
    person.wait_for_image(image_file)
    person.wait_for_result()
    stroke(person, (10, 10), 5)
    person.answer_file_dialog("of a file.png")
    person.press("Ctrl+Shift+S")
    person.wait(lambda: "of a file.png" in person.state.notice)
    assert (tmp_path / "segmented" / "of a file.png").is_file()
    assert person.window.preferences.last_folder == tmp_path / "segmented"


def test_scribbles_are_there_again_when_their_image_is(person, image_file):
    beside = image_file.with_name("zebra.png")
    beside.write_bytes(image_file.read_bytes())
    person.drop(image_file)
    person.wait_for_image(image_file)
    person.wait_for_result()
    person.press("B")
    person.press("2")
    stroke(person, (10, 10), 5)
    drawn = settled(person)
    said = person.state.inputs.scribbles
    assert said
    person.press("Ctrl+PgDown")
    person.wait_for_image(beside)
    person.wait_for_result()
    assert not person.state.inputs.scribbles
    person.press("Ctrl+PgUp")
    person.wait_for_image(image_file)
    again = person.wait_for_result()
    assert person.state.inputs.scribbles == said
    np.testing.assert_array_equal(again.labels, drawn.labels)


def test_closing_with_scribbles_in_no_file_is_asked_about(person, image_file, tmp_path):
    person.drop(image_file)
    person.wait_for_image(image_file)
    person.wait_for_result()
    person.press("B")
    stroke(person, (10, 10), 5)
    settled(person)
    person.press("Ctrl+Q")
    question = person.window.findChild(LeaveQuestion)
    assert "three kinds.png" in question.text()
    assert question.leave.text() == "Quit"
    person.press("Esc", question)
    person.wait(lambda: person.window.findChild(LeaveQuestion) is None)
    assert person.window.isVisible()

    person.answer_file_dialog(tmp_path / "drawn.png")
    person.press("Ctrl+Shift+S")
    person.wait(lambda: "drawn.png" in person.state.notice)
    person.press("Ctrl+Q")
    person.wait(lambda: not person.window.isVisible())


def test_scribbles_that_nobody_wants_go_with_the_window(person, image_file):
    person.drop(image_file)
    person.wait_for_image(image_file)
    person.press("B")
    stroke(person, (10, 10), 5)
    person.press("Ctrl+Q")
    person.click(person.window.findChild(LeaveQuestion).leave)
    person.wait(lambda: not person.window.isVisible())
