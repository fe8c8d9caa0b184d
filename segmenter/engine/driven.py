"""Steps that nobody looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator

Outcome = TypeVar("Outcome")


def last_of(steps: Generator[object, None, Outcome]) -> Outcome:
    """Drive steps to their end and return what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
