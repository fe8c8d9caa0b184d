"""Preferences: the newest first, and nothing damaged gets through."""

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from segmenter.app.preferences import RECENT_LIMIT, Preferences, Theme


def stored(tmp_path, text):
    path = tmp_path / "given.ini"
    path.write_text(text)
    return Preferences(QSettings(str(path), QSettings.Format.IniFormat))


def test_recent_files_are_newest_first_and_once_each(preferences):
    for name in ("a.png", "b.png", "a.png"):
        preferences.remember(Path("/x") / name)
    assert preferences.recent == [Path("/x/a.png"), Path("/x/b.png")]


def test_a_single_recent_file_survives_the_file_format(tmp_path):
    path = str(tmp_path / "p.ini")
    first = QSettings(path, QSettings.Format.IniFormat)
    Preferences(first).remember(Path("/x/ä, b.png"))
    first.sync()
    assert Preferences(QSettings(path, QSettings.Format.IniFormat)).recent == [Path("/x/ä, b.png")]


def test_recent_files_are_limited_and_can_be_cleared(preferences):
    for number in range(RECENT_LIMIT + 5):
        preferences.remember(Path(f"/{number}.png"))
    assert len(preferences.recent) == RECENT_LIMIT
    preferences.forget_recent()
    assert preferences.recent == []


def test_the_theme_is_kept(preferences):
    assert preferences.theme is Theme.SYSTEM
    preferences.theme = Theme.DARK
    assert preferences.theme is Theme.DARK


@pytest.mark.parametrize(
    "text",
    [
        "[General]\nrecent=@Invalid()\ntheme=Pink\nwindow/geometry=3\n",
        "\x00\x01 not an ini file",
        "",
    ],
    ids=["wrong values", "garbage", "empty"],
)
def test_what_is_damaged_counts_as_never_set(tmp_path, text):
    preferences = stored(tmp_path, text)
    assert preferences.recent == []
    assert preferences.theme is Theme.SYSTEM
    assert preferences.bytes_of("window/geometry") == QByteArray()


def test_saved_preferences_are_on_the_disk_at_once(preferences, tmp_path):
    preferences.remember(Path("/a/kept.png"))
    preferences.save()
    assert "kept.png" in (tmp_path / "preferences.ini").read_text()


def test_hints_are_wanted_until_they_are_dismissed(tmp_path):
    path = str(tmp_path / "p.ini")
    first = Preferences(QSettings(path, QSettings.Format.IniFormat))
    assert first.wants_hints
    first.wants_hints = False
    first.save()
    again = Preferences(QSettings(path, QSettings.Format.IniFormat))
    assert not again.wants_hints
    again.wants_hints = True
    assert again.wants_hints


def test_the_folder_written_to_last_is_remembered(preferences):
    assert preferences.last_folder is None
    for folder in (Path("/a b/50%"), Path(os.fsdecode(b"/\xff"))):
        preferences.last_folder = folder
        assert preferences.last_folder == folder
