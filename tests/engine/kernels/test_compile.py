"""A cache of compiled code that is broken, full or missing costs time, never the start."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

import numba
import pytest
from numba.core import config
from places import REPOSITORY

from segmenter.engine.kernels import compile as compiling

WHOLE_PROGRAM = """
import numpy as np
from segmenter.engine.pipeline import segment
print(segment(np.array([[0, 9], [200, 200]], np.uint8)).labels.tolist())
"""

ONE_KERNEL = """
import numpy as np
from segmenter.engine.kernels.compile import cache_folder
from segmenter.engine.kernels.kmeans import nearest_centres
values, centres = np.array([[1, 9]], np.float32), np.array([[0], [9]], np.float32)
print(cache_folder, nearest_centres(values, centres).tolist())
"""


def twice(x):
    return 2 * x


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache folder for this test alone."""
    made = tmp_path / "cache"
    monkeypatch.setattr(compiling, "cache_folder", made)
    monkeypatch.setattr(config, "CACHE_DIR", str(made))
    made.mkdir()
    return made


def compiled():
    return compiling.kernel("float64(float64)")(twice)


def entries(folder):
    return {path.suffix: path for path in folder.rglob("*.nb*")}


@pytest.fixture
def filled(folder):
    compiled()
    assert set(entries(folder)) == {".nbi", ".nbc"}
    return folder


def test_compiled_code_is_kept_and_loaded(filled):
    function = compiled()
    assert function(21.0) == 42
    assert sum(function.stats.cache_hits.values()) == 1


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.95])
def test_a_truncated_entry_is_made_anew(filled, suffix, share):
    path = entries(filled)[suffix]
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert compiled()(21.0) == 42
    again = compiled()
    assert sum(again.stats.cache_hits.values()) == 1


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_an_entry_of_something_else_is_made_anew(filled, suffix):
    entries(filled)[suffix].write_bytes(b"\x00not a pickle at all" * 50)
    assert compiled()(21.0) == 42


def test_a_lost_entry_is_made_anew(filled):
    entries(filled)[".nbc"].unlink()
    assert compiled()(21.0) == 42


def test_a_full_disk_is_no_reason_to_fail(folder):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, hard))
    try:
        function = compiled()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert function(21.0) == 42
    assert not entries(folder)


def test_without_a_folder_nothing_is_kept(folder, monkeypatch):
    monkeypatch.setattr(compiling, "cache_folder", None)
    assert compiled()(21.0) == 42
    assert not entries(folder)


def test_a_folder_that_vanished_is_no_reason_to_fail(folder):
    folder.rmdir()
    assert compiled()(21.0) == 42


def test_a_folder_that_cannot_be_made_is_none(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert compiling._prepared(tmp_path / "file" / "below") is None


def test_a_made_folder_is_only_its_owners(tmp_path):
    made = compiling._prepared(tmp_path / "a" / "b")
    assert made == tmp_path / "a" / "b"
    if os.name == "posix":
        assert made.stat().st_mode & 0o777 == 0o700
    assert not list(made.iterdir())


def test_the_folder_of_others_is_never_emptied(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    (tmp_path / "precious").write_text("of somebody else")
    monkeypatch.setattr(compiling, "cache_folder", compiling._choose_folder())
    compiling._empty_cache()
    assert (tmp_path / "precious").exists()


def test_other_versions_keep_their_own_folder():
    assert compiling.cache_folder is None or numba.__version__ in compiling.cache_folder.name


@pytest.mark.parametrize("name", ["kernels/densities.py", "types.py"])
def test_whatever_decides_what_kernels_do_has_a_folder_of_its_own(tmp_path, monkeypatch, name):
    engine = tmp_path / "engine"
    shutil.copytree(REPOSITORY / "segmenter" / "engine", engine)
    monkeypatch.setattr(compiling, "__file__", str(engine / "kernels" / "compile.py"))
    before = compiling._sources()
    (engine / name).write_text("BLOCK = 7")
    assert compiling._sources() != before


def test_kernels_take_nothing_from_elsewhere_but_types_and_threads():
    """What they took would be compiled in, and the folder would not know."""
    taken = set()
    for path in (REPOSITORY / "segmenter" / "engine" / "kernels").glob("*.py"):
        taken |= set(re.findall(r"^from (segmenter\.\S+) import", path.read_text(), re.MULTILINE))
    outside = {name for name in taken if not name.startswith("segmenter.engine.kernels")}
    assert outside == {"segmenter.engine.types", "segmenter.engine.threads"}


def run_with_cache(folder, program):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_kernels_start_where_nothing_can_be_kept(tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert run_with_cache(tmp_path / "file" / "below", ONE_KERNEL) == "None [0, 1]"


def test_the_program_mends_a_cache_of_empty_files(tmp_path):
    if compiling.cache_folder is None:
        pytest.skip("no cache on this machine")
    shutil.copytree(compiling.cache_folder, tmp_path / compiling.cache_folder.name)
    files = list(tmp_path.rglob("*.nb[ic]"))
    for file in files:
        file.write_bytes(b"")
    assert run_with_cache(tmp_path, WHOLE_PROGRAM) == "[[1, 2], [3, 3]]"
    # Those of the kernels that the program loaded: an index and the code of each.
    assert sum(file.stat().st_size > 0 for file in tmp_path.rglob("*.nb[ic]")) >= 6
