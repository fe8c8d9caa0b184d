"""Where EM with a noise class begins.

EM cannot free a component that has settled on outliers. So the noise class takes the place of the
widest component of a mixture that has one more, or comes beside those there are, whichever is more
likely after a few steps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.driven import last_of
from segmenter.engine.priors import Independent
from segmenter.engine.refine import Seen, refine
from segmenter.engine.types import Mixture, Noise

if TYPE_CHECKING:
    from segmenter.engine.types import Samples

SHARE = 0.05  # of the noise class at the start
SHORT = 10  # EM steps by which starts are compared
REPLACED = 2  # widest components whose place is tried
NARROWEST = 1e-3  # standard deviations of a feature: the least side of the box of all samples


def with_noise_class(mixture: Mixture, density: float, share: float = SHARE) -> Mixture:
    """Return the mixture with a noise class of a given density and share."""
    return replace(mixture, noise=Noise(share, density))


def density_of_noise(samples: Samples) -> float:
    """Return the density that is uniform over the box of all samples."""
    box = np.ptp(samples.values.astype(np.float64), axis=1)
    return 1 / float(np.prod(np.maximum(box, NARROWEST)))


def likeliest_start(seen: Seen, mixture: Mixture, wider: Mixture) -> Mixture:
    """Return a mixture with a noise class from which EM goes on best.

    Parameters
    ----------
    mixture, wider
        Without a noise class; the second has one more component.
    """
    density = density_of_noise(seen.samples)
    widest = np.argsort(-np.linalg.slogdet(wider.covariances)[1], kind="stable")[:REPLACED]
    begun = [with_noise_class(mixture, density)]
    begun += [_without(wider, int(which), density) for which in widest if len(wider) > 1]
    climbed = [_climbed(seen, one) for one in begun]
    return max(climbed, key=lambda pair: pair[0])[1]


def _without(mixture: Mixture, which: int, density: float) -> Mixture:
    rest = np.delete(np.arange(len(mixture)), which)
    weights = mixture.weights[rest]
    return Mixture(
        weights / weights.sum(),
        mixture.means[rest],
        mixture.covariances[rest],
        mixture.features,
        noise=Noise(max(SHARE, min(float(mixture.weights[which]), 0.2)), density),
    )


def _climbed(seen: Seen, mixture: Mixture) -> tuple[float, Mixture]:
    prior = Independent(seen.sites, mixture.class_count)
    last = last_of(refine(seen, mixture, prior, limit=SHORT, tolerance=1e-12))
    return last.objectives[-1], last.mixture
