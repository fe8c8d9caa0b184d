import os

import pytest

from segmenter.files.names import LONGEST_NAME, fitting_stem, printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain é 日本.png", "plain é 日本.png"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        (os.fsdecode(b"\xff.png"), r"\udcff.png"),
    ],
    ids=["plain", "white space", "escape", "direction", "undecodable"],
)
def test_names_are_shown_on_one_line(name, shown):
    assert printable(name) == shown


def test_short_stems_stay():
    assert fitting_stem("é" * 100, longest_ending=32) == "é" * 100


def test_long_stems_are_shortened_and_stay_different():
    stems = ["é" * 120 + last for last in "abc"]
    fitting = {fitting_stem(stem, longest_ending=32) for stem in stems}
    assert len(fitting) == 3
    assert all(len(os.fsencode(stem)) + 32 <= LONGEST_NAME for stem in fitting)
