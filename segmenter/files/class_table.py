"""Tables of classes: how much of the image each has, what its pixels are like, and k-means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.areas import square_micrometres
from segmenter.engine.missing import known, masked
from segmenter.files.cells import colour_text, csv_text, inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from segmenter.engine.compare import Comparison
    from segmenter.engine.outcome import Result
    from segmenter.engine.styles import ClassStyle
    from segmenter.engine.types import Image


AREAS = ("expected_area", "area_spread", "area_um2", "expected_area_um2", "area_spread_um2")


def class_table(result: Result, image: Image, classes: Sequence[ClassStyle]) -> str:
    """Return CSV text with a row per class.

    ``pixels``, ``fraction``, ``mean`` and ``sd`` are of the label map; ``expected_area`` and
    ``area_spread`` are those of `areas`, in pixels. With ``_um2`` areas are in µm², and empty where
    the file tells no size of a pixel. Mean and sd are of the pixels that have the channel, and
    empty where there are none.
    """
    return csv_text([_header(image), *_rows(result, image, classes)])


def k_means_table(comparison: Comparison, classes: Sequence[ClassStyle]) -> str:
    """Return CSV text with a row per class of EM, and one for all.

    ``pixels`` is how many EM gives the class, ``kmeans_1`` … how many of those k-means gives class
    1 …; ``differing`` and ``fraction`` are how many, and which part, k-means gives another class.
    """
    counts = comparison.counts
    columns = [f"kmeans_{number}" for number in range(1, len(counts) + 1)]
    rows: list[list[object]] = [["class", "name", "pixels", *columns, "differing", "fraction"]]
    for k, row in enumerate(counts):
        total, differing = int(row.sum()), int(row.sum() - row[k])
        name = inert(classes[k].name)
        rows.append([k + 1, name, total, *row.tolist(), differing, differing / max(1, total)])
    sums = counts.sum(axis=0).tolist()
    rows.append(["all", "", int(counts.sum()), *sums, comparison.count, comparison.share])
    return csv_text(rows)


def _header(image: Image) -> list[str]:
    names = [name.replace(" ", "_") for name in image.channel_names]
    columns = [f"{measure}_{name}" for name in names for measure in ("mean", "sd")]
    return ["class", "name", "colour", "pixels", "fraction", *AREAS, *columns]


def _rows(
    result: Result, image: Image, classes: Sequence[ClassStyle]
) -> Iterator[list[str | int | float]]:
    counts = result.pixel_counts
    there = known(masked(image, result.settings))
    measures = [
        _mean_and_sd(result, image.pixels[:, :, k], there[:, :, k])
        for k in range(image.pixels.shape[2])
    ]
    for k, style in enumerate(classes[: result.class_count]):
        values = [
            "" if np.isnan(value[k]) else float(value[k]) for pair in measures for value in pair
        ]
        yield [
            k + 1,
            inert(style.name),
            colour_text(style.colour),
            int(counts[k]),
            float(counts[k] / max(1, counts.sum())),
            *_areas(result, image, k),
            *values,
        ]


def _areas(result: Result, image: Image, k: int) -> list[str | float]:
    own = (float(result.areas.expected[k]), float(result.areas.spread[k]))
    size = square_micrometres(image)
    if size is None:
        return [*own, "", "", ""]
    return [*own, *(area * size for area in (float(result.pixel_counts[k]), *own))]


def _mean_and_sd(
    result: Result, channel: NDArray[np.generic], there: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (classes,) mean and standard deviation of a channel over the pixels that have it.

    Not a number for a class without such pixels.
    """
    labels = (result.labels * there).ravel()
    values = channel.ravel().astype(np.float64)
    size = result.class_count + 1
    counts = np.bincount(labels, minlength=size).astype(np.float64)
    counts[counts == 0] = np.nan
    means = np.bincount(labels, weights=values, minlength=size) / counts
    squares = np.bincount(labels, weights=(values - means[labels]) ** 2, minlength=size)
    return means[1:], np.sqrt(squares / counts)[1:]
