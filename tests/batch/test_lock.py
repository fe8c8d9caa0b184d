import json
import os
import socket
import subprocess
import sys

import pytest

from segmenter.batch.lock import LOCK_NAME, UNFINISHED_AFTER, locked
from segmenter.engine.types import SegmenterError


@pytest.fixture
def ended():
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def left(folder, host, process, token="x"):
    (folder / LOCK_NAME).write_text(json.dumps([host, process, token]))


def test_two_runs_never_share_a_folder(tmp_path):
    with locked(tmp_path):
        with pytest.raises(SegmenterError, match="Another run") as raised, locked(tmp_path):
            pass
        assert f"process {os.getpid()}" in str(raised.value)
        assert "\n" not in str(raised.value)
    with locked(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_leaves_no_lock(tmp_path):
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_cleared_away(tmp_path, ended):
    left(tmp_path, socket.gethostname(), ended)
    with locked(tmp_path):
        pass


def test_a_lock_of_the_same_number_before_a_restart_is_cleared_away(tmp_path):
    left(tmp_path, socket.gethostname(), os.getpid())
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("host", ["elsewhere", None], ids=["another machine", "another process"])
def test_a_lock_that_may_be_in_use_is_respected(tmp_path, ended, host):
    left(tmp_path, host or socket.gethostname(), ended if host else os.getppid())
    with pytest.raises(SegmenterError, match=f"delete .*{LOCK_NAME}"), locked(tmp_path):
        pass
    assert (tmp_path / LOCK_NAME).exists()


@pytest.mark.parametrize("text", ["", "{", "3", "[1]"])
def test_an_unfinished_lock_counts_until_it_is_old(tmp_path, text):
    path = tmp_path / LOCK_NAME
    path.write_text(text)
    with pytest.raises(SegmenterError, match="Another run"), locked(tmp_path):
        pass
    os.utime(path, (1, path.stat().st_mtime - UNFINISHED_AFTER - 1))
    with locked(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(SegmenterError, match="Cannot write"), locked(tmp_path / "nothing"):
        pass
