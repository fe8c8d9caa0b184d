"""A run as it is looked at: its samples, its progress and its previews."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.beside import Beside
from segmenter.engine.emission import likeliest_classes
from segmenter.engine.kept import Kept
from segmenter.engine.maximise import Form, in_shape
from segmenter.engine.mixture import class_posterior
from segmenter.engine.outcome import Phase, Progress, Stage, Watch
from segmenter.engine.previews import preview_samples, preview_step
from segmenter.engine.samples import on_pixels
from segmenter.engine.scaling import (
    by_brightness,
    log_scale,
    order_of_classes,
    to_file_units,
    to_scaled_units,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from segmenter.engine.evening import Evened
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Image, Mixture

PREVIEW_PAUSE = 1 / 30  # seconds between two previews: the eye needs no more


class Watched:
    """Features, samples and the newest preview of one run.

    Parameters
    ----------
    scribbles
        (rows, columns) uint8 class numbers from 1, 0 where nothing is said.
    """

    def __init__(
        self,
        image: Image,
        settings: Settings,
        *,
        scribbles: NDArray[np.uint8],
        kept: Kept | None = None,
    ) -> None:
        self.settings, self.scribbles = settings, scribbles
        self._kept = kept or Kept()
        self.image, self.features, self.samples = self._kept.gathered(image, settings)
        self.form = Form(settings.covariance, self.features.noise, self.features.weight)
        # log-densities per unit of the file, not per scaled unit
        self.log_scale = log_scale(self.features, self.samples)
        self.preview: NDArray[np.uint8] | None = None
        # How someone looks at every step; None: nobody does.
        self.watch: Watch | None = None
        self._beside: Beside | None = None
        self._preview_time = -np.inf
        self._preview_index, self._preview_samples = preview_samples(self.samples, image.shape)
        self.evened: Evened | None = None
        # What EM began with: it numbers the classes until EM is done.
        self._begun: Mixture | None = None
        # Whether the classes are those of a mixture that was given, not numbered by brightness.
        self._is_given = False

    @property
    def is_watched(self) -> bool:
        """Whether someone looks at every step, so that every preview must be that of its step."""
        return self.watch is not None

    def in_scaled_units(self, mixture: Mixture) -> Mixture:
        """Return a mixture in the file's units as EM on these samples takes it."""
        return in_shape(to_scaled_units(mixture, self.features), self.form)

    def in_file_units(self, log_likelihoods: tuple[float, ...]) -> tuple[float, ...]:
        """Return log-likelihoods per pixel of the unscaled features."""
        return tuple(value - self.log_scale for value in log_likelihoods)

    def ordered(self, mixture: Mixture) -> Mixture:
        """Return the mixture with its classes numbered by brightness."""
        order = order_of_classes(mixture, self.features)
        return replace(mixture, classes=np.argsort(order)[mixture.classes])

    def in_order(self, mixture: Mixture, *, of: Mixture | None = None) -> Mixture:
        """Return the mixture with its classes in the order in which they are shown.

        That of a mixture that was given, or by brightness: its own, or that `of` another mixture if
        it has the same components.
        """
        if self._is_given:
            return mixture
        is_alike = of is not None and len(of) == len(mixture)
        return by_brightness(mixture, self.features, of=of if is_alike else None)

    def numbered_as(self, mixture: Mixture) -> Mixture:
        """Return the mixture by whose brightness the classes are numbered while EM is under way.

        It is the one with which EM began, as long as it has the same components: a class that
        becomes darker than another keeps its number, and its colour.
        """
        is_alike = self._begun is not None and len(self._begun) == len(mixture)
        return self._begun if self._begun is not None and is_alike else mixture

    def most_probable(self, mixture: Mixture) -> NDArray[np.uint8]:
        """Return the (rows, columns) class numbers that the values alone speak for."""
        numbers = likeliest_classes(self.samples, mixture, self.form)
        return on_pixels(numbers, self.samples.index, self.image.shape)

    def go_on_with(self, evened: Evened | None) -> None:
        """Take the samples in even light, if they have been evened."""
        if evened is not None:
            self.evened, self.samples = evened, evened.samples
            shape = self.image.shape
            self._preview_index, self._preview_samples = preview_samples(self.samples, shape)

    # ---- What there is to see ---------------------------------------------------------------

    def shown(self, progress: Progress) -> Generator[Progress, Watch | None, None]:
        """Yield a progress, and hear how the step that follows is looked at.

        Who asks for k-means beside a step that was shown without it gets the same step with it,
        and again as long as k-means catches up.
        """
        if self._beside is not None:
            self._beside.follow(progress.phase)
        while True:
            is_asked = self.watch is Watch.BESIDE
            if is_asked and self._beside is not None:
                progress = replace(progress, beside=self._beside.clusters())
            self.watch = yield progress
            is_behind = progress.beside is not None and progress.beside.is_behind
            if self.watch is not Watch.BESIDE or (is_asked and not is_behind):
                return

    def leave_beside(self) -> None:
        """Let nothing go beside what follows: it is not what k-means began with."""
        self._beside = None

    def begin_beside(self, mixture: Mixture, *, is_numbered: bool) -> None:
        """Let k-means begin anew with EM, from the same mixture in scaled units, as `Beside`."""
        self._beside = Beside(
            self.samples, self.features, mixture, self.image.shape, is_numbered=is_numbered
        )

    def set_out(
        self, stage: Stage, mixture: Mixture, known: tuple[float, ...]
    ) -> Generator[Progress, Watch | None, None]:
        """Show a mixture that EM has not evaluated yet."""
        self._begun = mixture
        self.begin_beside(mixture, is_numbered=self._is_given)
        limit, values = self.settings.max_iterations, self.in_file_units(known)
        reached = to_file_units(self.in_order(mixture), self.features)
        yield from self.shown(Progress(stage, len(known), limit, values, reached, self.preview))

    def progress(
        self,
        stage: Stage,
        mixture: Mixture,
        log_likelihoods: tuple[float, ...],
        labels_every: Callable[[int], NDArray[np.uint8]] | None = None,
    ) -> Progress:
        """Return how far the run has come.

        Parameters
        ----------
        mixture, log_likelihoods
            In scaled units.
        labels_every
            Returns the labels, from 0, of every so many-th row and column; None: the mixture's.
        """
        if labels_every is None:
            mixture = self.in_order(mixture)
        return Progress(
            stage,
            max(0, len(log_likelihoods) - 1),
            self.settings.max_iterations,
            self.in_file_units(log_likelihoods),
            to_file_units(mixture, self.features),
            self.newest_preview(mixture, labels_every),
            Phase.END if stage in {Stage.CUTTING, Stage.LABELLING} else Phase.START,
        )

    def preview_of(self, mixture: Mixture) -> NDArray[np.uint8]:
        """Return the class, from 0, of the pixels of a preview; anything where there is no data."""
        labels = class_posterior(self._preview_samples, mixture, self.form).labels
        found: NDArray[np.uint8] = np.append(labels, np.uint8(0))[self._preview_index]
        return found

    def show_the_end(self) -> None:
        """Let the next preview be made, however short the last one is ago."""
        self._preview_time = -np.inf

    def newest_preview(
        self, mixture: Mixture, labels_every: Callable[[int], NDArray[np.uint8]] | None
    ) -> NDArray[np.uint8] | None:
        """Return the preview of a mixture, or of one shortly before if nobody looks at each."""
        if not self.is_watched and monotonic() - self._preview_time < PREVIEW_PAUSE:
            return self.preview
        if labels_every is None:
            labels = self.preview_of(mixture) + np.uint8(1)
            self.preview = np.where(self._preview_index < 0, np.uint8(0), labels)
        else:
            step = preview_step(self.image.shape)
            valid = self.image.valid[::step, ::step]
            self.preview = np.where(valid, labels_every(step) + np.uint8(1), np.uint8(0))
        self.preview.flags.writeable = False
        self._preview_time = monotonic()
        return self.preview
