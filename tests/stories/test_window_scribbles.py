"""Saying what is what: two classes scribbled, undone, redone, saved, loaded; the result follows."""

from __future__ import annotations

import numpy as np
from places import SAMPLE_IMAGES
from PySide6.QtCore import QPoint

from segmenter.app.state import is_outdated
from segmenter.engine.pipeline import finish, steps
from segmenter.files.scribbles import read_scribbles

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
