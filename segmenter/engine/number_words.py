"""Numbers as they are told."""

from __future__ import annotations


def grouped(value: float, *, decimals: int = 0) -> str:
    """Return a number with its thousands set apart by what no line is broken at."""
    # Less than half of the last digit below nothing is nothing, without a sign.
    words = f"{value:z,.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return words.replace("-", "\N{MINUS SIGN}")


def counted(count: int, noun: str) -> str:
    """Return '1 pixel' or '12 pixels'."""
    return f"{grouped(count)} {noun}{'' if count == 1 else 's'}"


def percent(share: float) -> str:
    """Return a share from 0 to 1 in tenths of a percent; all of it is as short as most of it."""
    return f"{share:.1%}".replace("100.0%", "100%")
