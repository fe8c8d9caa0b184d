"""A mixture that the user has made, for EM to go on from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segmenter.engine.settings import NOT_JOINED

if TYPE_CHECKING:
    from segmenter.app.state import Inputs
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

# What a start has no part in, or is brought to the form of.
_FREE = {
    "covariance", "spatial", "spatial_strength", "neighbours", "contrast", "cut", "max_iterations",
    "tolerance",
}  # fmt: skip


def suits_start(before: Settings, after: Settings) -> bool:
    """Whether a start made under some settings still suits others."""
    return before.model_dump(exclude=_FREE) == after.model_dump(exclude=_FREE)


def begun_from(inputs: Inputs, mixture: Mixture) -> Inputs:
    """Return the inputs with a mixture, in the file's units, for a start; it says the classes."""
    changes: dict[str, object] = {"components": len(mixture), "join": NOT_JOINED}
    return replace(inputs, settings=inputs.settings.model_copy(update=changes), start=mixture)
