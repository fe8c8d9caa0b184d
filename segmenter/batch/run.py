"""The doing of a plan, as a generator that the window and the command line both drive."""

from __future__ import annotations

import errno
import time
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from segmenter.batch.ledger import Ledger, facts_of
from segmenter.batch.lock import locked
from segmenter.batch.plan import MOST_CLASSES
from segmenter.batch.summary import JobState, Row
from segmenter.engine.outcome import Progress, Stage
from segmenter.engine.pipeline import label, steps
from segmenter.engine.styles import result_classes
from segmenter.engine.types import SegmenterError
from segmenter.files.export import planned_files, products_written
from segmenter.files.images import read_image
from segmenter.files.memory import check_memory
from segmenter.files.names import identity, printable
from segmenter.files.scribbles import read_scribbles

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator
    from pathlib import Path

    from segmenter.batch.plan import Job, Plan, Work
    from segmenter.engine.outcome import Result
    from segmenter.engine.types import Image

# A full disk does not empty itself: after so many images in a row the batch ends.
DISK_FULL_LIMIT = 3
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True, eq=False)
class BatchProgress:
    """How far a batch has come.

    Parameters
    ----------
    rows
        Every job as it stands; a row is replaced when it changes, so rows compare by identity.
    index
        The job that this progress is about.
    finished
        How many jobs are done, skipped or failed.
    inner
        The progress of the image that is running; None between images.
    remaining
        Estimated seconds to the end; None until an image is done.
    """

    rows: tuple[Row, ...]
    index: int
    finished: int = 0
    inner: Progress | None = None
    remaining: float | None = None

    @property
    def row(self) -> Row:
        """The job that this progress is about."""
        return self.rows[self.index]

    @property
    def total(self) -> int:
        """How many jobs there are."""
        return len(self.rows)


@dataclass(frozen=True, slots=True, eq=False)
class BatchReport:
    """What became of a batch; `problem` says why it ended early or what could not be saved."""

    rows: tuple[Row, ...]
    folder_out: Path
    seconds: float
    problem: str = ""

    def count(self, state: JobState) -> int:
        """Return how many jobs ended in `state`."""
        return sum(row.state is state for row in self.rows)

    @property
    def files_written(self) -> int:
        """How many product files this run wrote."""
        return sum(len(row.products) for row in self.rows if row.state is JobState.DONE)


def run(plan: Plan) -> Generator[BatchProgress, None, BatchReport]:
    """Do every job; yield progress, return what became of each.

    One bad image never stops the others. Closing the generator cancels: the image under way is
    dropped, finished ones stay and the summary is written, so that another run goes on from there.

    Raises
    ------
    SegmenterError
        Another run is using the output folder.
    """
    with locked(plan.folder_out):
        ledger = Ledger(plan)
        problem = ""
        try:
            problem = yield from _do_all(plan, ledger)
            ledger.state = "ended early" if problem else "finished"
        except BaseException:
            ledger.state = "cancelled"
            raise
        finally:
            ledger.forget_running()
            problem = problem or ledger.save()
    return BatchReport(ledger.rows, plan.folder_out, ledger.seconds, problem)


def _do_all(plan: Plan, ledger: Ledger) -> Generator[BatchProgress, None, str]:
    """Do the jobs that wait; return why the batch ended early, or nothing."""
    inputs = {identity(path) for job in plan.jobs for path in (job.path, job.scribbles) if path}
    disk_full = 0
    for index, job in enumerate(plan.jobs):
        row = ledger.rows[index]
        if row.state is JobState.WAITING:
            no_room = yield from _do_one(ledger, index, _segmented(job, plan.work, row, inputs))
            disk_full = disk_full + 1 if no_room else 0
            ledger.save_now_and_then()
        yield _progress(ledger, index)
        if disk_full == DISK_FULL_LIMIT:
            return f"No room on the disk of {plan.folder_out}. Make room and run again."
    return ""


