import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from segmenter.engine.types import SegmenterError
from segmenter.files import atomic
from segmenter.files.atomic import remove_stale_parts, replacing


def write(path, content=b"after"):
    with replacing(path) as file:
        file.write(content)


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "x.bin"
    path.write_bytes(b"before")
    return path


def test_a_good_block_replaces_the_file(old):
    write(old)
    assert old.read_bytes() == b"after"
    assert list(old.parent.iterdir()) == [old]


def test_the_old_file_stays_until_the_block_ends(old):
    with replacing(old) as file:
        file.write(b"after")
        file.flush()
        assert old.read_bytes() == b"before"


def write_and_raise(path, error):
    with replacing(path) as file:
        file.write(b"half")
        raise error


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_failing_block_leaves_the_old_file_and_nothing_else(old, failure):
    with pytest.raises(failure):
        write_and_raise(old, failure)
    assert old.read_bytes() == b"before"
    assert list(old.parent.iterdir()) == [old]


REFUSALS = {errno.ENOSPC: "disk is full", errno.EIO: "Input/output", errno.EACCES: "not permitted"}


@pytest.mark.parametrize("number", REFUSALS, ids=["full", "broken", "forbidden"])
def test_a_disk_that_refuses_in_the_block_is_said_and_undone(old, number):
    with pytest.raises(SegmenterError, match=rf"^Cannot write x\.bin: .*{REFUSALS[number]}"):
        write_and_raise(old, OSError(number, os.strerror(number)))
    assert old.read_bytes() == b"before"
    assert list(old.parent.iterdir()) == [old]


@pytest.mark.parametrize("number", REFUSALS, ids=["full", "broken", "forbidden"])
@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_a_disk_that_refuses_a_later_step_is_said_and_undone(old, monkeypatch, step, number):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os if step == "fsync" else type(old), step, refuse)
    with pytest.raises(SegmenterError, match=rf"^Cannot write x\.bin: .*{REFUSALS[number]}"):
        write(old)
    monkeypatch.undo()
    assert old.read_bytes() == b"before"
    assert list(old.parent.iterdir()) == [old]


def test_a_full_disk_is_said():
    with (
        pytest.raises(SegmenterError, match="disk is full"),
        atomic.writing_problems("x"),
        Path("/dev/full").open("wb", buffering=0) as full,
    ):
        full.write(b"x")


def test_a_link_stays_a_link(tmp_path, old):
    link = tmp_path / "link.bin"
    link.symlink_to(old)
    write(link)
    assert link.is_symlink()
    assert old.read_bytes() == b"after"


def test_permissions_of_the_old_file_stay_and_those_of_others_follow_the_umask(old):
    old.chmod(0o640)
    write(old)
    assert old.stat().st_mode & 0o777 == 0o640
    before = os.umask(0o027)
    try:
        write(old.with_name("y.bin"))
    finally:
        os.umask(before)
    assert old.with_name("y.bin").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("folder", ["missing", "file"])
def test_a_folder_that_is_none_is_said(tmp_path, folder):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SegmenterError, match=r"Cannot write x\.bin"):
        write(tmp_path / folder / "x.bin")


def test_only_our_own_old_parts_are_removed(tmp_path):
    names = [".segmenter-1.part", ".segmenter-2.part", ".other-3.part", "segmenter.part"]
    for name in names:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, time.time() - (60 if "2" in name else 4000)))
    remove_stale_parts(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(names[1:])


WRITER = """
import sys
from pathlib import Path
from segmenter.files.atomic import replacing
letter = 0
while True:
    with replacing(Path(sys.argv[1])) as file:
        for _ in range(50):
            file.write(bytes([65 + letter % 26]) * 2000)
    letter += 1
    print(letter, flush=True)
"""


def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    path = tmp_path / "x.bin"
    for rounds in (1, 2, 3):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True
        ) as writer:
            for _ in range(rounds):
                writer.stdout.readline()
            writer.kill()
        content = path.read_bytes()
        assert len(content) == 100_000
        assert len(set(content)) == 1


def test_the_file_of_the_image_is_spared_whatever_leads_to_it(old):
    link = old.with_name("link.bin")
    link.symlink_to(old)
    with (
        pytest.raises(SegmenterError, match="would replace the image itself"),
        replacing(link, spared=old),
    ):
        pass
    assert old.read_bytes() == b"before"
    with replacing(old, spared=old.with_name("another.bin")) as file:
        file.write(b"after")
    assert old.read_bytes() == b"after"
