"""The whole program in a process of its own."""

import os
import signal
import subprocess
import sys

import pytest

START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from segmenter.ui import application

def look():
    (window,) = [top for top in QApplication.topLevelWidgets() if hasattr(top, "session")]
    state = window.session.state
    if {question}:
        print(window.windowTitle(), state.result and state.result.class_count, flush=True)
        {then}
    else:
        QTimer.singleShot(50, look)

build = application.build
def built(*arguments):
    window = build(*arguments)
    QTimer.singleShot(50, window, look)
    return window
application.build = built
sys.exit(application.start(sys.argv[1:]))
"""


@pytest.fixture
def started(tmp_path):
    """Start the program on files; `question` tells when it has come far enough for `then`."""
    processes = []

    def start(*paths, question="True", then="window.close()"):
        # Its own preferences and log, but the kernels as they are compiled already.
        home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path)}
        process = subprocess.Popen(
            [sys.executable, "-c", START.format(question=question, then=then), *map(str, paths)],
            env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_it_starts_without_an_image_and_ends_with_its_window(started):
    out, err = started().communicate(timeout=120)
    assert out.strip() == "Segmenter None"
    assert "Traceback" not in err


def test_it_segments_the_first_file_it_is_given(started, image_file):
    process = started(image_file, image_file, question="state.result is not None")
    out, _ = process.communicate(timeout=120)
    assert out.strip() == "three kinds.png \N{EN DASH} Segmenter 4"
    assert process.returncode == 0


STUCK = """
        import time
        for purpose in ("fitting", "reading", "batch"):
            window.session.lanes.lane(purpose).start(lambda: time.sleep(600))
        window.preferences.remember(__import__("pathlib").Path("/kept.png"))
        window.close()"""


def test_it_ends_although_lanes_are_stuck(started, tmp_path):
    process = started(then=STUCK)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in err
    (kept,) = tmp_path.glob("config/**/*.conf")
    assert "/kept.png" in kept.read_text()


def test_ctrl_c_closes_it(started):
    process = started(then="pass")
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "Traceback" not in err