def _do_one(
    ledger: Ledger, index: int, steps_of_image: Generator[Progress | Row, None, None]
) -> Generator[BatchProgress, None, bool]:
    """Do one job into its row; return whether the disk was full."""
    started = time.monotonic()
    row = replace(ledger.rows[index], state=JobState.RUNNING)
    ledger.put(index, row)
    yield _progress(ledger, index)
    no_room = False
    try:
        with closing(steps_of_image) as running:
            for progress in running:
                if isinstance(progress, Row):
                    row = progress
                else:
                    yield _progress(ledger, index, progress)
    except Exception as error:  # noqa: BLE001 - whatever one image causes, the others are done
        row = replace(row, state=JobState.FAILED, reason=printable(_reason(error)))
        no_room = _is_disk_full(error)
    ledger.put(index, replace(row, seconds=round(time.monotonic() - started, 3)))
    return no_room


def _segmented(
    job: Job, work: Work, row: Row, inputs: Collection[tuple[int, int] | None]
) -> Generator[Progress | Row, None, None]:
    """Read, segment and write one image; the last thing yielded is its finished row.

    The files of `inputs` are never replaced.
    """
    if job.path.is_dir():
        raise SegmenterError(f"Cannot look into the folder {job.path}. Check its permissions.")
    # Taken before reading: a file that changes meanwhile counts as changed.
    facts = facts_of(job, work)
    image = read_image(job.path, page=work.page)
    given = 0 if work.mixture is None else len(work.mixture)
    check_memory(image, work.settings, components=given)
    if work.mixture is None:
        drawn = None if job.scribbles is None else read_scribbles(job.scribbles, image.shape)
        result = yield from steps(image, work.settings, scribbles=drawn)
    else:
        result = yield from label(image, work.settings, work.mixture)
    products: list[str] = []
    for path in _written(result, image, job, work=work, inputs=inputs):
        products.append(path.name)
        yield Progress(Stage.LABELLING)  # here a batch can be cancelled, too
    _remove_stale(job, work, set(row.products).difference(products), inputs=inputs)
    found = _described(row, result) if work.mixture is None else _labelled(row, result)
    yield replace(found, products=tuple(products), facts=facts)


def _written(
    result: Result,
    image: Image,
    job: Job,
    *,
    work: Work,
    inputs: Collection[tuple[int, int] | None],
) -> Iterator[Path]:
    return products_written(
        result,
        image,
        job.folder,
        work.products,
        classes=result_classes(result, work.classes),
        stem=job.stem,
        protected=inputs,
    )


def _remove_stale(
    job: Job,
    work: Work,
    listed: Collection[str],
    *,
    inputs: Collection[tuple[int, int] | None],
) -> None:
    """Remove what an earlier run, of more classes, left of the products that were just written.

    Only names that such products can have: the summary that lists them is open to anyone.
    """
    for name in set(planned_files(work.products, job.stem, MOST_CLASSES)).intersection(listed):
        path = job.folder / name
        if identity(path) not in inputs:
            with suppress(OSError):
                path.unlink()


def _described(row: Row, result: Result) -> Row:
    found = _labelled(row, result)
    return replace(found, iterations=result.iterations, stopped=result.stopped.value)


def _labelled(row: Row, result: Result) -> Row:
    """Describe what holds with and without EM."""
    counts = result.pixel_counts
    total = max(1, int(counts.sum()))
    rows, columns = result.labels.shape
    return replace(
        row,
        state=JobState.DONE,
        rows=rows,
        columns=columns,
        classes=result.class_count,
        log_likelihood=round(result.log_likelihoods[-1], 6),
        notes=result.notes,
        shares=tuple(round(int(count) / total, 6) for count in counts),
    )


def _progress(ledger: Ledger, index: int, inner: Progress | None = None) -> BatchProgress:
    return BatchProgress(ledger.rows, index, ledger.finished, inner, ledger.remaining)


def _reason(error: Exception) -> str:
    if isinstance(error, SegmenterError):
        return str(error)
    if isinstance(error, MemoryError):
        return "Not enough memory for this image. Make it smaller, or close other programs."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}. Check the file and the disk it is on."
    return f"unexpected: {type(error).__name__}: {error}"


def _is_disk_full(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in DISK_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False
