"""What the session has done in the background: generators for the runner.

The engine and the files layer are imported here when they are first needed, on the lane, so that
the window is there before the compiled kernels are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from segmenter.engine.overlay import displayed
from segmenter.engine.types import Stage, Stop

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.app.state import State
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image, Progress, Result


class Opened(NamedTuple):
    """An image as read, and as the eye sees it."""

    image: Image
    shown: NDArray[np.uint8]


class Moment(NamedTuple):
    """A progress and every log-likelihood per pixel up to it."""

    progress: Progress
    curve: tuple[float, ...]


def read(path: Path, page: int) -> Generator[None, None, Opened]:
    """Read an image file and prepare it for the eye."""
    from segmenter.files.images import read_image

    image = read_image(path, page=page)
    yield
    return Opened(image, displayed(image))


def fit(image: Image, settings: Settings) -> Generator[Moment, None, Result]:
    """Run the engine; no iteration's log-likelihood is lost, however few moments are looked at."""
    from segmenter.engine import pipeline

    return (yield from _followed(pipeline.steps(image, settings)))


def label(image: Image, settings: Settings, best: Moment) -> Generator[Moment, None, Result]:
    """Label the image with the mixture of a run that was stopped."""
    from segmenter.engine import pipeline

    mixture = best.progress.mixture
    assert mixture is not None
    steps = pipeline.label(
        image, settings, mixture, log_likelihoods=best.curve, stopped=Stop.CANCELLED
    )
    return (yield from _followed(steps, best.curve))


def warm_up() -> Generator[None, None, None]:
    """Load or compile the kernels by way of a tiny run."""
    import numpy as np

    from segmenter.engine import pipeline
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image

    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    image = Image(pixels, np.ones((8, 8), bool), ("red", "green", "blue"), 8)
    for _ in pipeline.steps(image, Settings(components=2, restarts=1, max_iterations=2)):
        yield


def export(
    state: State, folder: Path, products: Sequence[str], *, stem: str | None = None
) -> Generator[None, None, list[Path]]:
    """Write the products of the state's result, as it is shown."""
    from segmenter.files.export import write_products

    assert state.image is not None
    assert state.result is not None
    yield
    return list(
        write_products(
            state.result,
            state.image,
            folder,
            products=tuple(products),
            classes=state.inputs.classes,
            opacity=state.look.opacity,
            stem=stem,
        )
    )


def _followed(
    steps: Generator[Progress, None, Result], curve: tuple[float, ...] = ()
) -> Generator[Moment, None, Result]:
    values = list(curve)
    try:
        while True:
            progress = next(steps)
            if progress.stage is Stage.FITTING and progress.log_likelihood is not None:
                values.append(progress.log_likelihood)
            yield Moment(progress, tuple(values))
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        steps.close()
