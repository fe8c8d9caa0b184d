"""The way from an image to its classes, as a generator that everyone drives."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.cleanup import cleaning, is_cleaned
from segmenter.engine.driven import last_of
from segmenter.engine.missing import told_apart
from segmenter.engine.outcome import Enough, Progress, Result, Stage, Stop
from segmenter.engine.scribbles import checked
from segmenter.engine.settings import Settings
from segmenter.engine.types import Image, SegmenterError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import ArrayLike, NDArray

    from segmenter.engine.kept import Kept
    from segmenter.engine.run import Run
    from segmenter.engine.types import Mixture

    Classify = Callable[..., Generator[Progress, None, Result]]


def segment(
    image: Image | ArrayLike,
    settings: Settings | None = None,
    *,
    scribbles: NDArray[np.generic] | None = None,
) -> Result:
    """Segment an image in one call; `steps` to the end.

    Parameters
    ----------
    image
        An `Image`, or an array (rows, columns) or (rows, columns, channels).
    scribbles
        (rows, columns) class numbers from 1 where the user has said them, else 0.
    """
    known = image if isinstance(image, Image) else image_of(image)
    return finish(steps(known, settings or Settings(), scribbles=scribbles))


def finish(steps_left: Generator[Progress, None, Result]) -> Result:
    """Drive a run to its end and return its result."""
    return last_of(steps_left)


def image_of(array: ArrayLike) -> Image:
    """Make an image of (rows, columns) or (rows, columns, channels) numbers.

    Three channels are red, green and blue. NaN and infinite values are missing; pixels of nothing
    else are 'no data'.
    """
    pixels = np.array(array)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    if pixels.ndim != 3 or 0 in pixels.shape or pixels.dtype.kind not in "buif":
        raise SegmenterError(
            f"An array of shape {np.shape(array)} and type {pixels.dtype} is no image. "
            "Give numbers of shape (rows, columns) or (rows, columns, channels)."
        )
    if pixels.dtype.kind == "b":
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    kind, bits = pixels.dtype.kind, pixels.dtype.itemsize * 8
    lacking = ~np.isfinite(pixels) if kind == "f" else None
    native = pixels.astype(pixels.dtype.newbyteorder("="), order="C", copy=False)
    pixels, valid, missing = told_apart(native, lacking)
    bit_depth = {"f": max(32, bits), "i": bits - 1, "u": bits}[kind]
    names = channel_names(pixels.shape[2])
    return Image(pixels, valid, names, bit_depth, missing=missing)


def channel_names(count: int) -> tuple[str, ...]:
    """Return the names of `count` channels of which nothing is known but their number."""
    if count == 1:
        return ("grey",)
    if count == 3:
        return ("red", "green", "blue")
    return tuple(f"channel {c + 1}" for c in range(count))


def steps(
    image: Image,
    settings: Settings,
    *,
    scribbles: NDArray[np.generic] | None = None,
    start: Mixture | None = None,
    kept: Kept | None = None,
) -> Generator[Progress, None, Result]:
    """Segment an image step by step.

    To cancel, stop asking. To end early and keep the best so far, throw `Enough` into it; before
    there is anything to keep, that comes out again. Send a `Watch` in place of `next` for a
    progress whose preview is that of its very step, or that has k-means beside it; else previews
    are made 30 times a second at most.

    Parameters
    ----------
    scribbles
        (rows, columns) class numbers from 1 where the user has said them, else 0.
    start
        A mixture, in the file's units, from which EM goes on; None: look for a start.
    kept
        What the run before has left; given again and again, each run takes over what it can.

    Yields
    ------
    A `Progress` after every step: preparing, features, every round of the search for a start, every
    half step of EM.

    Raises
    ------
    SegmenterError
        When the image has no data or does not suit the settings, or the scribbles not the image.
    """
    yield Progress(Stage.PREPARING)
    said = checked(scribbles, image.shape)
    run_of, classify = _prepared(image, settings, has_scribbles=bool(said.any()))

    watch = yield Progress(Stage.FEATURES)
    known = None if kept is None else kept.labelled(image, settings, said, start)
    if known is None:
        asked = settings.at_most if start is None else len(start)
        run = run_of(image, settings, asked=asked, scribbles=said, kept=kept)
        run.watch = watch
        plain = yield from (run.plain() if start is None else run.plain_from(start))
        known = yield from classify(run, plain)
        if kept is not None:
            kept.keep_labelled(image, settings, said, start, known)
    return (yield from _cleaned(known, settings, said))


def label(
    image: Image,
    settings: Settings,
    mixture: Mixture,
    *,
    scribbles: NDArray[np.generic] | None = None,
    log_likelihoods: tuple[float, ...] = (),
    stopped: Stop = Stop.CONVERGED,
) -> Generator[Progress, None, Result]:
    """Label an image with a mixture as it is; EM finds only what a spatial model needs beside it.

    Parameters
    ----------
    mixture
        In the file's units, on the features that the settings choose.
    scribbles
        As in `steps`.
    log_likelihoods, stopped
        What the result will say of the run that led to the mixture; with none, the log-likelihood
        of this image.
    """
    yield Progress(Stage.PREPARING)
    said = checked(scribbles, image.shape)
    run_of, classify = _prepared(image, settings, has_scribbles=bool(said.any()))

    yield Progress(Stage.FEATURES)
    run = run_of(image, settings, asked=len(mixture), scribbles=said)
    plain = yield from run.as_it_is(mixture, log_likelihoods, stopped)
    found = yield from classify(run, plain, learns=False)
    return (yield from _cleaned(found, settings, said))


def _cleaned(
    result: Result, settings: Settings, said: NDArray[np.uint8]
) -> Generator[Progress, None, Result]:
    """Clean the label map up, if that is asked for."""
    from segmenter.engine.previews import preview_step  # noqa: PLC0415 - compiles

    if not is_cleaned(settings):
        # What is known may be that of a run with clean-up.
        return result if result.settings == settings else replace(result, settings=settings)
    step = preview_step(result.labels.shape)
    under_way = cleaning(result, settings, said)
    while True:
        try:
            labels = next(under_way)
        except StopIteration as end:
            cleaned: Result = end.value
            return cleaned
        shown = np.ascontiguousarray(labels[::step, ::step])
        # Who has had enough gets the labels all the same: they are all that is left to do.
        with suppress(Enough):
            yield Progress(Stage.CLEANING, 0, 0, result.log_likelihoods, result.mixture, shown)


def _prepared(
    image: Image, settings: Settings, *, has_scribbles: bool
) -> tuple[type[Run], Classify]:
    """Compile or load the kernels of a run, which takes seconds the first time."""
    from segmenter.engine import emission, mixture, priors  # noqa: PLC0415
    from segmenter.engine.chosen_features import feature_count  # noqa: PLC0415
    from segmenter.engine.classify import classify, is_plain  # noqa: PLC0415
    from segmenter.engine.run import Run  # noqa: PLC0415

    most = feature_count(image, settings)
    may_lack = image.missing is not None or settings.no_data is not None or settings.saturated
    over_classes = not is_plain(settings, has_scribbles=has_scribbles)
    for features in {1, most} if may_lack else {most}:
        mixture.compiled_for(features)
        if over_classes or may_lack:
            emission.compiled_for(features)
    if over_classes:
        priors.compiled_for(settings.spatial)
    return Run, classify
