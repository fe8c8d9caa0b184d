"""What a batch will do: which images, under which names, with what; checked before it starts."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from segmenter.batch.summary import SUMMARY_NAME, read_summary
from segmenter.engine.parameters import parameters
from segmenter.engine.scribbles import MOST_CLASSES as MOST_SAID
from segmenter.engine.settings import AUTO, Settings
from segmenter.engine.types import SegmenterError
from segmenter.files.beside import made_of_others
from segmenter.files.export import planned_files
from segmenter.files.images import is_readable_name
from segmenter.files.names import SCRIBBLES_ENDING, identity
from segmenter.files.scribbles import scribbles_beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Mixture

# As many as settings allow, and noise, so that products of any earlier run are recognised.
MOST_CLASSES = next(int(p.high or 1) for p in parameters() if p.name == "components") + 1


class Existing(StrEnum):
    """What happens to images whose products are there already."""

    SKIP = "skip"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What is done to every image.

    Parameters
    ----------
    mixture
        None: every image gets a fit of its own; else every image is labelled with this mixture.
    products
        Keys of the product table.
    classes
        Names and colours, from class 1; default ones follow where they are too few.
    page
        Which page of files that hold several, from 0.
    scribbles
        A PNG of class numbers for the one image, or a folder that holds NAME_scribbles.png for
        images called NAME; images without one have no scribbles.
    existing
        Skip images whose products are up to date, or do them again.
    """

    settings: Settings = field(default_factory=Settings)
    mixture: Mixture | None = None
    products: tuple[str, ...] = ("labels", "soft")
    classes: tuple[ClassStyle, ...] = ()
    page: int = 0
    scribbles: Path | None = None
    existing: Existing = Existing.SKIP

    @property
    def most_classes(self) -> int:
        """How many classes an image can get."""
        if self.mixture is not None:
            return self.mixture.class_count
        wanted = 0 if self.settings.classes == AUTO else int(self.settings.classes)
        # Scribbles may say more classes than were asked for; they are not read before their turn.
        said = MOST_SAID if self.scribbles is not None else 0
        return max(self.settings.at_most, wanted, said) + self.settings.noise_class


