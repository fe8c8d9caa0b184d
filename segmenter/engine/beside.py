"""k-means that goes beside EM by half steps, so that one can see where the two part.

It begins with the means of the mixture with which EM begins, and sees the same samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.kernels.kmeans import nearest_centres
from segmenter.engine.kmeans import (
    LIMIT,
    STILL,
    Half,
    by_distance,
    cost_of,
    lloyd_halves,
    squares_of,
)
from segmenter.engine.outcome import Clusters, Phase
from segmenter.engine.previews import preview_samples
from segmenter.engine.scaling import order_of_classes
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Features, Samples

LEAST = 1e-12  # pixels of a centre that has none
AT_ONCE = 2  # half steps, as many as EM does: who catches up can be interrupted between them


class Beside:
    """Follows EM; nothing is computed before someone asks how far k-means has come.

    Parameters
    ----------
    begun
        The mixture with which EM begins, in scaled units.
    shape
        (rows, columns) of the image.
    is_numbered
        Whether classes keep the numbers that they have in the mixture; else they are numbered by
        brightness, as those of EM: where it begins, and anew where it ends.
    """

    def __init__(
        self,
        samples: Samples,
        features: Features,
        begun: Mixture,
        shape: tuple[int, int],
        *,
        is_numbered: bool = False,
    ) -> None:
        self._samples, self._features, self._shape = samples, features, shape
        self._begun, self._is_numbered = begun, is_numbered
        self._due, self._is_at_end = 0, False
        self._preview: NDArray[np.uint8] | None = None
        self._is_prepared = False

    def follow(self, phase: Phase) -> None:
        """Take notice of what EM has done: the same half step is due; at its end, all are."""
        if phase in {Phase.E_STEP, Phase.M_STEP}:
            self._due += 1
        elif phase is Phase.END:
            self._due, self._is_at_end = 2 * LIMIT + 1, True

    def clusters(self) -> Clusters:
        """Do what is due, or the first of it, and return how far that is."""
        if not self._is_prepared:
            self._prepare()
        known = self._given
        for _ in range(AT_ONCE):
            if self._is_behind:
                self._go_on()
        if self._given is not known or self._is_at_end:
            self._classes = self._numbers()
            self._preview = self._colours()
        centres = self._half.centres / self._stretch
        return Clusters(
            self._phase(),
            self._moves,
            centres * self._features.scale + self._features.offset,
            self._features.names,
            self._classes,
            tuple(self._costs),
            self._preview,
            self._is_behind,
        )

    @property
    def _is_behind(self) -> bool:
        return len(self._costs) < self._due and not self._rests

    def _prepare(self) -> None:
        """Take the samples as distances see them, and the centres to where they begin."""
        self._is_prepared = True
        self._seen, self._stretch = by_distance(self._samples, self._features)
        self._squares = squares_of(self._seen)
        self._index, self._few = preview_samples(self._seen, self._shape)
        centres = (self._begun.means * self._stretch).astype(np.float32)
        self._halves = lloyd_halves(self._seen, centres, LIMIT, still=STILL)
        # The last half step, and the last that gave samples to centres: colours are by that one.
        self._half = self._given = Half(centres, np.empty(0, np.uint8), has_moved=False)
        self._moves, self._rests = 0, False
        self._costs: list[float] = []
        self._classes = self._numbers()

    def _go_on(self) -> None:
        half = next(self._halves, None)
        if half is None:
            self._rests = True
            return
        self._half = half
        self._given = self._given if half.has_moved else half
        self._moves += half.has_moved
        self._costs.append(cost_of(self._seen, half, self._squares) / self._seen.total)

    def _phase(self) -> Phase:
        if self._rests:
            return Phase.END
        if not self._costs:
            return Phase.START
        return Phase.M_STEP if self._half.has_moved else Phase.E_STEP

    def _numbers(self) -> NDArray[np.intp]:
        """Return (K,) the class of every centre."""
        if self._is_numbered:
            return self._begun.classes
        if not self._is_at_end:
            return np.argsort(order_of_classes(self._begun, self._features))
        centres, sizes = self._given.centres / self._stretch, self._begun.weights
        if len(self._given.labels):
            pixels = np.bincount(self._given.labels, self._seen.weights, minlength=len(centres))
            sizes = pixels.astype(np.float64)
        without_spread = np.zeros((*centres.shape, centres.shape[1]))
        mixture = Mixture(np.maximum(sizes, LEAST), centres, without_spread)
        return np.argsort(order_of_classes(mixture, self._features))

    def _colours(self) -> NDArray[np.uint8]:
        """Return the label map of the pixels that stand for all."""
        labels = nearest_centres(self._few.values, self._given.centres)
        numbers = self._classes[labels].astype(np.uint8) + np.uint8(1)
        found: NDArray[np.uint8] = np.append(numbers, np.uint8(0))[self._index]
        return found
