"""k-means beside EM as tests make it up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segmenter.engine.outcome import Clusters, Phase, Progress, Stage


def clusters_of(session, phase=Phase.E_STEP, **changes):
    """Return k-means with a centre near every mean of the session's result."""
    mixture = session.state.result.mixture
    made = Clusters(
        phase,
        2,
        mixture.means + 1.0,
        mixture.features,
        np.arange(len(mixture)),
        (0.9, 0.7, 0.7, 0.6, 0.5),
        np.full((8, 9), 2, np.uint8),
    )
    return replace(made, **changes)


def show_beside(session, *, em=Phase.E_STEP, **changes):
    """Let EM wait in the middle of its way, with k-means beside it; return that."""
    clusters = clusters_of(session, **changes)
    mixture = session.state.result.mixture
    progress = Progress(Stage.FITTING, 2, 200, (-9.0, -8.5), mixture, phase=em, beside=clusters)
    session._change(progress=progress, stepping=True)
    session.set_look(k_means=True)
    return clusters
