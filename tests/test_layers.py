import subprocess
import sys

import pytest
from places import REPOSITORY

QT = ("PySide6", "shiboken6", "pyqtgraph", "superqt", "qtawesome")
HEAVY = ("numba", "pydantic", "numpy", "scipy", "skimage", "PIL", "tifffile")


def loaded_after(code, names):
    """Return which packages `code` loads in a fresh process."""
    asked = f"{code}\nimport sys\nprint(*(name for name in {names!r} if name in sys.modules))"
    process = subprocess.run(
        [sys.executable, "-c", asked], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return process.stdout.split()


def test_importing_segmenter_loads_nothing_heavy():
    assert loaded_after("import segmenter", QT + HEAVY) == []


@pytest.mark.parametrize(
    "module", ["engine.pipeline", "files.export", "batch.run", "cli", "__main__", "doctor"]
)
def test_what_works_without_a_window_loads_no_qt_and_compiles_nothing(module):
    assert loaded_after(f"import segmenter.{module}", (*QT, "numba")) == []


def test_the_command_line_begins_without_slow_libraries():
    names = ("scipy", "skimage", "numba")
    assert loaded_after("import segmenter.cli, segmenter.batch.run", names) == []


def test_the_window_opens_without_slow_libraries():
    names = ("numba", "scipy", "skimage", "pyqtgraph", "typer")
    assert loaded_after("import segmenter.ui.main_window", names) == []


def test_the_window_opens_without_the_libraries_of_the_command_line():
    code = (
        "import os, sys, types\n"
        "os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "window = types.SimpleNamespace(start=lambda paths: 0)\n"
        "sys.modules['segmenter.ui.application'] = window\n"
        "from segmenter.__main__ import main\n"
        "sys.argv = ['segmenter', 'x.png']\n"
        "assert main() == 0"
    )
    assert loaded_after(code, ("typer", "rich", "numpy", "pydantic")) == []


def test_a_whole_run_without_a_window_loads_no_qt():
    code = (
        "import numpy as np, segmenter\n"
        "segmenter.segment(np.eye(8), segmenter.Settings(components=2))"
    )
    assert loaded_after(code, (*QT, "numba")) == ["numba"]


def test_layers_import_only_those_below_them():
    process = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; exit(lint_imports())"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if "No module named 'importlinter'" in process.stderr:
        pytest.skip("import-linter is not installed")
    assert process.returncode == 0, process.stdout
