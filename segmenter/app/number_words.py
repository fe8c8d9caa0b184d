"""Numbers as they are told."""

from __future__ import annotations


def grouped(value: float, *, decimals: int = 0) -> str:
    """Return a number with its thousands set apart by what no line is broken at."""
    words = f"{value:,.{decimals}f}".replace(",", "\N{NARROW NO-BREAK SPACE}")
    return words.replace("-", "\N{MINUS SIGN}")
