"""What a user should know about a result, one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.begin import joined
from segmenter.engine.compare import disagreement
from segmenter.engine.number_words import counted
from segmenter.engine.settings import AUTO, BY_ENTROPY, NOT_JOINED, FeatureKind, Spatial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from segmenter.engine.kept import Plain
    from segmenter.engine.refine import Refined
    from segmenter.engine.run import Run
    from segmenter.engine.types import Mixture

DOUBTFUL = 0.3  # share of the pixels that a spatial model may label unlike the plain mixture


def notes_on(run: Run, mixture: Mixture) -> tuple[str, ...]:
    """Say what is fewer than asked for, lacks data or counts for nothing, and how light went."""
    asked, found, notes = run.asked, len(mixture), []
    if found < asked:
        distinct = run.samples.values.shape[1]
        why = (
            f"the image has only {counted(distinct, 'distinct value')}"
            if distinct < asked
            else "the others became empty and were dropped"
        )
        notes.append(f"{found} of {asked} components: {why}.")
    missing = run.image.valid.size - int(np.count_nonzero(run.image.valid))
    if missing:
        notes.append(f"{counted(missing, 'pixel')} without data: label 0.")
    if run.image.missing is not None:
        notes.append(_on_incomplete_pixels(run, run.image.missing))
    notes.extend(_on_idle_settings(run))
    return (*notes, *(run.evened.notes if run.evened else ()))


def _on_idle_settings(run: Run) -> Iterator[str]:
    """Say which settings were given that count for nothing as the others stand."""
    settings = run.settings
    if settings.spatial is not Spatial.FIELD:
        given = {
            "spatial_strength": settings.spatial_strength != AUTO,
            "contrast": settings.contrast,
            "cut": settings.cut,
        }
        for name, is_given in given.items():
            if is_given:
                yield f"'{name}' counts only with spatial 'field'."
    if settings.classes != AUTO and settings.join != BY_ENTROPY and not run.scribbles.any():
        yield "'classes' counts only with join 'entropy' or with scribbles."


def _on_incomplete_pixels(run: Run, missing: NDArray[np.bool_]) -> str:
    count = int(np.count_nonzero(missing.any(axis=2)))
    lacking = f"{counted(count, 'pixel')} without some channels"
    chosen = run.settings.features
    if FeatureKind.POSITION in chosen and len(chosen) > 1 and run.settings.position_weight > 1:
        lacking += ", so the position counts no more than fully"
    if run.samples.patterns:
        return f"{lacking}; the others tell their class."
    return f"{lacking}, which the chosen features need. Choose 'channels' to use the others."


def doubts_on(
    run: Run, plain: Plain, refined: Refined, labels: NDArray[np.uint8]
) -> tuple[str, ...]:
    """Say where a spatial model and the plain mixture are at odds."""
    if run.settings.spatial is Spatial.NONE or run.scribbles.any():
        return ()
    doubts = []
    known = plain.fit.log_likelihoods
    # A chain's likelihood is normalised, so it can be compared; a field's objective is not.
    if run.settings.spatial is Spatial.CHAIN and known and refined.objectives[-1] < known[-1]:
        doubts.append(
            "The chain makes the image less likely than the plain mixture does: neighbours along "
            "its curve say too little here. Choose the field, or no spatial model."
        )
    share = _share_of_others(run, plain, labels)
    if share > DOUBTFUL:
        doubts.append(
            f"With their neighbours, {share:.0%} of the pixels are of another class than by their "
            "own values. Compare both; scribbles or a smaller spatial strength may help."
        )
    return tuple(doubts)


def _share_of_others(run: Run, plain: Plain, labels: NDArray[np.uint8]) -> float:
    """Return which share of the pixels the plain mixture has in other classes."""
    mixture = plain.fit.mixture
    if mixture.class_count == len(mixture) and run.settings.join != NOT_JOINED:
        mixture = joined(run.samples, mixture, run.form, run.settings)
    # Classes of nearly equal brightness may have changed their numbers, which is no difference.
    return disagreement(run.most_probable(mixture), labels)
