"""What a terminal shows: progress bars for people, a line per image for logs."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from segmenter.batch.summary import JobState
from segmenter.files.names import printable

if TYPE_CHECKING:
    from segmenter.batch.run import BatchProgress, BatchReport
    from segmenter.batch.summary import Row


class _Stream(Console):
    """A console that goes quiet when nobody listens any more; the work goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.file.fileno())
        os.close(nowhere)

    def say(self, text: str) -> None:
        """Write one line as it is: not wrapped, nothing in it taken for markup or control."""
        self.print(printable(text), markup=False, highlight=False, emoji=False, soft_wrap=True)


def answer(text: str) -> None:
    """Write one line to standard output."""
    _Stream().say(text)


def complain(text: str) -> None:
    """Write one line to standard error."""
    _Stream(stderr=True).say(f"segmenter: {text}")


def forgive_encodings() -> None:
    """Escape what a terminal's encoding lacks, rather than fail on it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Display:
    """Shows a batch under way on standard error, while it is used as a context."""

    def __init__(self) -> None:
        self._console = _Stream(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[detail]}", markup=False),
            console=self._console,
            disable=not self._console.is_terminal,
            transient=True,
        )
        self._batch = self._bars.add_task("Images", detail="")
        self._image = self._bars.add_task("", detail="")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def show(self, progress: BatchProgress) -> None:
        """Show one progress; images that have ended get a line where bars cannot tell it.

        What a user should know about a result follows, a line for each note.
        """
        ended = progress.row.state.is_end
        if ended and (self._bars.disable or progress.row.state is JobState.FAILED):
            self._console.say(_row_line(progress))
        if progress.row.state is JobState.DONE:
            for note in progress.row.notes:
                self._console.say(f"{progress.row.shown_name}: {note}")
        self._bars.update(
            self._batch,
            total=progress.total,
            completed=progress.finished,
            detail=f"{progress.finished} of {progress.total}{_remaining(progress)}",
        )
        self._show_image(progress)

    def _show_image(self, progress: BatchProgress) -> None:
        inner = progress.inner
        detail = "" if inner is None else _iteration(inner.iteration, inner.log_likelihood)
        stage = "Reading" if inner is None else inner.stage.value
        self._bars.update(
            self._image,
            description=f"{progress.row.shown_name}: {stage}",
            total=None if inner is None else inner.limit or None,
            completed=0 if inner is None else inner.iteration,
            detail=detail,
        )


def last_line(report: BatchReport) -> str:
    """Return what was done in one sentence, with the folder.

    The report of the run is left out where it may be missing.
    """
    done, skipped = report.count(JobState.DONE), report.count(JobState.SKIPPED)
    about = "" if report.problem else " and a report of the run"
    sentence = (
        f"Wrote {_counted(report.files_written, 'file')} for {_counted(done, 'image')}{about} "
        f"to {report.folder_out}{os.sep}"
    )
    if skipped:
        sentence += f"; {_counted(skipped, 'image')} skipped, up to date"
    return sentence


def _row_line(progress: BatchProgress) -> str:
    row = progress.row
    return f"[{progress.index + 1}/{progress.total}] {_outcome(row)}"


def _outcome(row: Row) -> str:
    name = row.shown_name
    if row.state is JobState.FAILED:
        # Most reasons begin with the name of the file themselves.
        return f"failed: {row.reason}" if name in row.reason else f"failed: {name}: {row.reason}"
    if row.state is JobState.SKIPPED:
        return f"skipped: {name}: up to date"
    how = row.stopped or "by the given mixture"
    return f"done: {name}: {_counted(row.classes, 'class')}, {how}, {row.seconds:.1f} s"


def _counted(count: int, thing: str) -> str:
    ending = "es" if thing.endswith("s") else "s"
    return f"{count} {thing}" if count == 1 else f"{count} {thing}{ending}"


def _iteration(iteration: int, log_likelihood: float | None) -> str:
    if log_likelihood is None:
        return ""
    return f"iteration {iteration}, log-likelihood {log_likelihood:.5f}"


def _remaining(progress: BatchProgress) -> str:
    if progress.remaining is None or progress.finished == progress.total:
        return ""
    minutes, seconds = divmod(round(progress.remaining), 60)
    return f", {minutes}:{seconds:02} left"
