"""The scale bar: round numbers, the right unit, there only where the file tells the size."""

from dataclasses import replace

import pytest
from halves import grey_image, state_of

from segmenter.app.state import Look, State
from segmenter.ui.canvas import Canvas
from segmenter.ui.scale_bar import LONGEST, bar_of


@pytest.mark.parametrize(
    ("micrometres", "words"),
    [
        (1.0, "100 µm"),
        (0.65, "100 µm"),
        (0.3, "20 µm"),
        (2.0, "200 µm"),
        (4.0, "500 µm"),
        (6.25, "1 mm"),
        (0.00625, "1 µm"),
        (0.006, "500 nm"),
        (1e-6, "0.1 nm"),
        (1e4, "1 m"),
        (50.0, "5 mm"),
    ],
)
def test_a_bar_is_a_round_number_in_a_fitting_unit(micrometres, words):
    bar = bar_of(micrometres)
    assert bar.words == words
    assert LONGEST * 0.4 <= bar.length <= LONGEST * 1.0001


def test_a_bar_keeps_to_its_room():
    assert bar_of(1.0, 90.0) == (50.0, "50 µm")


@pytest.fixture
def canvas(qtbot, session):
    made = Canvas(session)
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


def corner(canvas, state):
    canvas.show_state(canvas._state, state)
    return canvas.grab().toImage().copy(100, 140, 200, 60)


def test_there_is_a_bar_only_where_the_file_tells_and_it_is_wanted(canvas):
    plain = state_of(grey_image())
    without = corner(canvas, plain)
    told = replace(plain, image=replace(plain.image, pixel_size=(0.5, 0.5)))
    assert corner(canvas, told) != without
    assert corner(canvas, replace(told, look=Look(scale_bar=False))) == without


def test_the_bar_follows_the_zoom(canvas):
    plain = state_of(grey_image())
    corner(canvas, replace(plain, image=replace(plain.image, pixel_size=(1.0, 1.0))))
    lengths = []
    for _ in range(3):
        lengths.append(_white(canvas))
        canvas.zoom_in()
    assert len(set(lengths)) == 3


def _white(canvas):
    """How long the longest white line is."""
    grabbed = canvas.grab().toImage()
    return max(
        sum(grabbed.pixelColor(x, y).red() > 250 for x in range(300)) for y in range(150, 195)
    )


def test_the_bar_is_for_distances_across(canvas):
    plain = state_of(grey_image())
    across = corner(canvas, replace(plain, image=replace(plain.image, pixel_size=(1.0, 3.0))))
    canvas.show_state(canvas._state, State())
    equal = corner(canvas, replace(plain, image=replace(plain.image, pixel_size=(3.0, 3.0))))
    assert across == equal
