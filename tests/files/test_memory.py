import numpy as np
import pytest

from segmenter.engine.settings import Settings
from segmenter.engine.types import Image, SegmenterError
from segmenter.files import memory
from segmenter.files.memory import available_bytes, check_memory


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine with `free` kilobytes, in a control group; `limits` are of it and those around."""

    def build(free, **limits):
        system, own, groups = tmp_path / "meminfo", tmp_path / "own", tmp_path / "groups"
        for name, path in (("SYSTEM", system), ("OWN_GROUP", own), ("GROUPS", groups)):
            monkeypatch.setattr(memory, name, path)
        if free is not None:
            system.write_text(f"MemTotal: 99 kB\nMemAvailable:   {free} kB\n")
        own.write_text("0::/user/work\n")
        for name, (limit, used, cached) in limits.items():
            folder = groups / {"root": ".", "outer": "user", "inner": "user/work"}[name]
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "memory.max").write_text(f"{limit}\n")
            (folder / "memory.current").write_text(f"{used}\n")
            (folder / "memory.stat").write_text(f"anon 5\ninactive_file {cached}\n")

    return build


@pytest.mark.parametrize(
    ("free", "limits", "expected"),
    [
        (None, {}, None),
        (8, {}, 8192),
        (8, {"inner": ("max", 5, 0)}, 8192),
        (8, {"inner": (5000, 1000, 0)}, 4000),
        (8, {"inner": (5000, 4000, 3000)}, 4000),
        (8, {"outer": (3000, 1000, 0), "inner": (5000, 1000, 0)}, 2000),
        (1, {"root": (5000, 1000, 0)}, 1024),
        (8, {"root": (5000, 6000, 0)}, 0),
        (None, {"root": (5000, 4000, 0)}, 1000),
    ],
    ids=["unknown", "system", "no limit", "limit", "file cache", "outer", "system is less",
         "beyond its limit", "only the group"],
)  # fmt: skip
def test_the_least_of_system_and_groups_is_available(machine, free, limits, expected):
    machine(free, **limits)
    assert available_bytes() == expected


def test_memory_is_told_in_bytes_or_not_at_all():
    free = available_bytes()
    assert free is None or free > 2**20


@pytest.fixture
def large():
    pixels = np.random.default_rng(0).integers(0, 65536, (1000, 1000, 3), dtype=np.uint16)
    return Image(pixels, np.ones((1000, 1000), bool), ("red", "green", "blue"), 16)


def test_a_run_that_does_not_fit_is_refused_with_what_to_do(large, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 100_000_000)
    check_memory(large, Settings(components=2))
    words = r"needs about 0\.2 GB of memory, and 0\.1 GB are free\. Choose fewer components"
    with pytest.raises(SegmenterError, match=words) as raised:
        check_memory(large, Settings(components=32))
    assert "\n" not in str(raised.value)
    with pytest.raises(SegmenterError, match=words):
        check_memory(large, Settings(components=2), components=32)


def test_where_nothing_is_known_nothing_is_refused(large, monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    check_memory(large, Settings(components=32))
