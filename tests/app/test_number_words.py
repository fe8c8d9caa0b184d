"""Numbers are told with their thousands set apart."""

from PySide6.QtCore import QTextBoundaryFinder

from segmenter.app.number_words import grouped

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
