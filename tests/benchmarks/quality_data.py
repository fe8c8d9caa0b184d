"""Images with a known truth, from the folders beside their READMEs."""

from __future__ import annotations

import csv
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image as Pictures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SYNTHETIC = {
    "three": (0.01, 0.02, 0.03, 0.05, 0.08),
    "four": (0.01, 0.02, 0.03, 0.05, 0.08),
    "potts2": (0.03, 0.05, 0.08),
    "potts3": (0.02, 0.03, 0.05),
    "potts4": (0.02, 0.03, 0.05),
}  # label map: the variances of the noise that is added to it
BRAIN_SLICES = range(15, 80, 8)
NOTHING, UNKNOWN, MIXED = 0, 128, 128  # of scribbles, of a lasso, and of GrabCut's truth
STROKES, STROKE_LENGTH, STROKE_WIDTH = 3, 60, 5  # px


def picture(path: Path) -> NDArray[np.uint8]:
    """Read (rows, columns) or (rows, columns, channels) as they are in the file."""
    with Pictures.open(path) as opened:
        return np.asarray(opened)


class Noisy(NamedTuple):
    """A label map, and levels from 0 to 1 with Gaussian noise of one variance."""

    name: str
    variance: float
    pixels: NDArray[np.float64]
    truth: NDArray[np.uint8]


def synthetic(data: Path, name: str, variance: float, seed: int) -> Noisy:
    with np.load(data / "synthetic" / "labels.npz") as maps:
        truth = maps[name]
    noise = np.random.default_rng(seed).normal(0, np.sqrt(variance), truth.shape)
    levels = np.linspace(0, 1, int(truth.max()) + 1)
    return Noisy(name, variance, levels[truth] + noise, truth)


class Slice(NamedTuple):
    """One slice of a head: NaN outside of the brain, where the truth is 0; tissues from 1."""

    number: int
    pixels: NDArray[np.float32]
    truth: NDArray[np.uint8]


def brain(data: Path, shading: float = 0.0) -> Iterator[Slice]:
    """Yield slices; light falls off smoothly over the head, by `shading` from end to end."""
    with np.load(data / "brain_mritc" / "brain_mritc.npz") as volume:
        values, mask = volume["t1"].astype(np.float32), volume["mask"] > 0
        tissues = np.stack([volume[name] for name in ("csf", "gm", "wm")]).argmax(axis=0)
    for number in BRAIN_SLICES:
        inside = mask[:, :, number]
        if not inside.any():
            continue
        light = smooth_light(inside, shading)
        pixels = np.where(inside, values[:, :, number] * light, np.nan).astype(np.float32)
        yield Slice(number, pixels, np.where(inside, tissues[:, :, number] + 1, 0).astype(np.uint8))


def smooth_light(inside: NDArray[np.bool_], shading: float) -> NDArray[np.float64]:
    """Return factors with mean logarithm 0 on a mask, `shading` apart from darkest to brightest."""
    rows, columns = (np.linspace(-1, 1, n) for n in inside.shape)
    r, c = np.meshgrid(rows, columns, indexing="ij")
    shape = 0.8 * r + 0.5 * c - 0.6 * r * c + 0.5 * r**2 - 0.7 * c**2
    within = shape[inside]
    shape = (shape - within.mean()) / np.ptp(within)
    return np.exp(np.log((1 + shading / 2) / (1 - shading / 2)) * shape)


class Lassoed(NamedTuple):
    """A photo with a hand-drawn band around its object.

    Parameters
    ----------
    scribbles
        (rows, columns) uint8: 1 background, 2 object, 0 what is to be found.
    scored
        True where it is to be found and the truth is not mixed.
    whole
        How many pixels of the image have a truth that is not mixed.
    """

    name: str
    path: Path
    scribbles: NDArray[np.uint8]
    truth: NDArray[np.bool_]
    scored: NDArray[np.bool_]
    whole: int
    peer: float


def lassoed(data: Path) -> Iterator[Lassoed]:
    folder = data / "grabcut"
    with (folder / "baseline_per_image.csv").open() as table:
        peers = {row["image"]: float(row["ocv_lasso_unk"]) for row in csv.DictReader(table)}
    for path in sorted((folder / "lasso").glob("*.png")):
        drawn, truth = picture(path), picture(folder / "gt" / path.name)
        scribbles = np.zeros(drawn.shape, np.uint8)
        scribbles[drawn < UNKNOWN] = 1
        scribbles[drawn > UNKNOWN] = 2
        known = truth != MIXED
        (image,) = (folder / "images").glob(f"{path.stem}.*")
        yield Lassoed(
            path.stem, image, scribbles, truth == 255, (drawn == UNKNOWN) & known,
            int(known.sum()), peers[path.stem],
        )  # fmt: skip


class Parted(NamedTuple):
    """An image of two kinds of pixel: True where it is the one that is looked for."""

    name: str
    path: Path
    truth: NDArray[np.bool_]


def nuclei(data: Path) -> Iterator[Parted]:
    """Yield the fluorescence images: bright nuclei on black."""
    with (data / "dsb2018" / "index.csv").open() as table:
        names = [row["file"] for row in csv.DictReader(table) if row["gray"] == "1"]
    for name in names:
        labels = picture(data / "dsb2018" / "labels" / name)
        yield Parted(name, data / "dsb2018" / "images" / name, labels > 0)


def superalloys(data: Path, heat: str) -> Iterator[Parted]:
    """Yield micrographs of a heat treatment (0d, 180d): matrix, and True for precipitates."""
    for path in sorted((data / "nasa_micro" / "images").glob(f"supe_*_{heat}_*.png")):
        labels = picture(data / "nasa_micro" / "labels" / path.name)
        yield Parted(path.stem, path, labels > 0)


def strokes(truth: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return (rows, columns) scribbles as a user would draw them: three lines for each class.

    In each vertical third of the image, the line of `STROKE_LENGTH` x `STROKE_WIDTH` pixels, lying
    or standing, with the largest share of the class; the first when several are alike. Only pixels
    of the class are marked: 1 where the truth is False, 2 where it is True.
    """
    scribbles = np.zeros(truth.shape, np.uint8)
    edges = np.linspace(0, truth.shape[1], STROKES + 1).astype(int)
    for number, one in ((1, ~truth), (2, truth)):
        for left, right in pairwise(edges):
            part = one[:, left:right]
            rows, columns = _best_line(part)
            marked = scribbles[:, left:right][rows, columns]
            marked[part[rows, columns]] = number
    return scribbles


def _best_line(part: NDArray[np.bool_]) -> tuple[slice, slice]:
    best = (-1, slice(0), slice(0))
    sums = np.pad(part.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    for height, width in ((STROKE_WIDTH, STROKE_LENGTH), (STROKE_LENGTH, STROKE_WIDTH)):
        inside = sums[height:, width:] - sums[:-height, width:]
        inside = inside - sums[height:, :-width] + sums[:-height, :-width]
        row, column = np.unravel_index(int(inside.argmax()), inside.shape)
        found = (int(inside.max()), slice(row, row + height), slice(column, column + width))
        best = max(best, found, key=lambda line: line[0])
    return best[1:]


class Judged(NamedTuple):
    """A photo and the segments that several people saw in it, numbered from 0."""

    name: str
    path: Path
    people: list[NDArray[np.integer]]


def judged(data: Path) -> Iterator[Judged]:
    for path in sorted((data / "bsds" / "images").glob("*.jpg")):
        with np.load(data / "bsds" / "gt" / f"{path.stem}.npz") as file:
            yield Judged(
                path.stem, path, [segments.astype(np.int64) - 1 for segments in file["segs"]]
            )
