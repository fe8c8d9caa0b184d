"""Numbers are told with their thousands set apart."""

from PySide6.QtCore import QTextBoundaryFinder

from segmenter.engine.number_words import counted, grouped, percent

THIN = "\N{NARROW NO-BREAK SPACE}"


def test_thousands_are_set_apart():
    assert grouped(1_234_567) == f"1{THIN}234{THIN}567"
    assert grouped(1234.56, decimals=1) == f"1{THIN}234.6"
    assert grouped(999) == "999"
    assert grouped(-1000) == f"\N{MINUS SIGN}1{THIN}000"


def test_no_line_is_broken_within_a_number():
    words = grouped(1_234_567)
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, words)
    assert finder.toNextBoundary() == len(words)


def test_shares_have_tenths_but_the_whole():
    assert [percent(share) for share in (0, 0.1234, 0.9994, 0.9996, 1)] == [
        "0.0%", "12.3%", "99.9%", "100%", "100%",
    ]  # fmt: skip


def test_what_rounds_to_nothing_has_no_sign():
    assert [grouped(value) for value in (-0.4, -0.0, -0.6)] == ["0", "0", "\N{MINUS SIGN}1"]
    assert grouped(-0.04, decimals=1) == "0.0"


def test_things_are_counted_in_words():
    assert counted(1, "pixel") == "1 pixel"
    assert counted(0, "pixel") == "0 pixels"
    assert counted(125_159, "pixel") == f"125{THIN}159 pixels"
