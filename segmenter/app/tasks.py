"""What the session has done in the background: generators for the runner.

The engine and the files layer are imported here when they are first needed, on the lane, so that
the window is there before the compiled kernels are.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from segmenter.app.plotted import Highlight
from segmenter.app.pyramid import pyramid_of
from segmenter.app.scribbles import scribbles_of
from segmenter.engine.overlay import fitted_classes
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from segmenter.app.plotted import Lasso
    from segmenter.app.pyramid import Pyramid
    from segmenter.app.scribbles import Scribbles
    from segmenter.app.state import Inputs, State
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.compare import Comparison
    from segmenter.engine.kept import Kept
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image, Progress, Result
    from segmenter.files.recipes import Recipe


class Opened(NamedTuple):
    """An image as read, and as the canvas shows it."""

    image: Image
    shown: Pyramid


class Leftovers:
    """What runs on one image leave to the next, so that a stroke need not repeat them.

    Made anywhere, filled and used on one lane; the plots have the samples of it on another.
    """

    def __init__(self) -> None:
        self._making = Lock()
        self._kept: Kept | None = None

    def kept(self) -> Kept:
        """Return what is kept, as the engine takes it."""
        from segmenter.engine.kept import Kept

        with self._making:
            if self._kept is None:
                self._kept = Kept()
            return self._kept


def read(path: Path, page: int) -> Generator[None, None, Opened]:
    """Read an image file and prepare it for the canvas."""
    from segmenter.files.images import read_image

    image = read_image(path, page=page)
    yield
    return Opened(image, pyramid_of(image))


def read_first(paths: Sequence[Path]) -> Generator[None, None, Opened]:
    """Read the first of some files that can be read; if none can, say why the first cannot."""
    complaints = []
    for path in paths:
        try:
            return (yield from read(path, 0))
        except SegmenterError as complaint:
            complaints.append(complaint)
    raise complaints[0]


def read_recipe(path: Path) -> Generator[None, None, Recipe]:
    """Read the settings and classes of a recipe."""
    from segmenter.files import recipes

    yield
    return recipes.read_recipe(path)


def fit(image: Image, inputs: Inputs, leftovers: Leftovers) -> Generator[Progress, None, Result]:
    """Run the engine, if the memory is there."""
    from segmenter.engine import pipeline
    from segmenter.files.memory import check_memory

    check_memory(image, inputs.settings)
    scribbles = inputs.scribbles.on(image.shape)
    kept = leftovers.kept()
    return (
        yield from pipeline.steps(
            image, inputs.settings, scribbles=scribbles, start=inputs.start, kept=kept
        )
    )


def read_scribbles(path: Path, image: Image) -> Generator[None, None, Scribbles]:
    """Read the scribbles for an image."""
    from segmenter.files import scribbles

    yield
    return scribbles_of(scribbles.read_scribbles(path, image.shape))


def write_scribbles(path: Path, state: State) -> Generator[None, None, Path]:
    """Write the state's scribbles in the colours of its classes."""
    from segmenter.files import scribbles

    assert state.image is not None
    yield
    rows, columns = state.image.shape
    numbers = state.inputs.scribbles.within(range(rows), range(columns))
    scribbles.write_scribbles(path, numbers, state.inputs.classes, source=state.image.path)
    return path


def compare(image: Image, result: Result) -> Generator[None, None, Comparison]:
    """Run k-means beside the result, if the memory is there."""
    from segmenter.engine.compare import beside
    from segmenter.files.memory import check_memory

    yield
    check_memory(image, result.settings, components=len(result.mixture))
    return beside(image, result)


def cloud(image: Image, settings: Settings, leftovers: Leftovers) -> Generator[None, None, Cloud]:
    """Take some pixels, as the mixture sees them, that stand for all."""
    from segmenter.engine.cloud import cloud_of
    from segmenter.files.memory import check_memory

    check_memory(image, settings)
    yield
    _, features, samples = leftovers.kept().gathered(image, settings)
    yield
    return cloud_of(image, features, samples)


def lassoed(cloud: Cloud, lasso: Lasso) -> Generator[None, None, Highlight]:
    """Look which pixels of the image are in a lasso."""
    import numpy as np

    valid = cloud.image.valid
    chunks = []
    for chunk in cloud.inside(lasso.across, lasso.up, np.array(lasso.corners, np.float64)):
        chunks.append(chunk)
        yield
    marked = np.concatenate(chunks).reshape(valid.shape)
    marked.flags.writeable = False
    count = int(marked.sum())
    return Highlight(lasso, cloud, marked, count, count / max(1, int(valid.sum())))


def warm_up() -> Generator[Progress, None, None]:
    """Load or compile the kernels by way of a tiny run."""
    import numpy as np

    from segmenter.engine import pipeline
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image

    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    image = Image(pixels, np.ones((8, 8), bool), ("red", "green", "blue"), 8)
    settings = Settings(components=2, restarts=1, max_iterations=2)
    yield from pipeline.steps(image, settings)
    # What the first stroke needs.
    said = np.zeros(image.shape, np.uint8)
    said[0, 0] = 1
    yield from pipeline.steps(image, settings, scribbles=said)


def export(
    state: State, folder: Path, products: Sequence[str], *, stem: str | None = None
) -> Generator[None, None, list[Path]]:
    """Write the products of the state's result, as it is shown, one file at a time."""
    from segmenter.files.export import products_written

    assert state.image is not None
    assert state.result is not None
    yield
    written = []
    for path in products_written(
        state.result,
        state.image,
        folder,
        tuple(products),
        classes=fitted_classes(state.inputs.classes, state.result.class_count),
        opacity=state.look.opacity,
        stem=stem,
    ):
        written.append(path)
        yield
    return written
