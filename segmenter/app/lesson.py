"""Runs of the real engine on a small sample image, from which EM can be explained."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.display import displayed
from segmenter.engine.outcome import Phase, Stage, Watch
from segmenter.engine.settings import FeatureKind, Settings, Spatial, Start
from segmenter.engine.types import Image

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from segmenter.engine.outcome import Clusters, Progress, Result
    from segmenter.engine.types import Mixture

SIDE = 150  # px, of the thinned sample
TOLD = (0, 1, 3)  # iterations whose E-step is shown; the last is shown as well
POINTS = 1500  # pixels in a scatter
CHANNELS = (0, 2)  # red across, blue up: there the kinds of pixel lie apart
# Two starts on this image of which one ends at a poorer optimum.
GOOD_SEED, POOR_SEED = 2, 0
RGB = (FeatureKind.RGB,)
BASE = Settings(components=3, features=RGB, start=Start.RANDOM, seed=GOOD_SEED)
CHOOSING = Settings(components="auto", most_components=8, features=(FeatureKind.GREY,))
SPATIAL = {
    Spatial.NONE: "The image with much noise, by a plain mixture",
    Spatial.FIELD: "The same by a hidden Markov field",
    Spatial.CHAIN: "The same by a hidden Markov chain",
}
NOISE = 25  # standard deviation, of 255
LOST = 0.5  # share of the pixels that lose their first channel


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A moment of a run, to be painted.

    Parameters
    ----------
    name
        Where on the page it belongs.
    caption
        What it shows.
    shown
        (rows, columns, 3) uint8: the image, or its classes in their colours.
    labels
        (rows, columns) uint8 of the image, 0 is 'no data'; None where `shown` is all there is.
    points, point_labels
        (points, 2) of two channels, and (points,) their classes; None without a scatter.
    mixture
        Whose ellipses are drawn over the points.
    clusters
        Whose centres are drawn over the points.
    """

    name: str
    caption: str
    shown: NDArray[np.uint8]
    labels: NDArray[np.uint8] | None = None
    points: NDArray[np.float64] | None = None
    point_labels: NDArray[np.uint8] | None = None
    mixture: Mixture | None = None
    clusters: Clusters | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """How numbers of components score, the larger the better."""

    name: str
    caption: str
    counts: tuple[int, ...]
    values: tuple[float, ...]


Scenes = tuple[Scene | Scores, ...]


def lesson(path: Path) -> Generator[Scenes, None, Scenes]:
    """Make the scenes of the lesson on an image file; yield those that are there so far."""
    from segmenter.files.images import read_image

    image = thinned(read_image(path))
    scenes: Scenes = ()
    for scene in _told(image):
        scenes = (*scenes, scene)
        yield scenes
    return scenes


def _told(image: Image) -> Iterator[Scene | Scores]:
    """Make one scene after the other."""
    from segmenter.engine.compare import beside
    from segmenter.engine.pipeline import segment

    way, result = _followed(image)
    for name, progress in zip(("first", "second", "third"), way, strict=False):
        yield _scene_of(name, image, progress)
    end = f"The end, after {result.iterations} iterations: {_worth(result.log_likelihoods[-1])}"
    yield _scene("last", end, image, result.labels, mixture=result.mixture)
    poor = segment(image, BASE.model_copy(update={"seed": POOR_SEED}))
    caption = f"Another random start ends elsewhere: {_worth(poor.log_likelihoods[-1])}"
    yield _scene("poor", caption, image, poor.labels, mixture=poor.mixture)
    yield _of_k_means(image, way[-1])
    hard = beside(image, result)
    caption = f"k-means in the end, which differs from EM in {hard.share:.0%} of the pixels"
    yield _scene("k-means", caption, image, hard.labels)
    yield from _mended(image)
    yield _scores(segment(image, CHOOSING))
    noisy = with_noise(image)
    for spatial, caption in SPATIAL.items():
        found = segment(noisy, BASE.model_copy(update={"spatial": spatial}))
        yield _scene(f"by-{spatial.value}", caption, noisy, found.labels)


