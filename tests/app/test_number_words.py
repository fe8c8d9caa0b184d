"""Numbers are told with their thousands set apart."""

from segmenter.app.number_words import grouped

THIN = "\N{THIN SPACE}"


def test_thousands_are_set_apart():
    assert grouped(1_234_567) == f"1{THIN}234{THIN}567"
    assert grouped(1234.56, decimals=1) == f"1{THIN}234.6"
    assert grouped(999) == "999"
