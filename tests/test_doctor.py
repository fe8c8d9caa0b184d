import ctypes
import sys

import pytest
from places import REPOSITORY

from segmenter import doctor

NAMES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@pytest.fixture
def surroundings(monkeypatch):
    """Say which display there is."""
    monkeypatch.setattr(sys, "platform", "linux")

    def say(**environment):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    return say


@pytest.fixture
def without(monkeypatch):
    """Hide system libraries."""

    def hide(*files):
        def load(file):
            if file in files:
                raise OSError(f"{file}: cannot open shared object file")

        monkeypatch.setattr(ctypes, "CDLL", load)

    return hide


@pytest.mark.parametrize(
    ("environment", "platform", "display"),
    [
        ({}, "none", False),
        ({"DISPLAY": ":0"}, "xcb", True),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wayland", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "offscreen", True),
        ({"DISPLAY": ""}, "none", False),
    ],
    ids=["nothing", "x11", "wayland", "told", "empty"],
)
def test_the_display_decides_what_qt_draws_on(surroundings, environment, platform, display):
    surroundings(**environment)
    assert (doctor.qt_platform(), doctor.has_display()) == (platform, display)


def test_no_display_is_said(surroundings, without):
    surroundings()
    without()
    assert "no display" in doctor.why_no_window()


def test_a_missing_library_is_named_with_the_line_that_gets_it(surroundings, without):
    surroundings(DISPLAY=":0")
    without("libxcb-cursor.so.0")
    line = doctor.why_no_window()
    assert "libxcb-cursor.so.0" in line
    assert doctor.APT_LINE in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("environment", "file", "matters"),
    [
        ({"WAYLAND_DISPLAY": "w"}, "libxcb-cursor.so.0", False),
        ({"DISPLAY": ":0"}, "libwayland-egl.so.1", False),
        ({"QT_QPA_PLATFORM": "xcb"}, "libxcb-cursor.so.0", True),
        ({"QT_QPA_PLATFORM": "offscreen"}, "libxcb-cursor.so.0", False),
        ({"QT_QPA_PLATFORM": "offscreen"}, "libGL.so.1", True),
    ],
    ids=["x11 on wayland", "wayland on x11", "x11 as told", "x11 offscreen", "every window"],
)
def test_only_libraries_of_the_display_matter(surroundings, without, environment, file, matters):
    surroundings(**environment)
    without(file)
    assert (file in doctor.why_no_window()) is matters


def test_nothing_missing_is_nothing_said(surroundings, without):
    surroundings(DISPLAY=":0")
    without()
    assert doctor.why_no_window() == doctor.missing_line() == ""


def test_without_a_display_the_libraries_of_all_are_looked_for(surroundings, without):
    surroundings()
    without("libwayland-egl.so.1", "libxcb-cursor.so.0")
    assert "libxcb-cursor.so.0, libwayland-egl.so.1" in doctor.missing_line()


def test_every_library_has_its_package_in_the_apt_line():
    packages = doctor.APT_LINE.removeprefix("apt install --no-install-recommends ").split()
    assert {library.package for library in doctor.LIBRARIES} < set(packages)
    assert len(packages) == len(set(packages))


def test_the_readme_names_the_same_packages():
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    beginning = "sudo apt-get install --no-install-recommends "
    (line,) = (line for line in text.splitlines() if line.startswith(beginning))
    told = doctor.APT_LINE.removeprefix("apt install --no-install-recommends ").split()
    assert line.removeprefix(beginning).split() == ["python3-venv", *told]