def _mended(image: Image) -> Iterator[Scene]:
    """Yield an image with holes, and what the mixture expects in them."""
    from segmenter.engine.pipeline import segment
    from segmenter.engine.restore import restored

    damaged = without_red(image)
    yield Scene("damaged", "Half of the pixels have lost their red …", displayed(damaged))
    filled = restored(damaged, segment(damaged, BASE))
    mended = replace(image, pixels=np.asarray(filled, np.uint8))
    yield Scene("mended", "… and the mixture's expectation in its place", displayed(mended))


def thinned(image: Image) -> Image:
    """Return every so many-th pixel, as few as the page has room for."""
    step = -(-max(image.shape) // SIDE)
    every = slice(None, None, step)
    pixels, valid = image.pixels[every, every], image.valid[every, every]
    return Image(pixels.copy(), valid.copy(), image.channel_names, image.bit_depth)


def without_red(image: Image) -> Image:
    """Return the image with the first channel missing in some pixels, drawn by chance."""
    lost = np.random.default_rng(0).random(image.shape) < LOST
    missing = np.zeros(image.pixels.shape, bool)
    missing[..., 0] = lost
    pixels = np.where(missing, np.uint8(0), image.pixels)
    return replace(image, pixels=pixels, missing=missing)


def with_noise(image: Image) -> Image:
    """Return the image with noise, the same every time."""
    noise = np.random.default_rng(0).normal(0, NOISE, image.pixels.shape)
    pixels = np.clip(image.pixels.astype(np.float64) + noise, 0, 255)
    return replace(image, pixels=pixels.astype(np.uint8))


def _followed(image: Image) -> tuple[list[Progress], Result]:
    """Go by half steps to the end; return the E-steps that are told, and the result."""
    from segmenter.engine.pipeline import steps

    told: list[Progress] = []
    going, wish = steps(image, BASE), None
    try:
        while True:
            # Looked at each: else previews would be of earlier steps.
            progress = going.send(wish)  # type: ignore[arg-type]
            wish = Watch.BESIDE if len(told) < len(TOLD) else None
            is_e_step = progress.stage is Stage.FITTING and progress.phase is Phase.E_STEP
            if is_e_step and progress.iteration in TOLD:
                told.append(progress)
    except StopIteration as end:
        result: Result = end.value
        return told, result


def _scene_of(name: str, image: Image, progress: Progress) -> Scene:
    assert progress.preview is not None
    assert progress.log_likelihood is not None
    after = {0: "The start", 1: "After 1 iteration"}
    when = after.get(progress.iteration, f"After {progress.iteration} iterations")
    caption = f"{when}: {_worth(progress.log_likelihood)}"
    return _scene(name, caption, image, progress.preview, mixture=progress.mixture)


def _of_k_means(image: Image, progress: Progress) -> Scene:
    """Return what k-means has made of the start of EM in as many iterations."""
    clusters = progress.beside
    assert clusters is not None
    assert clusters.preview is not None
    when = f"k-means after {clusters.iteration} iterations"
    caption = f"{when}: cost {clusters.costs[0]:.3f} at the start, {clusters.costs[-1]:.3f} here"
    return _scene("hard", caption, image, clusters.preview, clusters=clusters)


def _scene(
    name: str,
    caption: str,
    image: Image,
    labels: NDArray[np.uint8],
    *,
    mixture: Mixture | None = None,
    clusters: Clusters | None = None,
) -> Scene:
    """Return a scene; with ellipses or centres to be drawn there are points beside the classes."""
    points = point_labels = None
    if mixture is not None or clusters is not None:
        every = -(-labels.size // POINTS)
        # An odd step, so that the points do not line up in columns of the image.
        flat = image.pixels.reshape(-1, image.pixels.shape[2])[:: every | 1]
        points, point_labels = flat[:, CHANNELS].astype(np.float64), labels.ravel()[:: every | 1]
    shown = displayed(image)
    return Scene(name, caption, shown, labels, points, point_labels, mixture, clusters)


def _scores(result: Result) -> Scores:
    counts = tuple(len(tried.mixture) for tried in result.candidates)
    values = tuple(tried.bic for tried in result.candidates)
    best = counts[int(np.argmax(values))]
    return Scores(
        "bic",
        f"BIC of every number of components for the grey values: largest at {best}",
        counts,
        values,
    )


def _worth(log_likelihood: float) -> str:
    value = f"{log_likelihood:.3f}".replace("-", "\N{MINUS SIGN}")
    return f"log-likelihood {value} per pixel"
