"""How one run finds the plain mixture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from segmenter.engine.evening import Uneven, for_light
from segmenter.engine.half_steps import half_steps
from segmenter.engine.iterate import Fit, iterate
from segmenter.engine.kept import Kept, Plain
from segmenter.engine.mixture import em_step, posterior_of
from segmenter.engine.outcome import Candidate, Enough, Progress, Stage, Stop, Watch
from segmenter.engine.random_start import random_start
from segmenter.engine.scaling import to_file_units
from segmenter.engine.select import select
from segmenter.engine.settings import AUTO, Start
from segmenter.engine.starts import starts
from segmenter.engine.watched import Watched

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.select import Choice, Judged
    from segmenter.engine.settings import Settings
    from segmenter.engine.starts import Search
    from segmenter.engine.types import Image, Mixture

Outcome = TypeVar("Outcome")


class Run(Watched):
    """One run, as it is looked at, and how it finds the plain mixture.

    Parameters
    ----------
    asked
        How many components were asked for.
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
        super().__init__(image, settings, scribbles=scribbles, kept=kept)
        self.asked = asked

    def plain(self) -> Generator[Progress, None, Plain]:
        """Find the plain mixture, unless it is known from the run before."""
        known = self._kept.plain(self.settings)
        if known is not None:
            self.go_on_with(known.evened)
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
        self.go_on_with(evening.without(lit))
        return Fit(replace(lit.mixture, noise=begun.mixture.noise), (), stopped)

    def _numbered(self, plain: Plain) -> Plain:
        """Return the plain mixture with its components numbered by brightness."""
        return replace(plain, fit=replace(plain.fit, mixture=self.in_order(plain.fit.mixture)))

    def _searched(
        self, searching: Generator[Search, None, Outcome], stage: Stage
    ) -> Generator[Progress, None, Outcome | Fit]:
        """Drive a search and show the best so far; when that is `Enough`, it is the result."""
        best: Fit | None = None
        self.leave_beside()
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

    def _begin(
        self, begun: Fit, known: tuple[float, ...]
    ) -> Generator[Progress, Watch | None, None]:
        """Show where EM begins: with the first steps of the search, if they are looked at.

        Parameters
        ----------
        known
            The log-likelihoods of the steps that led to where EM goes on.
        """
        if begun.begun is None or not self.is_watched:
            yield from self.set_out(Stage.FITTING, begun.mixture, known)
            return
        yield from self.set_out(Stage.FITTING, begun.begun, ())
        mixture = begun.begun
        for count in range(1, len(known) + 1):
            if not self.is_watched:
                return
            following, _ = em_step(self.samples, mixture, self.form)
            done = Fit(mixture, known[:count], following=following)
            yield from half_steps(self, Stage.FITTING, done, done.log_likelihoods)
            mixture = following

    def _of_search(self, search: Search, stage: Stage) -> Progress:
        if search.best is None:
            return Progress(stage, search.done, search.tries)
        best = search.best
        found = self.progress(stage, best.mixture, best.log_likelihoods[-1:])
        return replace(found, iteration=search.done, limit=search.tries)


def _continued(known: tuple[float, ...], fit: Fit) -> Fit:
    return replace(fit, log_likelihoods=(*known, *fit.log_likelihoods))
