"""Why a file is not read."""

from __future__ import annotations


class RefusedError(Exception):
    """Why a file is not read, and what the user can do; both are parts of one sentence each."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.advice = advice
