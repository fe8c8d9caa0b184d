"""How values are written into tables and recipes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Spreadsheets run cells that begin so as formulas.
_FORMULA_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Return rows of cells as CSV text."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def colour_text(colour: tuple[int, int, int]) -> str:
    """Return a colour as #rrggbb."""
    return f"#{bytes(colour).hex()}"


def inert(cell: str) -> str:
    """Return `cell` so that no spreadsheet takes it for a formula: with ' before it if need be."""
    if cell.startswith(_FORMULA_BEGINNINGS) or cell.lstrip().startswith(_FORMULA_BEGINNINGS):
        return f"'{cell}"
    return cell
