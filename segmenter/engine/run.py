"""What one run keeps between its steps, and how its findings come back to the pixels."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.mixture import (
    Form,
    by_brightness,
    in_shape,
    most_probable,
    posterior,
    to_file_units,
    to_scaled_units,
)
from segmenter.engine.samples import gather
from segmenter.engine.types import Progress, Result, Stage, Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.iterate import Fit
    from segmenter.engine.settings import Settings
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

    def progress(self, stage: Stage, fit: Fit) -> Progress:
        """Tell how far EM has come."""
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
        if monotonic() - self._preview_time >= PREVIEW_PAUSE:
            labels = most_probable(self._preview_values, mixture, self.form)
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
