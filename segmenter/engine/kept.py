"""What one run leaves to the next on the same image, so that a stroke or a slider is quick."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.missing import masked
from segmenter.engine.outcome import Stop
from segmenter.engine.parameters import deciding_samples
from segmenter.engine.samples import gather

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.evening import Evened
    from segmenter.engine.iterate import Fit
    from segmenter.engine.outcome import Candidate, Result
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Features, Image, Mixture, Samples


@dataclass(frozen=True, slots=True, eq=False)
class Plain:
    """The plain mixture of an image, in scaled units, and what else could have been chosen.

    ``wider`` has one more component; None unless there is to be a noise class. ``evened`` is what
    the mixture was fitted to; None unless uneven light was to be taken out.
    """

    fit: Fit
    wider: Mixture | None = None
    candidates: tuple[Candidate, ...] = ()
    is_given: bool = False
    evened: Evened | None = None


class Kept:
    """The newest features, samples and plain mixture; what a run finds with them is the same."""

    def __init__(self) -> None:
        self._gathering = Lock()  # whoever looks at the samples need not wait for a run to end
        self._image: Image | None = None
        self._sampled: dict[str, object] = {}
        self._gathered: tuple[Image, Features, Samples] | None = None
        self._settings: Settings | None = None
        self._plain: Plain | None = None
        self._labelled: tuple[Image, Settings, NDArray[np.uint8], Mixture | None, Result] | None = (
            None
        )

    def gathered(self, image: Image, settings: Settings) -> tuple[Image, Features, Samples]:
        """Return an image without the values that the settings call missing, and what it gives."""
        with self._gathering:
            return self._found(image, settings) or self._anew(image, settings)

    def looked_at(self, image: Image, settings: Settings) -> tuple[Image, Features, Samples]:
        """Return the same to who is no run: what runs have left stays for the next."""
        with self._gathering:
            found = self._found(image, settings)
            if found is None and self._gathered is None:
                found = self._anew(image, settings)
        return found or Kept().gathered(image, settings)

    def has(self, image: Image, settings: Settings) -> bool:
        """Whether what an image gives with these settings is there."""
        with self._gathering:
            return self._found(image, settings) is not None

    def _found(self, image: Image, settings: Settings) -> tuple[Image, Features, Samples] | None:
        is_same = image is self._image and deciding_samples(settings) == self._sampled
        return self._gathered if is_same else None

    def _anew(self, image: Image, settings: Settings) -> tuple[Image, Features, Samples]:
        self._plain = None
        seen = masked(image, settings)
        self._gathered = gathered = (seen, *gather(seen, settings))
        self._image, self._sampled = image, deciding_samples(settings)
        return gathered

    def plain(self, settings: Settings) -> Plain | None:
        """Return the plain mixture of the image last gathered, if it is still there."""
        return self._plain if self._settings == settings.of_mixture() else None

    def keep(self, plain: Plain, settings: Settings) -> None:
        """Keep the plain mixture of the image last gathered."""
        self._plain, self._settings = plain, settings.of_mixture()

    def labelled(
        self, image: Image, settings: Settings, said: NDArray[np.uint8], start: Mixture | None
    ) -> Result | None:
        """Return the last result, before clean-up, if it is that of the very same.

        A start is the same if it is one and the same object.
        """
        if self._labelled is None:
            return None
        last_image, last_settings, last_said, last_start, result = self._labelled
        is_same = image is last_image and start is last_start
        is_same = is_same and settings.before_cleanup() == last_settings
        return result if is_same and np.array_equal(said, last_said) else None

    def keep_labelled(
        self,
        image: Image,
        settings: Settings,
        said: NDArray[np.uint8],
        start: Mixture | None,
        result: Result,
    ) -> None:
        """Keep a result as it was before clean-up, unless it was stopped early."""
        if result.stopped is not Stop.CANCELLED:
            self._labelled = (image, settings.before_cleanup(), said, start, result)
