"""Numbers are told with their thousands set apart."""

from PySide6.QtCore import QTextBoundaryFinder

from segmenter.app.number_words import grouped, percent

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
