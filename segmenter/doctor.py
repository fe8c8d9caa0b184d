"""What this machine lacks for the window, found without loading Qt."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NamedTuple

from segmenter import __version__
from segmenter.engine.threads import thread_count

if TYPE_CHECKING:
    from collections.abc import Iterable


EVERY_WINDOW, X11, WAYLAND = "every window", "X11", "Wayland"


class Library(NamedTuple):
    """A system library that Qt loads, the package that holds it, and who needs it."""

    file: str
    package: str
    needed_for: str = EVERY_WINDOW


LIBRARIES = (
    Library("libEGL.so.1", "libegl1"),
    Library("libGL.so.1", "libgl1"),
    Library("libglib-2.0.so.0", "libglib2.0-0"),
    Library("libfontconfig.so.1", "libfontconfig1"),
    Library("libdbus-1.so.3", "libdbus-1-3"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", X11),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", X11),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", X11),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", X11),
    Library("libxcb-shape.so.0", "libxcb-shape0", X11),
    Library("libX11-xcb.so.1", "libx11-xcb1", X11),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", WAYLAND),
    Library("libwayland-egl.so.1", "libwayland-egl1", WAYLAND),
)

# Beside the libraries: a font, without which a bare system shows no text, and OpenMP's runtime.
APT_LINE = "apt install --no-install-recommends " + " ".join(
    [*(library.package for library in LIBRARIES), "fonts-dejavu-core", "libgomp1"]
)

PACKAGES = ("PySide6-Essentials", "numpy", "numba", "scikit-image", "Pillow", "tifffile")


def has_display() -> bool:
    """Whether a window can appear: a display is there, or Qt has been told what to draw on."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def qt_platform() -> str:
    """Return what Qt will draw on: the name it was told, else by the display that is there."""
    told = os.environ.get("QT_QPA_PLATFORM", "")
    if told or sys.platform != "linux":
        return told or sys.platform
    if os.environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if os.environ.get("DISPLAY") else "none"


def missing_libraries(qt: str) -> tuple[Library, ...]:
    """Return the libraries that a window on Qt platform `qt` needs and the system lacks."""
    if sys.platform != "linux":
        return ()
    first = re.split("[:;-]", qt)[0]
    needed_for = {EVERY_WINDOW, {"xcb": X11, "wayland": WAYLAND}.get(first)}
    return tuple(
        library
        for library in LIBRARIES
        if library.needed_for in needed_for and not _can_load(library.file)
    )


def why_no_window() -> str:
    """Return in one line why no window can open and what to do; empty when one can."""
    if not has_display():
        return "There is no display. Start from a desktop, or set DISPLAY."
    return complaint(library.file for library in missing_libraries(qt_platform()))


def complaint(files: Iterable[str]) -> str:
    """Return the one line that names missing libraries and how to get them; empty for none."""
    names = ", ".join(files)
    return f"Missing system library: {names}. Run: sudo {APT_LINE}" if names else ""


def report() -> tuple[tuple[str, str], ...]:
    """Return what a report of a problem should say, as pairs of what and how it is."""
    compiled = import_module("segmenter.engine.kernels.compile")
    return (
        ("Segmenter", __version__),
        ("Python", platform.python_version()),
        ("System", platform.platform()),
        *((name, _version(name)) for name in PACKAGES),
        ("Threads", str(thread_count())),
        ("Cache folder", str(compiled.cache_folder or "none: compiles at every start")),
        ("Qt platform", qt_platform()),
        ("Missing libraries", ", ".join(_all_missing()) or "none"),
    )


def missing_line() -> str:
    """Return the line that gets what is missing; empty when nothing is."""
    return complaint(_all_missing())


def _all_missing() -> tuple[str, ...]:
    """Return what is missing for the display that is there; without one, for any."""
    wanted = (qt_platform(),) if has_display() else ("xcb", "wayland")
    lacking = [library.file for qt in wanted for library in missing_libraries(qt)]
    return tuple(dict.fromkeys(lacking))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _can_load(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
