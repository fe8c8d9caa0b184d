"""Start the `segmenter` command in a process of its own."""

import os
import subprocess
import sys

from places import REPOSITORY

PATIENCE = 120  # seconds; kernels may have to compile
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def surroundings(**environment):
    """Return an environment without a display, and with these changes; None removes a name."""
    known = {key: value for key, value in os.environ.items() if key not in DISPLAYS}
    known |= {"PYTHONPATH": str(REPOSITORY), **environment}
    return {key: value for key, value in known.items() if value is not None}


def start(*arguments, cwd, **environment):
    """Start `segmenter`, without a display unless `environment` says otherwise."""
    return subprocess.Popen(
        [sys.executable, "-m", "segmenter", *map(os.fspath, arguments)],
        cwd=cwd,
        env=surroundings(**environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="surrogateescape",
    )


def finish(process):
    """Wait for the end: (exit code, standard output, standard error)."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err
