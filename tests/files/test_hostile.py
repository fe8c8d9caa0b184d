"""Whatever a file holds and however it is called: it is read whole, or refused in one line."""

import os

import pytest
from hostile_files import NAMES, damaged, misnamed, picture

from segmenter.engine.types import SegmenterError
from segmenter.files.images import read_image
from segmenter.files.recipes import read_recipe

DEEP = "[" * 100_000
RECIPES = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "a program": b"cos\nsystem\n(S'touch made'\ntR.",
    "a list": b"[]",
    "deep": DEEP.encode(),
    "twice": b'{"version": 1, "version": 1, "settings": {}}',
    "no number": b'{"version": 1, "settings": {"tolerance": NaN}}',
    "an unknown key": b'{"version": 1, "settings": {}, "\\u202e\\n": 1}',
    "too many": b'{"version": 1, "settings": {"components": 1e99}}',
    "of the future": b'{"version": 99, "settings": {}}',
}


def refused(path, kind="Cannot read", read=read_image):
    with pytest.raises(SegmenterError, match=kind) as raised:
        read(path)
    assert str(raised.value).isprintable()
    return str(raised.value)


@pytest.mark.parametrize("name", damaged())
def test_damaged_files_are_refused(tmp_path, name):
    (tmp_path / name).write_bytes(damaged()[name])
    assert name in refused(tmp_path / name)


@pytest.mark.parametrize("name", misnamed())
def test_the_content_counts_not_the_name(tmp_path, name):
    (tmp_path / name).write_bytes(misnamed()[name])
    assert read_image(tmp_path / name).shape == (20, 30)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_strange_names_are_read_and_shown_on_one_line(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(picture())
    assert read_image(path).shape == (20, 30)
    path.write_bytes(b"x")
    refused(path)


def test_a_nearly_endless_file_of_zeros_is_refused(tmp_path):
    with (tmp_path / "x.tif").open("wb") as file:
        file.truncate(8 << 30)
    assert "not an image" in refused(tmp_path / "x.tif")


@pytest.mark.parametrize("kind", ["pipe", "folder", "circle", "nowhere"])
def test_what_is_no_file_is_refused_at_once(tmp_path, kind):
    path = tmp_path / "x.png"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(path if kind == "circle" else tmp_path / "nothing")
    refused(path)


@pytest.mark.parametrize("kind", RECIPES)
def test_hostile_recipes_are_refused_and_run_nothing(tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.json").write_bytes(RECIPES[kind])
    refused(tmp_path / "x.json", "Cannot read recipe", read_recipe)
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]
