"""The summary of a batch: a row per image, as CSV for people and JSON for the next run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

from segmenter.files.atomic import replacing
from segmenter.files.cells import csv_text, inert
from segmenter.files.names import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SUMMARY_NAME = "segmenter_batch.json"
TABLE_NAME = "segmenter_batch.csv"


class JobState(StrEnum):
    """How far one image has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"

    @property
    def is_end(self) -> bool:
        """Whether nothing more happens to the image."""
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one image.

    Parameters
    ----------
    name
        The NAME of its products, with the sub-folder of the output folder they are in.
    path
        The input.
    reason
        Why it failed or was skipped.
    rows, columns
        Size of the image in pixels.
    log_likelihood
        Nats per pixel under the mixture; None where there is none.
    iterations, stopped
        How EM went; 0 and empty where the mixture was given.
    shares
        Fraction of the pixels with data that each class has, from class 1.
    seconds
        How long it took.
    products
        File names, beside each other in the folder of `name`.
    facts
        What the products were made from and with; equal facts give equal products.
    """

    name: str
    path: str
    state: JobState = JobState.WAITING
    reason: str = ""
    rows: int = 0
    columns: int = 0
    classes: int = 0
    log_likelihood: float | None = None
    iterations: int = 0
    stopped: str = ""
    notes: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    seconds: float = 0.0
    products: tuple[str, ...] = ()
    facts: str = ""

    @property
    def shown_name(self) -> str:
        """The file's name on one line."""
        return printable(PurePath(self.path).name)


def write_summary(
    folder: Path, rows: Sequence[Row], earlier: Sequence[Row], *, about: Mapping[str, object]
) -> None:
    """Write both files, each complete or not at all.

    `earlier` are rows of former runs on other images: they stay known to the next run.
    """
    summary = {**about, "files": [asdict(row) for row in rows]}
    summary["earlier"] = [asdict(row) for row in earlier]
    # Escaped to ASCII, so that file names which are no valid text survive.
    _write(folder / SUMMARY_NAME, json.dumps(summary, indent=1, ensure_ascii=True) + "\n")
    _write(folder / TABLE_NAME, _table(rows))


def read_summary(folder: Path) -> dict[str, Row]:
    """Return the rows of the last run by name; none where the file is missing or damaged."""
    try:
        summary = json.loads((folder / SUMMARY_NAME).read_text("utf-8"))
        records = [*summary["earlier"], *summary["files"]]
        return {record["name"]: _row(record) for record in records}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # Without it the images are done again, which is always right.
        return {}


def _row(record: dict[str, object]) -> Row:
    kept = {key: tuple(v) if isinstance(v, list) else v for key, v in record.items()}
    row = Row(**kept | {"state": JobState(str(record["state"]))})  # type: ignore[arg-type]
    if not all(isinstance(word, str) for word in (row.name, row.path, row.facts, *row.products)):
        raise TypeError
    return row


def _write(path: Path, text: str) -> None:
    with replacing(path) as file:
        file.write(text.encode("utf-8", "surrogateescape"))


def _table(rows: Sequence[Row]) -> str:
    most = max((len(row.shares) for row in rows), default=0)
    plain = [field.name for field in fields(Row) if field.name not in ("shares", "facts")]
    header: list[object] = [*plain, *(f"share_{number}" for number in range(1, most + 1))]
    cells = [
        [*(_cell(getattr(row, name)) for name in plain), *(f"{share:.6f}" for share in row.shares)]
        for row in rows
    ]
    return csv_text([header, *cells])


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        value = "; ".join(value)
    return inert(value) if isinstance(value, str) else value
