"""A mixture that the user has made, for EM to go on from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmenter.engine.settings import NOT_JOINED

if TYPE_CHECKING:
    from segmenter.app.state import Inputs
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

# What a start is brought to the form of, what comes after it, and how one would be looked for.
# Not `start` itself: who chooses that wants EM to begin elsewhere.
_FREE = {
    "covariance", "spatial", "spatial_strength", "neighbours", "contrast", "cut", "max_iterations",
    "tolerance", "criterion", "most_components", "restarts", "seed",
}  # fmt: skip


def suits_start(before: Settings, after: Settings) -> bool:
    """Whether a start made under some settings still suits others."""
    were, are = (each.before_cleanup().model_dump(exclude=_FREE) for each in (before, after))
    return were == are


def begun_from(inputs: Inputs, mixture: Mixture) -> Inputs:
    """Return the inputs with a mixture, in the file's units, for a start; it says the classes."""
    changes: dict[str, object] = {"components": len(mixture), "join": NOT_JOINED}
    return replace(inputs, settings=inputs.settings.model_copy(update=changes), start=mixture)
