"""What one run keeps between its steps, and how its findings come back to the pixels."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.kernels.merging import given_back
from segmenter.engine.maximise import Form, in_shape
from segmenter.engine.mixture import posterior
from segmenter.engine.samples import gather
from segmenter.engine.scaling import by_brightness, to_file_units, to_scaled_units
from segmenter.engine.starts import starts
from segmenter.engine.types import Enough, Progress, Result, Stage, Stop

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.settings import Settings
    from segmenter.engine.starts import Search
    from segmenter.engine.types import Image, Mixture, Samples

PREVIEW_SIDE = 512  # px
PREVIEW_PAUSE = 1 / 30  # seconds between two previews: the eye needs no more


class Run:
    """Features, samples and the newest preview of one run.

    Parameters
    ----------
    asked
        How many components were asked for.
    """

    def __init__(self, image: Image, settings: Settings, *, asked: int) -> None:
        self.image, self.settings, self._asked = image, settings, asked
        self.features, self.samples = gather(image, settings)
        self.form = Form(settings.covariance, self.features.noise, self.features.weight)
        # log-densities per unit of the file, not per scaled unit
        self._log_scale = float(self.features.weight @ np.log(self.features.scale))
        self._preview: NDArray[np.uint8] | None = None
        self._preview_time = -np.inf
        self._preview_index, self._preview_values = _preview_samples(self.samples, image.shape)

    def in_scaled_units(self, mixture: Mixture) -> Mixture:
        """Return a mixture in the file's units as EM on these samples takes it."""
        return in_shape(to_scaled_units(mixture, self.features), self.form)

    def in_file_units(self, log_likelihoods: tuple[float, ...]) -> tuple[float, ...]:
        """Return log-likelihoods per pixel of the unscaled features."""
        return tuple(value - self._log_scale for value in log_likelihoods)

    def begun(self, start: Mixture) -> Fit:
        """Return a mixture in the file's units as the beginning of EM."""
        return Fit(self.in_scaled_units(start), ())

    def search(self) -> Generator[Progress, None, Fit]:
        """Look for a start and show the best so far; when that is `Enough`, it is the result."""
        searching = starts(self.samples, self.form, self.settings)
        best: Fit | None = None
        try:
            while True:
                search = next(searching)
                best = search.best
                yield self._searched(search)
        except StopIteration as end:
            fit: Fit = end.value
            return fit
        except Enough:
            if best is None:
                raise
            return Fit(best.mixture, (), Stop.CANCELLED)

    def climb(self, begun: Fit) -> Generator[Progress, None, Fit]:
        """Run EM from where the search came, and show it; end when that is `Enough`."""
        # The last value is that of the mixture with which EM goes on, which computes it again.
        known = begun.log_likelihoods[:-1]
        fit = begun
        climbing = iterate(
            self.samples, begun.mixture, self.form,
            limit=max(0, self.settings.max_iterations - len(known)),
            tolerance=self.settings.tolerance,
        )  # fmt: skip
        try:
            while True:
                fit = _continued(known, next(climbing))
                yield self._climbed(Stage.FITTING, fit)
        except StopIteration as end:
            return _continued(known, end.value)
        except Enough:
            return replace(fit, stopped=Stop.CANCELLED)

    def finish(self, fit: Fit) -> Generator[Progress, None, Result]:
        """Label every pixel by the mixture of a fit that has stopped."""
        stopped = fit.stopped
        assert stopped is not None
        self._preview_time = -np.inf  # the last preview shows what the labels will be
        # Who has had enough gets the labels all the same: they are all that is left to do.
        with suppress(Enough):
            yield self._climbed(Stage.LABELLING, fit)
        return self.result(fit.mixture, self.in_file_units(fit.log_likelihoods), stopped)

    def _searched(self, search: Search) -> Progress:
        found = Progress(Stage.STARTS, search.done, search.tries)
        if search.best is None:
            return found
        mixture = by_brightness(search.best.mixture, self.features)
        return replace(
            found,
            log_likelihoods=self.in_file_units(search.best.log_likelihoods[-1:]),
            mixture=to_file_units(mixture, self.features),
            preview=self._newest_preview(mixture),
        )

    def _climbed(self, stage: Stage, fit: Fit) -> Progress:
        mixture = by_brightness(fit.mixture, self.features)
        return Progress(
            stage,
            fit.iteration,
            self.settings.max_iterations,
            self.in_file_units(fit.log_likelihoods),
            to_file_units(mixture, self.features),
            self._newest_preview(mixture),
        )

    def _newest_preview(self, mixture: Mixture) -> NDArray[np.uint8] | None:
        if monotonic() - self._preview_time >= PREVIEW_PAUSE:
            labels = posterior(self._preview_values, mixture, self.form).labels
            self._preview = np.append(labels + np.uint8(1), np.uint8(0))[self._preview_index]
            self._preview.flags.writeable = False
            self._preview_time = monotonic()
        return self._preview

    def result(self, mixture: Mixture, log_likelihoods: tuple[float, ...], stopped: Stop) -> Result:
        """Label every pixel by a mixture in scaled units; log-likelihoods in the file's units."""
        ordered = by_brightness(mixture, self.features)
        found = posterior(self.samples.values, ordered, self.form)
        numbers = found.labels + np.uint8(1)
        index = self.samples.index
        labels = numbers.reshape(self.image.shape) if index is None else given_back(numbers, index)
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
            notes=(*self.image.notes, *self._notes(len(ordered))),
        )

    def _notes(self, found: int) -> tuple[str, ...]:
        asked, notes = self._asked, []
        if found < asked:
            distinct = self.samples.values.shape[1]
            why = (
                f"the image has only {distinct} distinct value(s)"
                if distinct < asked
                else "the others became empty and were dropped"
            )
            notes.append(f"{found} of {asked} components: {why}.")
        missing = self.image.valid.size - int(np.count_nonzero(self.image.valid))
        if missing:
            notes.append(f"{missing} pixel(s) without data have label 0.")
        return tuple(notes)


def _continued(known: tuple[float, ...], fit: Fit) -> Fit:
    return replace(fit, log_likelihoods=(*known, *fit.log_likelihoods))


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
