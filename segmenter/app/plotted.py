"""What the plots show of a state, and what can be done in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from segmenter.app.sides import clusters_of
from segmenter.engine.aitken import expected_end
from segmenter.engine.marginals import Plane
from segmenter.engine.number_words import grouped
from segmenter.engine.outcome import Stage
from segmenter.engine.parameters import deciding_samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.app.state import State
    from segmenter.engine.cloud import Cloud
    from segmenter.engine.outcome import Clusters
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

WITHOUT_SAMPLES = (Stage.PREPARING, Stage.FEATURES)


class Plot(StrEnum):
    """The plots, one or two of which are to be seen."""

    CONVERGENCE = "Convergence"
    HISTOGRAM = "Histogram"
    SCATTER = "Scatter"
    CHOICE = "How many"


@dataclass(frozen=True, slots=True)
class Lasso:
    """A polygon in the plane of two features, in the file's units, that selects pixels."""

    across: str
    up: str
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Plotted:
    """Which plots are to be seen, and how.

    ``seen`` is in front, and None while the panel is hidden; ``beside`` is another one beside it,
    or None. ``feature`` is that of the histogram, ``across`` and
    ``up`` are those of the scatter; one that the image does not have stands for the first that it
    has. ``lassoing``: a drag in the scatter draws a lasso.
    """

    seen: Plot | None = Plot.CONVERGENCE
    beside: Plot | None = None
    feature: str = ""
    across: str = ""
    up: str = ""
    is_log: bool = False
    lassoing: bool = False
    lasso: Lasso | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Highlight:
    """The pixels in a lasso.

    ``marked`` (rows, columns) bool; ``share`` is of the pixels with data. ``cloud`` is what was
    looked at.
    """

    lasso: Lasso
    cloud: Cloud
    marked: NDArray[np.bool_]
    count: int
    share: float


def is_seen(state: State, plot: Plot) -> bool:
    """Whether a plot is to be seen; others need no work."""
    plots = state.look.plots
    return plots.seen is plot or (plots.seen is not None and plots.beside is plot)


def wants_cloud(state: State) -> bool:
    """Whether something shows what the mixture sees of the image."""
    is_shown = is_seen(state, Plot.HISTOGRAM) or is_seen(state, Plot.SCATTER)
    return state.image is not None and (is_shown or state.look.plots.lasso is not None)


def clouded(state: State) -> Settings | None:
    """Return the settings of what the plots show; None while a run has no samples yet."""
    if state.progress is not None:
        early = state.progress.stage in WITHOUT_SAMPLES
        return None if early else state.inputs.settings
    made = state.made_from
    return state.inputs.settings if made is None else made.settings


def light_of(state: State, settings: Settings) -> NDArray[np.float32] | None:
    """Return the light by which the samples were evened, as far as it is known."""
    result = state.result
    if not settings.shading or result is None or result.shading is None:
        return None
    return (
        result.shading if deciding_samples(result.settings) == deciding_samples(settings) else None
    )


def plotted_mixture(state: State) -> Mixture | None:
    """Return the mixture under way, the one that the user has made, or that of the result."""
    coming = None if state.progress is None else state.progress.mixture
    if coming is not None:
        return coming
    start, made = state.inputs.start, state.made_from
    if start is not None and (made is None or made.start is not start):
        return start
    return None if state.result is None else state.result.mixture


def feature_of(state: State) -> str:
    """Return the feature of the histogram; empty where there is none."""
    if state.cloud is None:
        return ""
    names = state.cloud.names
    return state.look.plots.feature if state.look.plots.feature in names else names[0]


def plane_of(state: State) -> Plane | None:
    """Return the two features of the scatter; None where there are none."""
    if state.cloud is None or len(state.cloud.names) < 2:
        return None
    names, plots = state.cloud.names, state.look.plots
    across = plots.across if plots.across in names else names[0]
    if plots.up in names and plots.up != across:
        up = plots.up
    else:
        up = next(name for name in names if name != across)
    scale = state.cloud.features.scale
    units = np.array([scale[names.index(across)], scale[names.index(up)]])
    return Plane(across, up, units)


def fits_cloud(state: State, mixture: Mixture | None) -> bool:
    """Whether a mixture is one of the features that are shown."""
    return (
        mixture is not None and state.cloud is not None and (mixture.features == state.cloud.names)
    )


def plotted_clusters(state: State) -> Clusters | None:
    """Return k-means beside EM, if it is to be seen and one of the features that are shown."""
    clusters, cloud = clusters_of(state), state.cloud
    is_fitting = clusters is not None and cloud is not None and clusters.features == cloud.names
    return clusters if is_fitting else None


def why_no_plane(state: State) -> str:
    """Say why there is no scatter; empty when there is one, or what it shows is on its way."""
    if state.cloud is None or len(state.cloud.names) > 1:
        return ""
    (only,) = state.cloud.names
    return f"A scatter needs two features; this image is seen by one ({only})."


def end_of(state: State) -> float | None:
    """Return the log-likelihood per pixel to which the run climbs, as far as that can be told."""
    return expected_end(state.curve)


def describe_highlight(highlight: Highlight) -> str:
    """Say how many pixels are in the lasso."""
    count = grouped(highlight.count)
    pixels = "1 pixel is" if highlight.count == 1 else f"{count} pixels are"
    return f"{pixels} in the lasso ({highlight.share:.1%}); Esc lets go of it."


def samples_note(state: State) -> str:
    """Say what a plot of samples shows, as far as it does not speak for itself."""
    cloud = state.cloud
    if state.highlight is not None:
        return describe_highlight(state.highlight)
    if cloud is None:
        return "What the mixture sees of the image is shown here" if state.image is None else "…"
    count = grouped(len(cloud.pixels))
    words = [f"{count} pixels"]
    if len(cloud.pixels) < np.count_nonzero(cloud.image.valid):
        words = [f"{count} pixels that stand for all"]
    settings = clouded(state)
    if settings is not None and settings.shading:
        words.append("in even light" if cloud.light is not None else "the light not yet evened")
    mixture = plotted_mixture(state)
    if mixture is not None and not fits_cloud(state, mixture):
        words.append("the mixture is of other features")
    return " · ".join(words)
