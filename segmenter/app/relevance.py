"""Which settings mean nothing as the others stand, and what those on auto have come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.engine.settings import AUTO, BY_ENTROPY, FeatureKind, Spatial, Start

if TYPE_CHECKING:
    from segmenter.engine.outcome import Result
    from segmenter.engine.settings import Settings

OF_A_FIELD = ("spatial_strength", "neighbours", "contrast", "cut")
OF_AUTO = ("criterion", "most_components")


def idle(settings: Settings, *, scribbled: bool) -> dict[str, str]:
    """Return the parameters that change nothing now, each with what would make it count.

    Parameters
    ----------
    scribbled
        Whether there are scribbles.
    """
    reasons: dict[str, str] = {}
    if settings.spatial is not Spatial.FIELD:
        reasons |= dict.fromkeys(OF_A_FIELD, "Counts only where Spatial is Field.")
    if settings.components != AUTO:
        reasons |= dict.fromkeys(OF_AUTO, "Counts only where Components is Auto.")
    if settings.components == AUTO:
        reasons["start"] = "Counts only where Components is a number."
    elif settings.start is Start.RANDOM:
        reasons["restarts"] = "Counts only where Start is Searched."
    if settings.join != BY_ENTROPY and not scribbled:
        reasons["classes"] = "Counts only where Join is Entropy, or with scribbles."
    if FeatureKind.POSITION not in settings.features:
        reasons["position_weight"] = "Counts only with the feature Position."
    if FeatureKind.TEXTURE not in settings.features:
        reasons["texture_scale"] = "Counts only with the feature Texture."
    return reasons


def found_by(result: Result | None) -> dict[str, float | None]:
    """Return the parameters that may be left to the data, each with what a result made of it."""
    if result is None:
        return {"components": None, "classes": None, "spatial_strength": None}
    has_noise = result.mixture.noise is not None
    return {
        "components": len(result.mixture),
        "classes": result.class_count - has_noise,
        "spatial_strength": result.strength,
    }
