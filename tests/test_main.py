import importlib
import sys
from types import SimpleNamespace

import pytest

from segmenter import __main__ as entry
from segmenter import cli, doctor


@pytest.fixture
def segmenter(monkeypatch, tmp_path, capsys):
    """Call the `segmenter` entry: (exit code, what the window or the command line was given)."""
    given = []
    application = SimpleNamespace(
        start=lambda paths: given.append(["window", *map(str, paths)]) or 0
    )
    monkeypatch.setattr(entry, "import_module", lambda name: application)
    monkeypatch.setattr(doctor, "why_no_window", lambda: "")
    monkeypatch.setattr(cli, "main", lambda arguments: given.append(["cli", *arguments]) or 0)

    def call(*arguments, entry_point=entry.main):
        monkeypatch.setattr(sys, "argv", ["segmenter", *arguments])
        return entry_point(), given

    return call


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["window"]),
        (["a.png", "b.png"], ["window", "a.png", "b.png"]),
        (["--", "-rf.png"], ["window", "-rf.png"]),
        (["./run"], ["window", "run"]),
        (["run", "a.png"], ["cli", "run", "a.png"]),
        (["batch", "."], ["cli", "batch", "."]),
        (["doctor"], ["cli", "doctor"]),
        (["--help"], ["cli", "--help"]),
        (["--version"], ["cli", "--version"]),
        (["-x"], ["cli", "-x"]),
    ],
    ids=" ".join,
)
def test_a_command_or_option_is_for_the_command_line(segmenter, arguments, expected):
    assert segmenter(*arguments) == (0, [expected])


def test_the_windowed_script_opens_the_window(segmenter):
    assert segmenter("run", entry_point=entry.window) == (0, [["window", "run"]])


def test_options_after_images_are_explained(segmenter, capsys):
    assert segmenter("a.png", "--components", "3") == (2, [])
    assert "segmenter run" in capsys.readouterr().err


def test_without_a_display_images_are_run_and_it_is_said(segmenter, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "why_no_window", lambda: "There is no display.")
    assert segmenter("--", "-rf.png") == (0, [["cli", "run", "--", "-rf.png"]])
    err = capsys.readouterr().err
    assert "There is no display." in err
    assert "the same as: segmenter run" in err


def test_without_a_display_and_images_nothing_starts(segmenter, monkeypatch, capsys):
    monkeypatch.setattr(doctor, "why_no_window", lambda: "There is no display.")
    assert segmenter() == (3, [])
    assert "segmenter run IMAGE... --out DIR" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("libEGL.so.1: cannot open shared object file"), "libEGL.so.1. Run: sudo apt"),
        (ModuleNotFoundError("No module", name="PySide6"), "PySide6 is not installed"),
    ],
    ids=["library", "package"],
)
def test_what_qt_lacks_is_named_and_images_are_run(segmenter, monkeypatch, capsys, error, words):
    def fail(_):
        raise error

    monkeypatch.setattr(entry, "import_module", fail)
    assert segmenter("a.png") == (0, [["cli", "run", "--", "a.png"]])
    assert words in capsys.readouterr().err


def test_a_fault_of_ours_is_not_taken_for_missing_qt(segmenter, monkeypatch):
    def fail(_):
        raise ImportError("cannot import name 'x' from 'segmenter.ui'", name="segmenter.ui")

    monkeypatch.setattr(entry, "import_module", fail)
    with pytest.raises(ImportError, match="cannot import name"):
        segmenter("a.png")


def test_the_declared_scripts_exist():
    import tomllib

    from places import REPOSITORY

    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    for table in ("scripts", "gui-scripts"):
        for target in project[table].values():
            module, function = target.split(":")
            assert callable(getattr(importlib.import_module(module), function))


def test_the_commands_are_those_of_the_command_line():
    assert set(entry.COMMANDS) == set(cli.command_names())
