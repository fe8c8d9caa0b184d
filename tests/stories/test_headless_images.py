"""Without a display, in a process of its own: what a person at a server, or a script, meets."""

import json
import signal
import subprocess
import sys
import time

import pytest
from command import finish, start
from PIL import Image as Pillow


def copies(image_file, folder, names):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(image_file.read_bytes())
    return folder


@pytest.fixture
def odd_surroundings(tmp_path):
    """C locale without UTF-8, and no home."""
    return {"LC_ALL": "C", "PYTHONUTF8": "0", "HOME": None, "XDG_CACHE_HOME": None}


def test_the_first_command_of_the_readme_segments_and_says_where(image_file, tmp_path):
    code, out, err = finish(start(image_file, cwd=tmp_path))
    assert (code, out) == (0, "Wrote 2 files for 1 image and a report of the run to segmented/\n")
    assert "There is no display." in err
    assert "the same as: segmenter run" in err
    with Pillow.open(tmp_path / "segmented/three kinds_labels.png") as labels:
        assert labels.size == (64, 48)
    assert (tmp_path / "segmented/three kinds_soft.tif").is_file()


def test_a_plain_locale_without_a_home_works_on_any_name(image_file, tmp_path, odd_surroundings):
    folder = copies(image_file, tmp_path / "in", ["Größe.png", "-rf.png"])
    arguments = ("batch", folder, "--out", tmp_path / "aus gabe", "--products", "labels,table")
    code, _, err = finish(start(*arguments, cwd=tmp_path, **odd_surroundings))
    assert (code, err.count("done: ")) == (0, 2)
    assert "Traceback" not in err
    assert (tmp_path / "aus gabe/Größe_labels.png").is_file()
    assert b"," in (tmp_path / "aus gabe/-rf_classes.csv").read_bytes()


def test_a_reader_that_goes_away_does_not_stop_the_work(image_file, tmp_path):
    folder = copies(image_file, tmp_path / "in", [f"{number}.png" for number in range(4)])
    process = start("batch", folder, "--out", tmp_path / "out", cwd=tmp_path)
    process.stderr.close()
    process.stdout.close()
    assert process.wait(timeout=120) == 0
    assert len(list((tmp_path / "out").glob("*_labels.png"))) == 4


@pytest.mark.parametrize(
    ("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl+C", "term"]
)
def test_an_interrupted_batch_is_whole_and_goes_on(image_file, tmp_path, number, expected):
    folder = copies(image_file, tmp_path / "in", [f"{number:03}.png" for number in range(300)])
    out = tmp_path / "out"
    arguments = ("batch", folder, "--out", out, "--products", "labels", "--restarts", "40")
    process = start(*arguments, cwd=tmp_path)
    # With the second image's product there, the first image's row is certainly recorded.
    while len(list(out.glob("*_labels.png"))) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(number)
    code, _, err = finish(process)
    assert (code, "Traceback" in err) == (expected, False)
    assert "Interrupted." in err
    summary = json.loads((out / "segmenter_batch.json").read_text())
    states = [row["state"] for row in summary["files"]]
    assert summary["state"] == "cancelled"
    assert set(states) == {"done", "waiting"}
    assert not [path for path in out.iterdir() if path.name.endswith(".part")]
    for path in out.glob("*_labels.png"):
        with Pillow.open(path) as labels:
            labels.load()
    # Going on must not do again what is done.
    for path in sorted(folder.iterdir())[states.count("done") + 1 :]:
        path.unlink()
    code, said, _ = finish(start(*arguments, cwd=tmp_path))
    assert code == 0
    assert said.startswith("Wrote 1 file for 1 image")
    assert f"{states.count('done')} image" in said


def test_a_missing_system_library_is_named_instead_of_a_crash(image_file, tmp_path):
    if sys.platform != "linux":
        pytest.skip("system libraries are looked for on Linux")
    # A display that asks for a library no system has stands for a system that lacks one.
    hidden = (
        "import ctypes, sys, segmenter.__main__ as entry\n"
        "load = ctypes.CDLL\n"
        "def without(file, *a, **k):\n"
        "    if file == 'libxcb-cursor.so.0': raise OSError(file)\n"
        "    return load(file, *a, **k)\n"
        "ctypes.CDLL = without\n"
        f"sys.argv = ['segmenter', {str(image_file)!r}]\n"
        "code = entry.main()\n"
        "assert 'PySide6' not in sys.modules\n"
        "sys.exit(code)"
    )
    from command import surroundings

    process = subprocess.run(
        [sys.executable, "-c", hidden],
        cwd=tmp_path,
        env=surroundings(DISPLAY=":77"),
        capture_output=True,
        text=True,
        check=False,
    )
    first = process.stderr.splitlines()[0]
    assert process.returncode == 0
    assert "libxcb-cursor.so.0" in first
    assert "apt install" in first
    assert (tmp_path / "segmented").is_dir()
