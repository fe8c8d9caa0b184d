"""Numbers as they are told."""

from __future__ import annotations


def grouped(value: float, *, decimals: int = 0) -> str:
    """Return a number with its thousands set apart."""
    return f"{value:,.{decimals}f}".replace(",", "\N{THIN SPACE}")
