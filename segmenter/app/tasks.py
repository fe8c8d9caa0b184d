"""What the session has done in the background: generators for the runner.

The engine and the files layer are imported here when they are first needed, on the lane, so that
the window is there before the compiled kernels are.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from segmenter.app.classes import classes_of
from segmenter.app.light import Corrected
from segmenter.app.plotted import Highlight
from segmenter.app.pyramid import pyramid_of
from segmenter.app.scribbles import scribbles_of
from segmenter.engine.styles import result_classes
from segmenter.engine.types import SegmenterError
from segmenter.files.names import printable

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from segmenter.app.plotted import Lasso
    from segmenter.app.pyramid import Pyramid
    from segmenter.app.scribbles import Scribbles
    from segmenter.app.sides import Compared, Question
    from segmenter.app.state import Inputs, State
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.explanation import Explanation
    from segmenter.engine.kept import Kept
    from segmenter.engine.outcome import Progress, Result
    from segmenter.engine.regions import Regions
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image
    from segmenter.files.recipes import Recipe


PAUSES, PAUSE_SECONDS = 10, 0.02
"""So long a choice rests before much is made of it."""


class Opened(NamedTuple):
    """An image as read, and as the canvas shows it."""

    image: Image
    shown: Pyramid


class Drawn(NamedTuple):
    """A file of scribbles that was written, with what of which image is in it."""

    path: Path
    image: Image
    scribbles: Scribbles


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


def read_beside(path: Path, steps: int) -> Generator[None, None, Opened]:
    """Read the next image after one in its folder (or before it, if negative) that can be read."""
    from segmenter.files.beside import images_beside

    others = images_beside(path)
    yield
    # The image itself may be gone.
    after = [other for other in others if (other > path) == (steps > 0)]
    if path in others:
        place = others.index(path)
        after = others[place + 1 :] if steps > 0 else others[:place]
    if not after:
        where = "after" if steps > 0 else "before"
        raise SegmenterError(f"There is no image {where} {printable(path.name)} in its folder.")
    return (yield from read_first(after[:: 1 if steps > 0 else -1]))


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


def write_scribbles(path: Path, state: State) -> Generator[None, None, Drawn]:
    """Write the state's scribbles in the colours of its classes."""
    from segmenter.files import scribbles

    assert state.image is not None
    yield
    rows, columns = state.image.shape
    numbers = state.inputs.scribbles.within(range(rows), range(columns))
    scribbles.write_scribbles(path, numbers, classes_of(state), source=state.image.path)
    return Drawn(path, state.image, state.inputs.scribbles)


def compare(question: Question, known: Compared | None) -> Generator[None, None, Compared]:
    """Make the label maps of the divider's sides, and say where they differ."""
    from segmenter.app import label_maps

    return (yield from label_maps.compare(question, known))


def correct(image: Image, result: Result) -> Generator[None, None, Corrected]:
    """Take the light of a result out of its image, and prepare that for the canvas."""
    from dataclasses import replace

    import numpy as np

    from segmenter.engine.corrected import corrected
    from segmenter.engine.missing import known, masked

    yield
    pixels = corrected(image, result)
    yield
    seen = masked(image, result.settings)
    # What the settings call missing is no number in the pixels of some types.
    pixels = np.where(known(seen), pixels, pixels.dtype.type(0))
    shown = pyramid_of(replace(seen, pixels=pixels))
    return Corrected(result, shown)


def finish(shown: Pyramid) -> Generator[None, None, Pyramid]:
    """Make the copies of an image in the shades that are shown, if no others follow soon."""
    from time import sleep

    for _ in range(PAUSES):
        sleep(PAUSE_SECONDS)
        yield
    return (yield from shown.finishing())


def list_regions(image: Image, result: Result) -> Generator[None, None, Regions]:
    """Find and measure the regions of the result."""
    from segmenter.engine.regions import measuring
    from segmenter.files.memory import check_memory_of_regions

    check_memory_of_regions(image)
    yield
    return (yield from measuring(image, result))


def write_regions(path: Path, state: State) -> Generator[None, None, Path]:
    """Write the table of the listed regions of the chosen class."""
    from segmenter.files import region_table

    regions, number = state.regions, state.look.chosen
    assert regions is not None
    assert state.image is not None
    assert state.result is not None
    classes = result_classes(state.result, state.inputs.classes)
    yield
    region_table.write_regions(path, regions, classes, number=number, source=state.image.path)
    return path


def explain(
    image: Image, result: Result, place: tuple[int, int], leftovers: Leftovers
) -> Generator[None, None, Explanation | None]:
    """Say why a pixel has its class; on the lane that fits, because of what runs leave."""
    from segmenter.engine import explain as explaining
    from segmenter.files.memory import check_memory

    kept = leftovers.kept()
    if not kept.has(image, result.settings):
        check_memory(image, result.settings, components=len(result.mixture))
    yield
    return explaining.explain(image, result, place, kept=kept)


def cloud(image: Image, settings: Settings, leftovers: Leftovers) -> Generator[None, None, Cloud]:
    """Take some pixels, as the mixture sees them, that stand for all."""
    from segmenter.engine.cloud import cloud_of
    from segmenter.files.memory import check_memory

    kept = leftovers.kept()
    if not kept.has(image, settings):
        check_memory(image, settings)
    yield
    _, features, samples = kept.looked_at(image, settings)
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
    from segmenter.engine.specks import without_specks
    from segmenter.engine.types import Image

    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    image = Image(pixels, np.ones((8, 8), bool), ("red", "green", "blue"), 8)
    settings = Settings(components=2, restarts=1, max_iterations=2)
    yield from pipeline.steps(image, settings)
    # What the first outlines need.
    without_specks(np.ones((2, 2), np.uint8), 9, 1)
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
        classes=result_classes(state.result, state.inputs.classes),
        opacity=state.look.opacity,
        display=state.look.display,
        grey_image=state.look.grey_image,
        stem=stem,
    ):
        written.append(path)
        yield
    return written
