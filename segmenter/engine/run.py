"""What one run keeps between its steps, and how it finds the plain mixture."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from segmenter.engine.beside import Beside
from segmenter.engine.emission import likeliest_classes
from segmenter.engine.evening import Uneven, for_light
from segmenter.engine.half_steps import half_steps
from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.kept import Kept, Plain
from segmenter.engine.maximise import Form, in_shape
from segmenter.engine.mixture import class_posterior, em_step, posterior_of
from segmenter.engine.outcome import Candidate, Enough, Phase, Progress, Stage, Stop
from segmenter.engine.previews import preview_samples, preview_step
from segmenter.engine.random_start import random_start
from segmenter.engine.samples import on_pixels
from segmenter.engine.scaling import (
    by_brightness,
    log_scale,
    order_of_classes,
    to_file_units,
    to_scaled_units,
)
from segmenter.engine.select import select
from segmenter.engine.settings import AUTO, Start
from segmenter.engine.starts import starts

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from numpy.typing import NDArray

    from segmenter.engine.evening import Evened
    from segmenter.engine.select import Choice, Judged
    from segmenter.engine.settings import Settings
    from segmenter.engine.starts import Search
    from segmenter.engine.types import Image, Mixture

Outcome = TypeVar("Outcome")

PREVIEW_PAUSE = 1 / 30  # seconds between two previews: the eye needs no more


class Run:
    """Features, samples and the newest preview of one run.

    Parameters
    ----------
    asked
        How many components were asked for.
    scribbles
        (rows, columns) uint8 class numbers from 1, 0 where nothing is said.
    """

    def __init__(
        self,
        image: Image,
        settings: Settings,
        *,
        asked: int,
        scribbles: NDArray[np.uint8],
        kept: Kept | None = None,
    ) -> None:
        self.settings, self.asked = settings, asked
        self.scribbles = scribbles
        self._kept = kept or Kept()
        self.image, self.features, self.samples = self._kept.gathered(image, settings)
        self.form = Form(settings.covariance, self.features.noise, self.features.weight)
        # log-densities per unit of the file, not per scaled unit
        self.log_scale = log_scale(self.features, self.samples)
        self.preview: NDArray[np.uint8] | None = None
        # Whether someone looks at every step, so that every preview must be that of its step.
        self.is_watched = False
        self._beside: Beside | None = None
        self._preview_time = -np.inf
        self._preview_index, self._preview_samples = preview_samples(self.samples, image.shape)
        self.evened: Evened | None = None
        # Whether the classes are those of a mixture that was given, not numbered by brightness.
        self._is_given = False

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

    def most_probable(self, mixture: Mixture) -> NDArray[np.uint8]:
        """Return the (rows, columns) class numbers that the values alone speak for."""
        numbers = likeliest_classes(self.samples, mixture, self.form)
        return on_pixels(numbers, self.samples.index, self.image.shape)

    # ---- The plain mixture ------------------------------------------------------------------

    def plain(self) -> Generator[Progress, None, Plain]:
        """Find the plain mixture, unless it is known from the run before."""
        known = self._kept.plain(self.settings)
        if known is not None:
            self._go_on_with(known.evened)
            if self.settings.components == AUTO:
                self.asked = len(known.fit.mixture)
            return known
        if self.settings.shading:
            first = yield from self._searched(
                starts(self.samples, self.form, for_light(self.settings)), Stage.STARTS
            )
            begun = yield from self._without_shading(first)
            if begun.stopped is not None:
                return self._numbered(Plain(begun))
        found = yield from self._chosen() if self.settings.components == AUTO else self._asked_for()
        fit = found.fit
        if self.settings.noise_class and fit.stopped is not Stop.CANCELLED:
            fit = yield from self._one_more(fit)
            found = replace(found, wider=self.in_order(fit.mixture))
            if fit.stopped is Stop.CANCELLED:
                return replace(found, fit=replace(found.fit, stopped=fit.stopped))
        if fit.stopped is not Stop.CANCELLED:
            self._kept.keep(replace(found, evened=self.evened), self.settings)
        return found

    def _one_more(self, fit: Fit) -> Generator[Progress, None, Fit]:
        """Find the mixture of one component more; when there is `Enough`, it is the fit given."""
        count = len(fit.mixture) + 1
        try:
            wider = {"components": count, "start": Start.SEARCHED}
            return (yield from self._fitted(self.settings.model_copy(update=wider)))
        except Enough:
            return replace(fit, stopped=Stop.CANCELLED)

    def _asked_for(self) -> Generator[Progress, None, Plain]:
        """Find the mixture of as many components as were asked for."""
        return self._numbered(Plain((yield from self._fitted(self.settings))))

    def _chosen(self) -> Generator[Progress, None, Plain]:
        """Find the mixture of as many components as the data speak for."""
        choosing = select(self.samples, self.form, self.settings, shape=self.image.shape)
        choice = yield from self._searched(choosing, Stage.CHOOSING)
        if isinstance(choice, Fit):
            return self._numbered(Plain(choice))
        self.asked = len(choice.fit.mixture)
        fit = yield from self.climbed(choice.fit)
        candidates = tuple(self._candidate(judged, choice, fit) for judged in choice.judged)
        return self._numbered(Plain(fit, candidates=candidates))

    def _candidate(self, judged: Judged, choice: Choice, fit: Fit) -> Candidate:
        """Return a number of components with its labels; the chosen one as it is in the end."""
        is_chosen = judged is choice.chosen
        mixture = self.in_order(fit.mixture if is_chosen else judged.mixture)
        shift = 2 * choice.effective * self.log_scale
        return Candidate(
            to_file_units(mixture, self.features),
            judged.log_likelihood - self.log_scale,
            judged.bic - shift,
            judged.icl - shift,
            posterior_of(self.samples, mixture, self.form).labels + np.uint8(1),
            self.samples.index,
        )

    def _fitted(self, settings: Settings) -> Generator[Progress, None, Fit]:
        if settings.start is Start.RANDOM:
            return (yield from self.climbed(random_start(self.samples, self.form, settings)))
        searching = starts(self.samples, self.form, settings)
        begun = yield from self._searched(searching, Stage.STARTS)
        return (yield from self.climbed(begun)) if begun.stopped is None else begun

    def plain_from(self, start: Mixture) -> Generator[Progress, None, Plain]:
        """Run EM from a mixture in the file's units."""
        self._is_given = True
        begun = yield from self._without_shading(Fit(self.in_scaled_units(start), ()))
        fit = (yield from self.climbed(begun)) if begun.stopped is None else begun
        # EM of the components knows nothing of a noise class.
        mixture = replace(fit.mixture, noise=begun.mixture.noise)
        return Plain(replace(fit, mixture=mixture), is_given=True)

    def as_it_is(
        self, mixture: Mixture, log_likelihoods: tuple[float, ...], stopped: Stop
    ) -> Generator[Progress, None, Plain]:
        """Return a mixture in the file's units, with log-likelihoods in them, as it is."""
        self._is_given = True
        scaled = tuple(value + self.log_scale for value in log_likelihoods)
        fit = Fit(self.in_scaled_units(mixture), scaled, stopped)
        yield from self._without_shading(replace(fit, stopped=None))
        return Plain(fit, is_given=True)

    def _without_shading(self, begun: Fit) -> Generator[Progress, None, Fit]:
        """Take uneven light out of the samples if that is asked for; return where EM begins."""
        if begun.stopped is not None or not self.settings.shading:
            return begun
        evening = Uneven(self.samples, self.features, self.image.shape)
        lit, stopped = yield from evening.watched(self, begun.mixture)
        self._go_on_with(evening.without(lit))
        return Fit(replace(lit.mixture, noise=begun.mixture.noise), (), stopped)

    def _go_on_with(self, evened: Evened | None) -> None:
        if evened is not None:
            self.evened, self.samples = evened, evened.samples
            shape = self.image.shape
            self._preview_index, self._preview_samples = preview_samples(self.samples, shape)

    def _numbered(self, plain: Plain) -> Plain:
        """Return the plain mixture with its components numbered by brightness."""
        return replace(plain, fit=replace(plain.fit, mixture=self.in_order(plain.fit.mixture)))

    def _searched(
        self, searching: Generator[Search, None, Outcome], stage: Stage
    ) -> Generator[Progress, None, Outcome | Fit]:
        """Drive a search and show the best so far; when that is `Enough`, it is the result."""
        best: Fit | None = None
        try:
            while True:
                search = next(searching)
                best = search.best
                yield from self.shown(self._of_search(search, stage))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        except Enough:
            if best is None:
                raise
            return Fit(best.mixture, (), Stop.CANCELLED)

    def climbed(self, begun: Fit) -> Generator[Progress, None, Fit]:
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
            yield from self._begin(begun, known)
            while True:
                fit = _continued(known, next(climbing))
                yield from half_steps(self, Stage.FITTING, fit, fit.log_likelihoods)
        except StopIteration as end:
            return _continued(known, end.value)
        except Enough:
            return replace(fit, stopped=Stop.CANCELLED)

    # ---- What there is to see ---------------------------------------------------------------

    def shown(self, progress: Progress) -> Generator[Progress, bool | None, None]:
        """Yield a progress, and hear whether the step that follows is looked at."""
        if self._beside is not None:
            self._beside.follow(progress.phase)
            if self.is_watched:
                progress = replace(progress, beside=self._beside.clusters())
        self.is_watched = bool((yield progress))

    def begin_beside(self, mixture: Mixture, *, is_numbered: bool) -> None:
        """Let k-means begin anew with EM, from the same mixture in scaled units, as `Beside`."""
        self._beside = Beside(
            self.samples, self.features, mixture, self.image.shape, is_numbered=is_numbered
        )

    def _begin(
        self, begun: Fit, known: tuple[float, ...]
    ) -> Generator[Progress, bool | None, None]:
        """Show where EM begins: with the first steps of the search, if they are looked at.

        Parameters
        ----------
        known
            The log-likelihoods of the steps that led to where EM goes on.
        """
        if begun.begun is None or not self.is_watched:
            yield from self._set_out(Stage.FITTING, begun.mixture, known)
            return
        yield from self._set_out(Stage.FITTING, begun.begun, ())
        mixture = begun.begun
        for count in range(1, len(known) + 1):
            if not self.is_watched:
                return
            following, _ = em_step(self.samples, mixture, self.form)
            done = Fit(mixture, known[:count], following=following)
            yield from half_steps(self, Stage.FITTING, done, done.log_likelihoods)
            mixture = following

    def _set_out(
        self, stage: Stage, mixture: Mixture, known: tuple[float, ...]
    ) -> Generator[Progress, bool | None, None]:
        """Show a mixture that EM has not evaluated yet."""
        self.begin_beside(mixture, is_numbered=self._is_given)
        limit, values = self.settings.max_iterations, self.in_file_units(known)
        reached = to_file_units(self.in_order(mixture), self.features)
        yield from self.shown(Progress(stage, len(known), limit, values, reached, self.preview))

    def _of_search(self, search: Search, stage: Stage) -> Progress:
        if search.best is None:
            return Progress(stage, search.done, search.tries)
        best = search.best
        found = self.progress(stage, best.mixture, best.log_likelihoods[-1:])
        return replace(found, iteration=search.done, limit=search.tries)

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

    def in_order(self, mixture: Mixture, *, of: Mixture | None = None) -> Mixture:
        """Return the mixture with its classes in the order in which they are shown.

        That of a mixture that was given, or by brightness: its own, or that `of` another mixture if
        it has the same components.
        """
        if self._is_given:
            return mixture
        is_alike = of is not None and len(of) == len(mixture)
        return by_brightness(mixture, self.features, of=of if is_alike else None)

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


def _continued(known: tuple[float, ...], fit: Fit) -> Fit:
    return replace(fit, log_likelihoods=(*known, *fit.log_likelihoods))
