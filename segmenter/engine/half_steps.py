"""What EM shows of an iteration: its half steps, one progress each.

An iteration is computed in one go, which is quickest; here it is told in the order in which one
understands it. A mixture is reached by an M-step or a leap, then its E-step colours the pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segmenter.engine.outcome import Phase, Progress
from segmenter.engine.scaling import to_file_units

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    import numpy as np
    from numpy.typing import NDArray

    from segmenter.engine.iterate import Fit
    from segmenter.engine.outcome import Stage, Watch
    from segmenter.engine.refine import Refined
    from segmenter.engine.types import Mixture
    from segmenter.engine.watched import Watched

    LabelsEvery = Callable[[int], NDArray[np.uint8]]


def half_steps(
    run: Watched,
    stage: Stage,
    done: Fit | Refined,
    history: tuple[float, ...],
    labels_every: LabelsEvery | None = None,
) -> Generator[Progress, Watch | None, None]:
    """Show the leap that may have led to a mixture, the mixture's E-step, and the M-step after it.

    Parameters
    ----------
    done
        An iteration, in scaled units.
    history
        Log-likelihoods per pixel, in scaled units, up to that of the iteration's mixture.
    labels_every
        As `Watched.progress` takes it; with None, components are shown in the order that they have
        where EM begins, so that no class changes its colour on the way.
    """
    limit, values = run.settings.max_iterations, run.in_file_units(history)
    count = len(history) - 1

    def shown(mixture: Mixture) -> Mixture:
        return mixture if labels_every else run.in_order(mixture, of=run.numbered_as(mixture))

    evaluated = shown(done.mixture)
    reached = to_file_units(evaluated, run.features)
    if done.has_leapt:
        preview = run.preview
        yield from run.shown(
            Progress(stage, count, limit, values[:-1], reached, preview, Phase.LEAP)
        )
    is_exact = run.is_watched
    preview = run.newest_preview(evaluated, labels_every)
    yield from run.shown(Progress(stage, count, limit, values, reached, preview, Phase.E_STEP))
    if done.following is not None:
        if run.is_watched and not is_exact:
            preview = run.newest_preview(evaluated, labels_every)
        moved = to_file_units(shown(done.following), run.features)
        yield from run.shown(
            Progress(stage, count + 1, limit, values, moved, preview, Phase.M_STEP)
        )
