"""What is run: the result follows the inputs, at once or when that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, QTimer

from segmenter.app import tasks
from segmenter.app.carried import carried
from segmenter.app.choices import StandIn, candidate_of, choices_fit, choices_of, preview_of
from segmenter.app.edited import Edited
from segmenter.app.emptied import without_emptied
from segmenter.app.results import ResultCache
from segmenter.app.run_words import describe_end
from segmenter.app.runner import Lanes, Runner
from segmenter.app.sides import previous_of
from segmenter.app.state import can_rest, is_outdated, is_running
from segmenter.engine.outcome import Progress, Stage, Watch

if TYPE_CHECKING:
    from segmenter.app.state import Inputs
    from segmenter.engine.outcome import Result
    from segmenter.engine.settings import Start
    from segmenter.engine.types import Mixture

# A change after so long a rest is followed at once; the steps of a drag are swallowed.
LIVE_DELAY_MS = 150
# Stages of a run before there can be a mixture; some take long and do not listen meanwhile.
EMPTY_HANDED = (Stage.PREPARING, Stage.FEATURES)


class Fitted(Edited):
    """Runs the engine on the image, to its end or by half steps, and keeps the last results.

    ``lanes`` are the window's background threads, ``leftovers`` what the lane that fits has left.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lanes = Lanes()
        self.leftovers = tasks.Leftovers()
        # What the run was asked for with, and the same without the classes that it has emptied.
        self._asked: Inputs | None = None
        self._fitting: Inputs | None = None
        self._stand_in: StandIn | None = None
        self._is_cold = False
        self._cache = ResultCache()
        self._live_timer = QTimer(self, singleShot=True, interval=LIVE_DELAY_MS)
        self._live_timer.timeout.connect(self.run)
        self._rest = QElapsedTimer()
        fitting = self.lanes.lane("fitting")
        self._warming = Runner(fitting, self)
        self._warming.finished.connect(self._on_warm)
        self._fits = Runner(fitting, self, may_rest=can_rest, wish=self._watch)
        self._fits.progressed.connect(self._on_progressed)
        self._fits.finished.connect(self._on_fitted)
        self._fits.failed.connect(self._on_fit_failed)
        self._fits.given_up.connect(self._on_given_up)

    def cancel(self) -> None:
        """Give up all work."""
        self._abandon_run()
        self._warming.cancel()

    # ---- By the user ----------------------------------------------------------------------

    def run(self) -> None:
        """Start a run, or let a stepped one go on to its end."""
        if self._state.stepping and self._fits.is_busy:
            self._change(stepping=False)
            self._fits.resume()
        else:
            self._start(paused=False)

    def step(self) -> None:
        """Advance the run by half a step of EM and wait; a run under way waits after its next one.

        From rest all that comes before EM is one step: the mixture with which it begins.
        """
        if self._fits.is_busy:
            self._change(stepping=True, playing=False)
            self._fits.step()
        else:
            self._start(paused=True)

    def restart(self) -> None:
        """Begin the run anew and wait where EM begins."""
        self._change(playing=False)
        self._start(paused=True)

    def begin_at(self, start: Start) -> None:
        """Let EM begin elsewhere, and wait there."""
        settings = self._state.inputs.settings.model_copy(update={"start": start})
        self.edit(f"Start {start.value}", settings=settings)
        self.restart()

    def play(self) -> None:
        """Let the run go on by half steps on its own, or wait if it does."""
        if self._state.playing:
            self._change(playing=False)
        elif self._state.image is not None:
            self.step()
            self._change(playing=True)

    def play_on(self) -> None:
        """Advance the run by half a step if it waits and what it waits with has been shown."""
        if self._fits.is_resting:
            self._fits.step()

    def stop(self) -> None:
        """End the run and keep the best so far."""
        progress = self._state.progress
        if progress is None:
            return
        if self._fits.is_busy and progress.stage not in EMPTY_HANDED:
            self._change(stepping=False)
            self._fits.enough()
        else:
            self._abandon_run()
            self._on_given_up()

    def show_k_means(self, is_wanted: bool) -> None:
        """Show k-means beside EM, at once where a run waits without it; or do not."""
        super().show_k_means(is_wanted)
        progress = self._state.progress
        is_without = progress is not None and progress.beside is None
        if is_wanted and is_without and self._fits.is_resting:
            self._fits.step()

    def set_live(self, live: bool) -> None:
        """Say whether a changed setting starts a run by itself."""
        self._change(live=live)
        is_current = self._state.result is not None and not is_outdated(self._state)
        if live and self._state.image is not None and not is_current:
            self.run()

    def choose_components(self, count: int) -> None:
        """Take so many components; if they were tried before, show at once what they gave."""
        settings = self._state.inputs.settings.model_copy(update={"components": count})
        image, choices = self._state.image, self._state.choices
        candidate = candidate_of(choices, count) if choices_fit(self._state) else None
        is_other = settings != self._state.inputs.settings
        if is_other and image is not None and choices is not None and candidate is not None:
            preview = preview_of(choices, candidate)
            self._stand_in = StandIn(image, settings, candidate.mixture, preview)
        self.edit(f"{count} components", settings=settings)
        self._run_if_outdated()

    def restart_from(self, text: str, mixture: Mixture) -> None:
        """Let EM go on at once from a mixture in the file's units, whether live or not."""
        self.begin_from(text, mixture)
        self._run_if_outdated()

    # ---- By itself ------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Load the engine in the background, before it is needed."""
        self._is_cold = True
        self._warming.start(tasks.warm_up())

    def _on_warm(self) -> None:
        self._is_cold = False

    def _follow(self, inputs: Inputs) -> None:
        known = self._cache.get(inputs)
        if known is not None:
            self._abandon_run()
            self._asked = self._fitting = inputs
            self._on_fitted(known)
        elif self._state.live:
            self._abandon_run()
            progress = self._with_stand_in(Progress(Stage.PREPARING), inputs)
            self._change(progress=progress, stepping=False)
            is_drag = self._rest.isValid() and not self._rest.hasExpired(LIVE_DELAY_MS)
            self._live_timer.start(LIVE_DELAY_MS if is_drag else 0)
            self._rest.start()

    def _run_if_outdated(self) -> None:
        """Run at once, live or not, unless the run for these very inputs is on its way."""
        fitting = self._fitting if is_running(self._state) else None
        is_for_these = fitting is not None and fitting.decides_like(self._state.inputs)
        is_on_its_way = is_for_these or self._live_timer.isActive()
        if is_outdated(self._state) and not is_on_its_way:
            self._start(paused=False)

    def _start(self, *, paused: bool) -> None:
        image, inputs = self._state.image, self._state.inputs
        if image is None:
            return
        self._abandon_run()
        self._asked = self._fitting = inputs
        self._warming.cancel()
        progress = self._with_stand_in(Progress(Stage.PREPARING), inputs)
        self._change(progress=progress, stepping=paused, failure="", notice="")
        # Who goes by half steps wants to see all of them, known or not.
        leftovers = tasks.Leftovers() if paused else self.leftovers
        self._fits.start(tasks.fit(image, inputs, leftovers), paused=paused)

    def _with_stand_in(self, progress: Progress, inputs: Inputs) -> Progress:
        """Return the progress of the run with these inputs, with what stands in for them."""
        image = self._state.image
        if self._stand_in is None or image is None:
            return progress
        return self._stand_in.for_want_of_better(progress, image, inputs.settings)

    def _abandon_run(self) -> None:
        self._live_timer.stop()
        self._fits.cancel()

    def _begin_anew(self) -> None:
        """Forget all that runs have left: there is another image."""
        self._abandon_run()
        self._cache.clear()
        self._stand_in = None
        self.leftovers = tasks.Leftovers()
        self._warm_on()

    def _warm_on(self) -> None:
        """Let what was given up for a run go on."""
        if self._is_cold and not self._warming.is_busy:
            self.warm_up()

    def _watch(self) -> Watch:
        """Return how a run that goes by half steps is looked at; asked on its lane."""
        return Watch.BESIDE if self._state.look.k_means else Watch.STEPS

    # ---- From the lane --------------------------------------------------------------------

    def _on_progressed(self, progress: Progress) -> None:
        assert self._fitting is not None
        changes = {} if progress.mixture is None else self._without_emptied(progress.mixture)
        self._change(progress=self._with_stand_in(progress, self._fitting), **changes)

    def _without_emptied(self, found: Mixture) -> dict[str, object]:
        """Return the state's inputs and look without the classes that the run has emptied.

        Only as long as they are those of the run.
        """
        assert self._fitting is not None
        inputs, look = self._state.inputs, self._state.look
        if not inputs.decides_like(self._fitting):
            return {}
        self._fitting, look = without_emptied(inputs, look, found)
        return {"inputs": self._fitting, "look": look}

    def _on_fitted(self, result: Result) -> None:
        assert self._asked is not None
        assert self._fitting is not None
        self._stand_in = None
        changes = self._without_emptied(result.mixture)
        if changes:
            self._fitting = carried(self._fitting, result)
            changes["inputs"] = self._fitting
        made_from = self._fitting
        for inputs in (self._asked, made_from):
            self._cache.keep(inputs, result)
        self._change(
            **changes,
            result=result,
            previous=previous_of(self._state, self._asked),
            made_from=made_from,
            choices=choices_of(result, self._state.choices),
            conflicts=0 if result.conflicts is None else int(np.count_nonzero(result.conflicts)),
            progress=None,
            stepping=False,
            notice=describe_end(made_from, result),
        )
        self._warm_on()

    def _on_given_up(self) -> None:
        notice = "Stopped before there was anything to keep."
        self._change(progress=None, stepping=False, notice=notice)
        self._warm_on()

    def _on_fit_failed(self, failure: str) -> None:
        self._change(progress=None, stepping=False, failure=failure)
        self._warm_on()
