"""Which settings mean nothing as the others stand, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.engine.settings import AUTO, BY_ENTROPY, FeatureKind, Spatial

if TYPE_CHECKING:
    from segmenter.engine.settings import Settings

OF_A_FIELD = ("spatial_strength", "neighbours", "contrast")
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
    if settings.join != BY_ENTROPY and not scribbled:
        reasons["classes"] = "Counts only where Join is Entropy, or with scribbles."
    if FeatureKind.POSITION not in settings.features:
        reasons["position_weight"] = "Counts only with the feature Position."
    if FeatureKind.TEXTURE not in settings.features:
        reasons["texture_scale"] = "Counts only with the feature Texture."
    return reasons
