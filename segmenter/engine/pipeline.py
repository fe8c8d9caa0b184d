"""The way from an image to its classes, as a generator that everyone drives."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.settings import Settings
from segmenter.engine.types import Image, Progress, Result, SegmenterError, Stage, Stop

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import ArrayLike, NDArray

    from segmenter.engine.iterate import Fit
    from segmenter.engine.types import Mixture, Samples

PREVIEW_SIDE = 512  # px
PREVIEW_PAUSE = 1 / 30  # seconds between two previews: the eye needs no more


def segment(image: Image | ArrayLike, settings: Settings | None = None) -> Result:
    """Segment an image in one call; `steps` to the end.

    Parameters
    ----------
    image
        An `Image`, or an array (rows, columns) or (rows, columns, channels).
    """
    known = image if isinstance(image, Image) else image_of(image)
    return finish(steps(known, settings or Settings()))


def finish(run: Generator[Progress, None, Result]) -> Result:
    """Drive a run to its end and return its result."""
    while True:
        try:
            next(run)
        except StopIteration as end:
            result: Result = end.value
            return result


def image_of(array: ArrayLike) -> Image:
    """Make an image of (rows, columns) or (rows, columns, channels) numbers.

    Three channels are red, green and blue. NaN and infinite pixels are 'no data'.
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
    valid = np.isfinite(pixels).all(axis=2)
    pixels = np.ascontiguousarray(np.where(valid[:, :, None], pixels, pixels.dtype.type(0)))
    kind, bits = pixels.dtype.kind, pixels.dtype.itemsize * 8
    bit_depth = {"f": max(32, bits), "i": bits - 1, "u": bits}[kind]
    return Image(pixels, valid, channel_names(pixels.shape[2]), bit_depth)


def channel_names(count: int) -> tuple[str, ...]:
    """Return the names of `count` channels of which nothing is known but their number."""
    if count == 1:
        return ("grey",)
    if count == 3:
        return ("red", "green", "blue")
    return tuple(f"channel {c + 1}" for c in range(count))


def steps(
    image: Image, settings: Settings, *, start: Mixture | None = None
) -> Generator[Progress, None, Result]:
    """Segment an image step by step; to cancel, stop asking.

    Parameters
    ----------
    start
        A mixture, in the file's units, from which EM goes on; None: look for a start.

    Yields
    ------
    A `Progress` after every step: preparing, features, every start tried, every EM iteration.

    Raises
    ------
    SegmenterError
        When the image has no data or does not suit the settings.
    """
    yield Progress(Stage.PREPARING)
    # Compiles or loads the kernels, which takes seconds the first time.
    from segmenter.engine.iterate import iterate  # noqa: PLC0415
    from segmenter.engine.mixture import by_brightness, to_scaled_units  # noqa: PLC0415
    from segmenter.engine.starts import starts  # noqa: PLC0415

    yield Progress(Stage.FEATURES)
    work = _Work(image, settings, asked=settings.components if start is None else len(start))
    if start is None:
        search = starts(
            work.samples, work.form, components=settings.components,
            restarts=settings.restarts, seed=settings.seed,
        )  # fmt: skip
        mixture = yield from _shown_starts(search)
    else:
        mixture = to_scaled_units(start, work.features)
    mixture = by_brightness(mixture, work.features)
    fit: Fit = yield from _shown_fit(
        work,
        iterate(
            work.samples, mixture, work.form,
            limit=settings.max_iterations, tolerance=settings.tolerance,
        ),
    )  # fmt: skip
    fit = replace(fit, mixture=by_brightness(fit.mixture, work.features))
    yield work.progress(Stage.LABELLING, fit)
    assert fit.stopped is not None
    return work.result(fit.mixture, work.in_file_units(fit.log_likelihoods), fit.stopped)


def label(
    image: Image,
    settings: Settings,
    mixture: Mixture,
    *,
    log_likelihoods: tuple[float, ...] = (),
    stopped: Stop = Stop.CONVERGED,
) -> Generator[Progress, None, Result]:
    """Label an image with a mixture as it is, without EM.

    Parameters
    ----------
    mixture
        In the file's units, on the features that the settings choose.
    log_likelihoods, stopped
        What the result will say of the run that led to the mixture; with none, the log-likelihood
        of this image.
    """
    yield Progress(Stage.PREPARING)
    from segmenter.engine.mixture import to_scaled_units  # noqa: PLC0415

    yield Progress(Stage.FEATURES)
    work = _Work(image, settings, asked=len(mixture))
    yield Progress(Stage.LABELLING)
    return work.result(to_scaled_units(mixture, work.features), log_likelihoods, stopped)


