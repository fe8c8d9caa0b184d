import io
import os
import threading

import pytest
from rich.text import Text

from segmenter import terminal
from segmenter.batch.run import BatchProgress, BatchReport
from segmenter.batch.summary import JobState, Row
from segmenter.engine.outcome import Progress, Stage


def report(tmp_path, *states):
    rows = tuple(Row(s, f"{s}.png", s, products=("x", "y")) for s in states)
    return BatchReport(rows, tmp_path, 1.0)


@pytest.mark.parametrize(
    ("states", "beginning", "ending"),
    [
        ([JobState.DONE], "Wrote 2 files for 1 image and a report of the run to ", os.sep),
        ([JobState.DONE] * 2, "Wrote 4 files for 2 images and a report of the run to ", os.sep),
        (
            [JobState.SKIPPED],
            "Wrote 0 files for 0 images and a report of the run to ",
            "; 1 image skipped, up to date",
        ),
    ],
    ids=["one", "two", "skipped"],
)
def test_the_last_line_counts_what_was_written(tmp_path, states, beginning, ending):
    line = terminal.last_line(report(tmp_path, *states))
    assert line.startswith(f"{beginning}{tmp_path}")
    assert line.endswith(ending)


def test_bars_show_stage_iteration_and_time_left(monkeypatch, capsys):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "200")
    rows = (Row("a", "a.png", JobState.RUNNING), Row("b", "b.png", JobState.DONE))
    inner = Progress(Stage.FITTING, 7, 200, log_likelihoods=(-1.5, -1.25))
    with terminal.Display() as display:
        display.show(BatchProgress(rows, 0, 1, inner, remaining=65.0))
    wait_for_bars()
    shown = capsys.readouterr().err
    assert "1 of 2, 1:05 left" in shown
    assert "a.png: EM" in shown
    assert "iteration 7, log-likelihood -1.25000" in shown


def wait_for_bars():
    """Let the thread end that draws them, a moment after they do."""
    for thread in threading.enumerate():
        if type(thread).__name__ == "_RefreshThread":
            thread.join()


def test_without_a_terminal_only_ends_are_lines(capsys):
    rows = (Row("a", "a.png", JobState.RUNNING), Row("b", "b.png", JobState.SKIPPED))
    with terminal.Display() as display:
        display.show(BatchProgress(rows, 0))
        display.show(BatchProgress(rows, 1))
    assert capsys.readouterr().err == "[2/2] skipped: b.png: up to date\n"


@pytest.mark.parametrize("is_terminal", [False, True])
def test_notes_are_lines_after_that_of_their_image(monkeypatch, capsys, is_terminal):
    if is_terminal:
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("COLUMNS", "200")
    notes = ("3 of 4 components: a reason.", "7 pixels without data: label 0.")
    done = Row("a", "a.png", JobState.DONE, classes=3, notes=notes)
    skipped = Row("b", "b.png", JobState.SKIPPED, notes=notes)
    with terminal.Display() as display:
        display.show(BatchProgress((done, skipped), 0))
        display.show(BatchProgress((done, skipped), 1))
    wait_for_bars()
    shown = Text.from_ansi(capsys.readouterr().err).plain
    lines = [line.strip() for line in shown.splitlines()]
    assert [line for line in lines if "component" in line or "label" in line] == [
        f"a.png: {note}" for note in notes
    ]
    assert is_terminal or lines[0].startswith("[1/2] done: a.png")


def test_control_characters_do_not_reach_the_terminal(capsys):
    terminal.complain("a\x1b[2Jb\nc\udcff")
    assert capsys.readouterr().err == "segmenter: a\\x1b[2Jb\\nc\\udcff\n"


def test_long_lines_are_not_broken(capsys):
    terminal.answer("word " * 100)
    assert capsys.readouterr().out.count("\n") == 1


def test_what_the_encoding_lacks_is_escaped(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    terminal.forgive_encodings()
    terminal.answer("é.png")
    stream.flush()
    assert stream.buffer.getvalue() == b"\\xe9.png\n"
