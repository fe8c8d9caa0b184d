"""Run generators in the background and report on the thread that owns the runner."""

from __future__ import annotations

import logging
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import QDeadlineTimer, QObject, QThreadPool, QTimer, Signal

from segmenter.engine.outcome import Enough
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

log = logging.getLogger(__name__)

# At most 30 progresses a second are passed on: more cannot be seen, and drawing them costs.
REPORT_INTERVAL_MS = 33
PATIENCE_MS = 2000


class Lanes:
    """The background threads of one window: made when first needed, awaited together."""

    def __init__(self) -> None:
        self._pools: dict[str, QThreadPool] = {}

    def lane(self, purpose: str) -> QThreadPool:
        """Return the pool of one thread for `purpose`: what is started on it takes turns."""
        if purpose not in self._pools:
            self._pools[purpose] = QThreadPool()
            self._pools[purpose].setMaxThreadCount(1)
        return self._pools[purpose]

    def come_to_rest(self, patience: int = PATIENCE_MS) -> bool:
        """Wait, `patience` milliseconds for all together; return whether all are at rest."""
        deadline = QDeadlineTimer(patience)
        pools = self._pools.values()
        return all(pool.waitForDone(deadline.remainingTime()) for pool in pools)


def once(call: Callable[[], object]) -> Generator[object, None, object]:
    """Make a generator of a plain call, for work without steps."""
    yield from ()
    return call()


class _Job:
    """One generator under way, and what the two threads tell each other about it."""

    def __init__(self, task: Generator[object, Any, object]) -> None:
        self.task = task
        self.cancelled = Event()
        self.paused = Event()
        self.enough = Event()
        self.resting = Event()
        self.newest: object = None
        self._has_begun = self._has_been_told = False

    def advance(self, wish: object) -> object:
        """Take one step, and return what it came to.

        The generator hears how it is looked at, and the first step after `enough` is set tells it
        so.
        """
        if self.enough.is_set() and not self._has_been_told:
            self._has_been_told = True
            return self.task.throw(Enough())
        if self._has_begun:
            return self.task.send(wish)
        self._has_begun = True
        return next(self.task)


def _anywhere(_: object) -> bool:
    return True


def _nothing() -> object:
    return None


class _End(NamedTuple):
    """How a job ended: with an outcome, with the words for its failure, or with nothing."""

    outcome: object = None
    failure: str = ""
    is_empty: bool = False


class Runner(QObject):
    """Run one generator at a time on a lane.

    Signals arrive on the thread that owns the runner. Of many progresses the newest is passed on,
    and the last one always. Once a job is cancelled or replaced nothing more is heard of it.

    Parameters
    ----------
    pool
        A lane; runners that share one take turns.
    may_rest
        Whether a paused job may wait after a progress; other steps are one with the next.
    wish
        What a paused job is sent with every step; asked on the lane's thread.
    """

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(str)
    given_up = Signal()
    """The job was asked to end before there was anything to keep."""

    _ended = Signal(object, object)

    def __init__(
        self,
        pool: QThreadPool,
        parent: QObject | None = None,
        *,
        may_rest: Callable[[Any], bool] = _anywhere,
        wish: Callable[[], object] = _nothing,
    ) -> None:
        super().__init__(parent)
        self._lane = pool
        self._may_rest, self._wish = may_rest, wish
        self._job: _Job | None = None
        self._shown: object = None
        self._ended.connect(self._on_ended)
        self._ticker = QTimer(self, interval=REPORT_INTERVAL_MS)
        self._ticker.timeout.connect(self._report)

    @property
    def is_busy(self) -> bool:
        """Whether a job is under way or waits for its next step."""
        return self._job is not None

    @property
    def is_resting(self) -> bool:
        """Whether a job waits for its next step, and its last one has been told."""
        job = self._job
        return job is not None and job.resting.is_set() and job.newest is self._shown

    def start(self, task: Generator[object, Any, object], *, paused: bool = False) -> None:
        """Drive `task` instead of what ran before; `paused` stops it after its first step."""
        self.cancel()
        self._job = _Job(task)
        self._shown = None
        if paused:
            self._job.paused.set()
        self._go_on(self._job)

    def step(self) -> None:
        """Advance a waiting job by one step, or let a running one wait after its next step."""
        if self._job is None:
            return
        was_resting = self._job.resting.is_set()
        self._job.paused.set()
        if was_resting:
            self._go_on(self._job)

    def resume(self) -> None:
        """Let a waiting job run to its end."""
        if self._job is not None and self._job.paused.is_set():
            self._job.paused.clear()
            self._go_on(self._job)

    def enough(self) -> None:
        """Ask the job, waiting or not, to end and finish with what it has; once is enough."""
        if self._job is not None:
            self._job.enough.set()
            self.resume()

    def cancel(self) -> None:
        """Give up the job: it ends within one step, and is not heard of again."""
        job, self._job = self._job, None
        self._ticker.stop()
        if job is not None:
            job.cancelled.set()
            # The lane closes the generator: it may be in the middle of a step now.
            self._lane.start(partial(self._drive, job))

    def _go_on(self, job: _Job) -> None:
        job.resting.clear()
        self._ticker.start()
        self._lane.start(partial(self._drive, job))

    def _drive(self, job: _Job) -> None:
        """Take steps until the job ends, pauses or is cancelled (on the lane's thread)."""
        try:
            while not job.cancelled.is_set():
                is_watched = job.paused.is_set()
                step = job.advance(self._wish() if is_watched else None)
                rests = is_watched and job.paused.is_set() and self._may_rest(step)
                if rests:
                    # Before the step is told: who hears of it may ask for the next at once.
                    job.resting.set()
                job.newest = step
                if rests:
                    return
            job.task.close()
        except StopIteration as end:
            self._tell(job, _End(outcome=end.value))
        except Enough:
            self._tell(job, _End(is_empty=True))
        except Exception as error:  # noqa: BLE001 - whatever a job raises is told, never lost
            self._tell(job, _End(failure=explained(error)))

    def _tell(self, job: _Job, end: _End) -> None:
        if not job.cancelled.is_set():
            self._ended.emit(job, end)

    def _report(self) -> None:
        if self._job is not None and self._job.newest is not self._shown:
            self._shown = self._job.newest
            self.progressed.emit(self._shown)

    def _on_ended(self, job: _Job, end: _End) -> None:
        self._report()
        # It may have been cancelled or replaced since, even by a slot of `progressed`.
        if job is self._job:
            self._job = None
            self._ticker.stop()
            if end.failure:
                self.failed.emit(end.failure)
            elif end.is_empty:
                self.given_up.emit()
            else:
                self.finished.emit(end.outcome)


def explained(error: Exception) -> str:
    """Put an error into a line for the user; the log keeps what was not expected."""
    if isinstance(error, SegmenterError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Close other programs, or use a smaller image."
    log.error("Unexpected problem", exc_info=error)
    reason = str(error) or type(error).__name__
    return f"Unexpected problem: {reason}. Details are in the log; Help > About tells its place."