def _shown_starts(
    search: Generator[tuple[int, int], None, Mixture],
) -> Generator[Progress, None, Mixture]:
    while True:
        try:
            done, tries = next(search)
        except StopIteration as end:
            mixture: Mixture = end.value
            return mixture
        yield Progress(Stage.STARTS, done, tries)


def _shown_fit(work: _Work, fitting: Generator[Fit, None, Fit]) -> Generator[Progress, None, Fit]:
    while True:
        try:
            fit = next(fitting)
        except StopIteration as end:
            last: Fit = end.value
            return last
        yield work.progress(Stage.FITTING, fit)


class _Work:
    """What one run keeps between its steps: features, samples, and the newest preview."""

    def __init__(self, image: Image, settings: Settings, *, asked: int) -> None:
        from segmenter.engine.mixture import Form  # noqa: PLC0415
        from segmenter.engine.samples import gather  # noqa: PLC0415

        self.image, self.settings, self._asked = image, settings, asked
        self.features, self.samples = gather(image, settings)
        self.form = Form(settings.covariance, self.features.noise, self.features.weight)
        # log-densities per unit of the file, not per scaled unit
        self._log_scale = float(self.features.weight @ np.log(self.features.scale))
        self._preview: NDArray[np.uint8] | None = None
        self._preview_time = -np.inf
        self._preview_index, self._preview_values = _preview_samples(self.samples, image.shape)

    def in_file_units(self, log_likelihoods: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(value - self._log_scale for value in log_likelihoods)

    def progress(self, stage: Stage, fit: Fit) -> Progress:
        from segmenter.engine.mixture import to_file_units  # noqa: PLC0415

        if stage is Stage.LABELLING:
            self._preview_time = -np.inf  # the last preview shows what the labels will be
        return Progress(
            stage,
            fit.iteration,
            self.settings.max_iterations,
            fit.log_likelihoods[-1] - self._log_scale,
            to_file_units(fit.mixture, self.features),
            self._newest_preview(fit.mixture),
        )

    def _newest_preview(self, mixture: Mixture) -> NDArray[np.uint8] | None:
        from segmenter.engine.mixture import most_probable  # noqa: PLC0415

        if monotonic() - self._preview_time >= PREVIEW_PAUSE:
            labels = most_probable(self._preview_values, mixture, self.form)
            self._preview = np.append(labels + np.uint8(1), np.uint8(0))[self._preview_index]
            self._preview.flags.writeable = False
            self._preview_time = monotonic()
        return self._preview

    def result(self, mixture: Mixture, log_likelihoods: tuple[float, ...], stopped: Stop) -> Result:
        from segmenter.engine.mixture import by_brightness, posterior, to_file_units  # noqa: PLC0415

        ordered = by_brightness(mixture, self.features)
        found = posterior(self.samples.values, ordered, self.form)
        numbers = found.labels + np.uint8(1)
        index = self.samples.index
        if index is None:
            labels = numbers.reshape(self.image.shape)
        else:
            # The extra last entry is what index -1 reads: no data.
            labels = np.append(numbers, np.uint8(0))[index]
        if not log_likelihoods:
            mean = float(np.average(found.log_densities, weights=self.samples.weights))
            log_likelihoods = (mean - self._log_scale,)
        return Result(
            labels=labels,
            responsibilities=found.responsibilities,
            index=index,
            mixture=to_file_units(ordered, self.features),
            settings=self.settings,
            log_likelihoods=log_likelihoods,
            stopped=stopped,
            notes=(*self.image.notes, *self._notes(len(ordered), labels)),
        )

    def _notes(self, found: int, labels: NDArray[np.uint8]) -> tuple[str, ...]:
        asked, notes = self._asked, []
        if found < asked:
            distinct = self.samples.values.shape[1]
            why = (
                f"the image has only {distinct} distinct value(s)"
                if distinct < asked
                else "the others became empty and were dropped"
            )
            notes.append(f"{found} of {asked} components: {why}.")
        missing = int((labels == 0).sum())
        if missing:
            notes.append(f"{missing} pixel(s) without data have label 0.")
        return tuple(notes)


def _preview_samples(
    samples: Samples, shape: tuple[int, int]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return (rows, columns) places in the (features, n) values of the pixels of a preview."""
    step = -(-max(shape) // PREVIEW_SIDE)
    index = samples.index
    if index is None:
        index = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
    thinned = index[::step, ::step]
    used, places = np.unique(thinned, return_inverse=True)
    if used[0] == -1:
        used, places = used[1:], places - 1
    numbers = np.asarray(places, np.int32).reshape(thinned.shape)
    return numbers, np.ascontiguousarray(samples.values[:, used])
