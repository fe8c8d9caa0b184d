"""Uneven light is found in a thinned image, and taken out of all samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.light import darkness, evened, light_of
from segmenter.engine.outcome import Enough, Progress, Stage, Stop, Watch
from segmenter.engine.outliers import density_of_noise, with_noise_class
from segmenter.engine.scaling import to_file_units
from segmenter.engine.scribbles import index_of
from segmenter.engine.settings import AUTO
from segmenter.engine.shading import LIMIT, Scene, looked_at, untold
from segmenter.engine.types import Pattern, Samples

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.settings import Settings
    from segmenter.engine.shading import Lit
    from segmenter.engine.types import Features, Mixture
    from segmenter.engine.watched import Watched

MOST_COMPONENTS = 4  # with which light is estimated where their number is yet to be found
FEWEST = 64  # pixels from which something can be told
_EVEN = "The light is taken as even: "


def for_light(settings: Settings) -> Settings:
    """Return the settings of a mixture that is good enough to tell light by."""
    if settings.components != AUTO:
        return settings
    fewer = min(settings.at_most, MOST_COMPONENTS)
    return settings.model_copy(update={"components": fewer})


@dataclass(frozen=True, slots=True, eq=False)
class Evened:
    """Samples in even light, one for every pixel with data.

    ``light`` (rows, columns) float32 is by what the light multiplies the image; ``notes`` say what
    a user should know.
    """

    samples: Samples
    light: NDArray[np.float32]
    notes: tuple[str, ...] = ()


class Uneven:
    """Samples in uneven light.

    Parameters
    ----------
    shape
        (rows, columns) of the image.
    """

    def __init__(self, samples: Samples, features: Features, shape: tuple[int, int]) -> None:
        self._samples, self._dark = samples, darkness(features)
        index = index_of(samples, shape)
        self._index, self._valid = index, index >= 0

    def watched(
        self, run: Watched, start: Mixture
    ) -> Generator[Progress, Watch | None, tuple[Lit, Stop | None]]:
        """Estimate the light and show it; end when that is `Enough`, and say so."""
        if run.settings.noise_class and start.noise is None:
            start = with_noise_class(start, density_of_noise(self._samples))
        lit = untold(start)
        estimating = self.estimated(run.form, start, tolerance=run.settings.tolerance)
        try:
            while True:
                lit = next(estimating)
                shown = run.in_order(replace(lit.mixture, noise=None), of=start)
                mixture = to_file_units(shown, run.features)
                yield from run.shown(
                    Progress(Stage.SHADING, len(lit.objectives), LIMIT, mixture=mixture)
                )
        except StopIteration as end:
            return end.value, None
        except Enough:
            return lit, Stop.CANCELLED

    def estimated(
        self, form: Form, start: Mixture, *, tolerance: float
    ) -> Generator[Lit, None, Lit]:
        """Estimate the light, from pixels of which every feature is known.

        Parameters
        ----------
        start
            A mixture of the samples as they are, in scaled units.
        tolerance
            Nats per pixel that may be left to gain.
        """
        whole = self._valid
        for pattern in self._samples.patterns:
            if not pattern.observed.all():
                whole = whole & ~((self._index >= pattern.first) & (self._index < pattern.last))
        places = looked_at(whole)
        if len(places) < FEWEST or len(start) < 2 or np.isnan(self._dark).all():
            return untold(start)
        values = self._samples.values[:, self._index.ravel()[places]]
        scene = Scene(values, places, self._index.shape, form, self._dark)
        return (yield from scene.estimated(start, tolerance=tolerance))

    def without(self, lit: Lit) -> Evened:
        """Return the samples without the light; as they are if it could not be told."""
        if not lit.is_told:
            why = "no two classes lie together in most parts of the image, so nothing tells it."
            even = np.ones(self._index.shape, np.float32)
            return Evened(self._samples, even, (_EVEN + why,))
        light = light_of(lit.coefficients, self._valid)
        notes: tuple[str, ...] = ()
        if lit.is_at_limit:
            notes = ("The light varies as much as it may, by 40 %: look whether it is right.",)
        return Evened(self.apart(light), light, notes)

    def apart(self, light: NDArray[np.float32]) -> Samples:
        """Return a sample for every pixel as it is without (rows, columns) light.

        Those of one pattern are still side by side.
        """
        places = np.flatnonzero(self._valid)
        shown = self._index.ravel()[places]
        patterns: tuple[Pattern, ...] = ()
        if self._samples.patterns:
            lasts = [pattern.last for pattern in self._samples.patterns]
            number = np.searchsorted(lasts, shown, side="right")
            order = np.argsort(number, kind="stable")
            places, shown = places[order], shown[order]
            edges = np.searchsorted(number[order], np.arange(len(lasts) + 1)).tolist()
            patterns = tuple(
                Pattern(pattern.observed, *ends)
                for pattern, ends in zip(self._samples.patterns, pairwise(edges), strict=True)
            )
        values = evened(self._samples.values[:, shown], light.ravel()[places], self._dark)
        for pattern in patterns:
            values[~pattern.observed, pattern.first : pattern.last] = 0
        index = None
        if patterns or not self._valid.all():
            index = np.full(self._valid.shape, -1, np.int32)
            index.ravel()[places] = np.arange(len(places), dtype=np.int32)
        return Samples(values, np.ones(len(places), np.float32), index, patterns)
