"""How a batch stands: a row per job, saved as it goes, and known again by the next run."""

from __future__ import annotations

import hashlib
import json
import time
from bisect import insort
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from segmenter import __version__
from segmenter.batch.plan import Existing
from segmenter.batch.summary import JobState, Row, read_summary, write_summary
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from segmenter.batch.plan import Job, Plan, Work
    from segmenter.engine.types import Mixture

# The summary is saved after an image, but no more often than this, and in a small part of the time.
SAVE_INTERVAL_SECONDS = 2.0
SHARE_OF_SAVING = 0.05


class Ledger:
    """The rows of a batch under way, and their summary on disk."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._started = time.monotonic()
        self._next_save = self._started + SAVE_INTERVAL_SECONDS
        self.state = "running"
        known = read_summary(plan.folder_out)
        self.rows = tuple(_opening_row(job, plan, known) for job in plan.jobs)
        self.finished = sum(row.state.is_end for row in self.rows)
        self._spent: list[float] = []
        names = {row.name for row in self.rows}
        self._earlier = [row for name, row in known.items() if name not in names and row.products]

    @property
    def seconds(self) -> float:
        """How long the batch has been under way."""
        return time.monotonic() - self._started

    def put(self, index: int, row: Row) -> None:
        """Replace a row; it ends once."""
        self.rows = (*self.rows[:index], row, *self.rows[index + 1 :])
        # Counted as they end: going through all rows for every image takes hours for thousands.
        self.finished += row.state.is_end
        if row.state is JobState.DONE:
            insort(self._spent, row.seconds)

    @property
    def remaining(self) -> float | None:
        """Estimated seconds to the end, by the median of what is done; None before that."""
        if not self._spent:
            return None
        return self._spent[len(self._spent) // 2] * (len(self.rows) - self.finished)

    def forget_running(self) -> None:
        """Let the image under way wait again."""
        for index, row in enumerate(self.rows):
            if row.state is JobState.RUNNING:
                self.put(index, replace(row, state=JobState.WAITING))

    def save_now_and_then(self) -> None:
        """Save, unless that was done a moment ago; a lasting failure shows at the end."""
        if time.monotonic() >= self._next_save:
            self.save()

    def save(self) -> str:
        """Write the summary; return what prevented it, or nothing."""
        began = time.monotonic()
        about = {
            "segmenter": __version__,
            "state": self.state,
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 3),
            "settings": self._plan.work.settings.model_dump(mode="json"),
        }
        try:
            write_summary(self._plan.folder_out, self.rows, self._earlier, about=about)
        except SegmenterError as error:
            return str(error)
        finally:
            ended = time.monotonic()
            pause = max(SAVE_INTERVAL_SECONDS, (ended - began) / SHARE_OF_SAVING)
            self._next_save = ended + pause
        return ""


def facts_of(job: Job, work: Work) -> str:
    """Return a digest of all that decides the products of a job; empty without its file."""
    about = _file_facts(job.path)
    if about is None:
        return ""
    facts = {
        "version": __version__,
        "file": about,
        "page": work.page,
        "scribbles": _file_facts(job.scribbles),
        "settings": work.settings.model_dump(mode="json"),
        "mixture": None if work.mixture is None else _numbers(work.mixture),
        "products": work.products,
        "classes": [asdict(style) for style in work.classes],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _file_facts(path: Path | None) -> list[object] | None:
    """Return what tells a file from an older or newer one; None without a file."""
    if path is None:
        return None
    try:
        status = path.stat()
    except OSError:
        return None
    return [path.name, status.st_size, status.st_mtime_ns]


def _numbers(mixture: Mixture) -> list[object]:
    arrays = (mixture.weights, mixture.means, mixture.covariances, mixture.classes)
    return [*(array.tolist() for array in arrays), mixture.features, mixture.noise]


def _opening_row(job: Job, plan: Plan, known: dict[str, Row]) -> Row:
    name = (job.folder / job.stem).relative_to(plan.folder_out).as_posix()
    row = known.get(name)
    if row is None:
        return Row(name, str(job.path))
    if plan.work.existing is Existing.SKIP and _is_up_to_date(row, job, plan.work):
        reason = "Up to date."
        return replace(row, path=str(job.path), state=JobState.SKIPPED, reason=reason)
    # What an earlier run made of the same image stays known until it is replaced.
    is_same_image = Path(row.path).name == job.path.name
    return Row(name, str(job.path), products=row.products if is_same_image else ())


def _is_up_to_date(row: Row, job: Job, work: Work) -> bool:
    there = row.products and all((job.folder / name).is_file() for name in row.products)
    return bool(there and row.facts) and row.facts == facts_of(job, work)
