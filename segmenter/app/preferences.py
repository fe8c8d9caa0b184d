"""What the window remembers between sessions: its place, the recent files, the theme."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

from PySide6.QtCore import QByteArray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QSettings

RECENT_LIMIT = 10


class Theme(StrEnum):
    """Which palette the window wears."""

    SYSTEM = "System"
    LIGHT = "Light"
    DARK = "Dark"


class Preferences:
    """A typed view of a `QSettings`; what is missing or damaged there counts as never set."""

    def __init__(self, store: QSettings) -> None:
        self._store = store

    def save(self) -> None:
        """Write to the disk what has changed, instead of now and then."""
        self._store.sync()

    @property
    def recent(self) -> list[Path]:
        """The files opened last, the newest first."""
        kept = self._store.value("recent", [])
        names = [kept] if isinstance(kept, str) else kept if isinstance(kept, list) else []
        paths = [_decoded(name) for name in names if isinstance(name, str) and name]
        return paths[:RECENT_LIMIT]

    def remember(self, path: Path) -> None:
        """Put `path` first among the recent files."""
        others = [known for known in self.recent if known != path]
        self._store.setValue(
            "recent", [_encoded(known) for known in (path, *others)][:RECENT_LIMIT]
        )

    def forget_recent(self) -> None:
        """Empty the list of recent files."""
        self._store.remove("recent")

    @property
    def last_folder(self) -> Path | None:
        """The folder that something was written to last."""
        kept = self._store.value("export/folder")
        return _decoded(kept) if isinstance(kept, str) and kept else None

    @last_folder.setter
    def last_folder(self, folder: Path) -> None:
        self._store.setValue("export/folder", _encoded(folder))

    @property
    def theme(self) -> Theme:
        """The palette that the user chose."""
        kept = self._store.value("theme")
        return Theme(kept) if kept in list(Theme) else Theme.SYSTEM

    @theme.setter
    def theme(self, theme: Theme) -> None:
        self._store.setValue("theme", theme.value)

    @property
    def wants_hints(self) -> bool:
        """Whether hints for who is new are to be seen; so it is until they are dismissed."""
        return bool(self._store.value("hints") != "dismissed")

    @wants_hints.setter
    def wants_hints(self, wanted: bool) -> None:
        self._store.setValue("hints", "wanted" if wanted else "dismissed")

    def bytes_of(self, key: str) -> QByteArray:
        """Return what was kept of a window or dialog under `key`; empty if nothing was."""
        kept = self._store.value(key)
        return kept if isinstance(kept, QByteArray) else QByteArray()

    def keep_bytes(self, key: str, value: QByteArray) -> None:
        """Keep a window's or dialog's geometry or layout under `key`."""
        self._store.setValue(key, value)

    def words_of(self, key: str) -> tuple[str, ...]:
        """Return the words kept under `key`; none if there are none."""
        kept = self._store.value(key)
        return tuple(kept.split("\n")) if isinstance(kept, str) and kept else ()

    def keep_words(self, key: str, words: Iterable[str]) -> None:
        """Keep words, each on one line, such as the products chosen last."""
        self._store.setValue(key, "\n".join(words))


def _encoded(path: Path) -> str:
    """Write a path so that Qt keeps even the bytes that are no text."""
    return quote_from_bytes(os.fsencode(path), safe="/\\: ")


def _decoded(text: str) -> Path:
    return Path(os.fsdecode(unquote_to_bytes(text)))
