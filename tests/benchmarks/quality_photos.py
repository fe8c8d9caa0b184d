"""Photos: objects inside a lasso, and segments as people see them."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING

import numpy as np
import quality_data as data
from quality_measures import Agreement, agreement
from quality_rows import Row, at_least, at_most, noted, segmented
from skimage.measure import label

from segmenter.engine.settings import AUTO, Settings, Spatial
from segmenter.files.images import read_image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

LASSO_GOAL, LASSO_WORST = 5.5, 15.0  # percent of the unknown pixels
COVERING_GOAL = 0.46
LASSO_PLAIN = Settings(components=10, classes=2)
LASSO_FIELD = LASSO_PLAIN.model_copy(
    update={
        "spatial": Spatial.FIELD, "spatial_strength": 5.0, "neighbours": 8, "contrast": True,
        "max_iterations": 40,
    }
)  # fmt: skip
# Neighbours of one colour hold together about half as much as in grabCut, whose weight is 50.
LASSO = LASSO_FIELD.model_copy(update={"spatial_strength": 25.0, "cut": True})
# People do not see grain as segments.
SEGMENTS = Settings(components=AUTO, spatial=Spatial.FIELD, smoothing=2)


def lasso_rows(folder: Path) -> Iterator[Row]:
    case = "objects in a lasso"
    images = list(data.lassoed(folder))
    opencv = 100 * mean(image.peer for image in images)
    yield noted(case, "OpenCV grabCut, 5 iterations", f"{opencv:.2f} % of unknown pixels")
    for method, settings in (
        ("mixture", LASSO_PLAIN),
        ("field", LASSO_FIELD),
        ("field, cut", LASSO),
    ):
        of_unknown, of_all = zip(*(lasso_error(image, settings) for image in images), strict=True)
        worst = int(np.argmax(of_unknown))
        more = f" of unknown, {mean(of_all):.2f} % of all pixels"
        if settings is not LASSO:
            yield noted(case, method, f"{mean(of_unknown):.2f} %{more}")
        else:
            yield at_most(case, method, mean(of_unknown), LASSO_GOAL, more=more)
            name = f" ({images[worst].name})"
            yield at_most(case, "the worst image", of_unknown[worst], LASSO_WORST, more=name)


def lasso_error(one: data.Lassoed, settings: Settings) -> tuple[float, float]:
    """Return the wrong pixels in percent of the unknown ones, and of all."""
    result = segmented(read_image(one.path), settings, one.scribbles)
    missed = int(((result.labels == 2) != one.truth)[one.scored].sum())
    return 100 * missed / int(one.scored.sum()), 100 * missed / one.whole


def people_rows(folder: Path) -> Iterator[Row]:
    case = "segments by people"
    images = list(data.judged(folder))
    for count in (2, 3, 4, 6):
        found = _over_all(images, Settings(components=count))
        yield noted(case, f"mixture, K = {count}", said(found))
    maps = [segmented(read_image(one.path), SEGMENTS).labels for one in images]
    method = "auto, field, smoothing 2"
    yield noted(case, f"{method}: classes", said(_agreements(images, maps)))
    found = _agreements(images, [regions(labels) for labels in maps])
    more = " covering; " + said(found)
    yield at_least(case, f"{method}: regions", found.covering, COVERING_GOAL, more=more)


def regions(labels: NDArray[np.uint8]) -> NDArray[np.integer]:
    """Number the connected regions of all classes: people's segments are regions, not classes."""
    return label(labels, background=-1, connectivity=1)


def said(found: Agreement) -> str:
    return (
        f"PRI {found.rand:.3f}, VoI {found.information:.3f} bits, GCE {found.consistency:.3f}, "
        f"covering {found.covering:.3f}"
    )


def _over_all(images: list[data.Judged], settings: Settings) -> Agreement:
    maps = [segmented(read_image(one.path), settings).labels for one in images]
    return _agreements(images, maps)


def _agreements(images: list[data.Judged], maps: list[NDArray[np.integer]]) -> Agreement:
    """Return the mean over the images."""
    each = [agreement(found, one.people) for found, one in zip(maps, images, strict=True)]
    return Agreement(*np.mean(each, axis=0).tolist())