@dataclass(frozen=True, slots=True)
class Job:
    """One image: where it is, where and under which NAME its products go, and its scribbles."""

    path: Path
    folder: Path
    stem: str
    scribbles: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Every job of a batch, in order, and the work that is done to each."""

    jobs: tuple[Job, ...]
    folder_out: Path
    work: Work


class Images(NamedTuple):
    """What a folder holds: its images in order, and the products of others that are none."""

    paths: list[Path]
    products: list[Path]


def make_plan(
    source: Path | Sequence[Path],
    folder_out: Path,
    work: Work,
    *,
    pattern: str = "*",
    recursive: bool = False,
) -> Plan:
    """Plan the images of a folder, or the named files, and make the output folder ready.

    Raises
    ------
    SegmenterError
        No image was found, the output folder cannot be written, or a product would replace an
        input.
    """
    if isinstance(source, Path):
        paths, others = find_images(
            source, folder_out=folder_out, pattern=pattern, recursive=recursive
        )
        homes = [folder_out / path.parent.relative_to(source) for path in paths]
    else:
        paths, others = _each_once(source), []
        homes = [folder_out] * len(paths)
    if not paths:
        raise SegmenterError(f"There is no image to do in {source}. Choose another folder.")
    drawn = _scribbles_of(paths, work)
    taken = set(filter(None, map(identity, filter(None, drawn.values()))))
    kept = [
        (path, home) for path, home in zip(paths, homes, strict=True) if identity(path) not in taken
    ]
    named = _named([path for path, _ in kept], [home for _, home in kept])
    jobs = tuple(replace(job, scribbles=drawn[job.path]) for job in named)
    _refuse_to_replace(jobs, work, others)
    _make_ready(folder_out)
    return Plan(jobs, folder_out, work)


def _scribbles_of(paths: Sequence[Path], work: Work) -> dict[Path, Path | None]:
    """Return the file with the scribbles for every image that has one."""
    place = work.scribbles
    if place is None:
        return dict.fromkeys(paths)
    if work.mixture is not None:
        raise SegmenterError(
            "Scribbles need a fit, and the recipe's mixture labels every image as it is. "
            "Leave out one of them."
        )
    if place.is_dir():
        found = {path: scribbles_beside(place, path) for path in paths}
        if not any(found.values()):
            raise SegmenterError(
                f"No image has scribbles in {place}. Call them NAME{SCRIBBLES_ENDING} for NAME.png."
            )
        return found
    if len(paths) > 1:
        raise SegmenterError(
            f"{place} holds scribbles for one image, and there are {len(paths)}. "
            f"Give a folder with a NAME{SCRIBBLES_ENDING} for each."
        )
    if not place.exists():
        raise SegmenterError(f"There is no {place} with scribbles. Check the name and the folder.")
    return {paths[0]: place}


def find_images(
    folder: Path, *, folder_out: Path | None = None, pattern: str = "*", recursive: bool = False
) -> Images:
    """Return the images of a folder in order of their names, each once.

    Hidden files, unfinished files, the output folder and the products that the summaries of
    earlier runs list are left out. So are files that are named as products of an image beside
    them; these are returned, too: no run is known to have written them.
    Links to nowhere and folders that cannot be read are kept: the batch reports why they fail.
    """
    if not folder.is_dir():
        raise SegmenterError(f"There is no folder {folder}. Choose a folder with images.")
    candidates: list[Path] = []
    made: set[Path] = set()
    written: set[Path] = set()
    unreadable: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        inside = Path(parent)
        deeper = sorted(folders) if recursive else []
        folders[:] = [name for name in deeper if _is_input(inside / name, folder_out)]
        found = list(_images_among(inside, names))
        made |= made_of_others(found)
        candidates += (path for path in found if fnmatchcase(path.name.lower(), pattern.lower()))
        if SUMMARY_NAME in names:
            written |= _listed_products(inside)
    blocked = [Path(os.fsdecode(error.filename)) for error in unreadable]
    if folder in blocked:
        raise SegmenterError(f"The folder {folder} cannot be read. Check its permissions.")
    kept = [path for path in candidates if path not in written]
    images = _each_once([path for path in kept if path not in made] + blocked)
    return Images(images, [path for path in kept if path in made])


def _is_input(folder: Path, folder_out: Path | None) -> bool:
    is_output = folder_out is not None and _is_same(folder, folder_out)
    return not folder.name.startswith(".") and not is_output


def _is_same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _images_among(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    for path in (folder / name for name in sorted(names)):
        # A link to nowhere is kept: the user means an image, and is told that it is missing.
        there = path.is_file() or (path.is_symlink() and not path.exists())
        if there and is_readable_name(path):
            yield path


def _listed_products(folder: Path) -> set[Path]:
    rows = read_summary(folder).values()
    return {folder / Path(row.name).parent / name for row in rows for name in row.products}


def _each_once(paths: Sequence[Path]) -> list[Path]:
    """Leave out second ways to the same file; a file itself comes before links to it."""
    plain_first = sorted(paths, key=lambda path: path.is_symlink())
    chosen = {os.path.realpath(path): path for path in reversed(plain_first)}
    kept = set(chosen.values())
    return [path for path in dict.fromkeys(paths) if path in kept]


def _named(paths: Sequence[Path], homes: Sequence[Path]) -> Iterator[Job]:
    """Give every image a NAME that no other image of the same output folder has."""
    stems = [path.stem for path in paths]
    # The second round catches a stem that equals a whole file name of the first.
    for _ in range(2):
        places = [_place(home, stem) for home, stem in zip(homes, stems, strict=True)]
        count = Counter(places)
        stems = [
            path.name if count[place] > 1 else stem
            for path, stem, place in zip(paths, stems, places, strict=True)
        ]
    taken: set[tuple[str, str]] = set()
    for path, home, stem in zip(paths, homes, stems, strict=True):
        free = _free(home, stem, taken)
        taken.add(_place(home, free))
        yield Job(path, home, free)


def _place(folder: Path, stem: str) -> tuple[str, str]:
    """Return what two names share when some file system takes them for one."""
    return str(folder), unicodedata.normalize("NFC", stem).casefold()


def _free(folder: Path, stem: str, taken: set[tuple[str, str]]) -> str:
    number, free = 1, stem
    while _place(folder, free) in taken:
        number += 1
        free = f"{stem} ({number})"
    return free


def _refuse_to_replace(jobs: Sequence[Job], work: Work, others: Iterable[Path]) -> None:
    """Keep inputs, and what the user may have drawn under a product's name, from being replaced.

    Files are compared, not names: links and case-insensitive disks give one file many names.
    """
    kept = {identity(path): f"{path}, which no batch has written" for path in others}
    kept |= {identity(job.path): f"the input {job.path}" for job in jobs}
    kept.pop(None, None)
    for job in jobs:
        for name in planned_files(work.products, job.stem, work.most_classes):
            replaced = kept.get(identity(job.folder / name))
            if replaced is not None:
                raise SegmenterError(
                    f"{job.folder / name} would replace {replaced}. Choose another output folder."
                )


def _make_ready(folder: Path) -> None:
    """Create the output folder and try it, so that a long batch does not fail at its end."""
    if folder.exists() and not folder.is_dir():
        raise SegmenterError(f"{folder} is a file, not a folder. Choose another output folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SegmenterError(
            f"Cannot write to {folder}: {error.strerror}. Choose another output folder."
        ) from error
