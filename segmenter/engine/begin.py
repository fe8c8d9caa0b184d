"""Where EM over classes begins: the plain mixture, its components grouped and told what is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.filled import filled
from segmenter.engine.join import by_entropy, by_hand
from segmenter.engine.kmeans import lloyd, seed_centres
from segmenter.engine.maximise import in_shape, m_step, moments_of_labels
from segmenter.engine.mixture import em_step, posterior_of
from segmenter.engine.patterns import taken
from segmenter.engine.settings import AUTO, BY_ENTROPY
from segmenter.engine.split_merge import split_in_width
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.scribbles import Sites
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Samples

SHORT = 10  # EM steps of a class on its own scribbles
HELD = 0.2  # share of a class's scribbles above which a component is a part of that class
LEAST_LEFT = 0.05  # share of all scribbled classes together, to begin with, beside free ones
SHARED = 20.0  # pixels: so much does the spread of the plain components count beside scribbles


def joined(samples: Samples, mixture: Mixture, form: Form, settings: Settings) -> Mixture:
    """Return the mixture with its components, ordered by brightness, in the classes asked for.

    Raises
    ------
    SegmenterError
        When a component that is to be joined does not exist.
    """
    if settings.join == BY_ENTROPY:
        classes = by_entropy(samples, mixture, form, settings.classes)
    else:
        classes = by_hand(settings.joined_by_hand, len(mixture))
    return replace(mixture, classes=classes)


def class_count(settings: Settings, mixture: Mixture, said: int) -> int:
    """Return how many classes there are when the largest class number that is said is `said`."""
    if mixture.class_count != len(mixture):
        return max(said, mixture.class_count)
    wanted = len(mixture) if settings.classes == AUTO else int(settings.classes)
    return max(said, wanted)


def taught(samples: Samples, mixture: Mixture, form: Form, sites: Sites, classes: int) -> Mixture:
    """Return a mixture whose classes begin where scribbles say they are.

    A class of which something is said begins with components fitted to its own scribbles; the
    others keep what has least to do with any scribble. Components are handed out evenly, unless
    they have been joined before.

    Parameters
    ----------
    mixture
        The plain one, in scaled units, ordered by brightness.
    """
    samples, sizes = filled(samples), _sizes(mixture, classes)
    while len(mixture) < sizes.sum():
        mixture = split_in_width(mixture, int(np.argmax(mixture.weights)))
    of_said = {int(c) for c in np.unique(sites.classes)}
    parts = [_of_scribbles(samples, mixture, form, sites, c, sizes[c]) for c in sorted(of_said)]
    free = [c for c in range(classes) if c not in of_said]
    shares = np.full(classes, 1 / classes)
    if free:
        needed = np.repeat(free, sizes[free])
        rest = _least_said(samples, mixture, form, sites, len(needed))
        parts.append(replace(rest, classes=needed))
        # What nobody spoke of stays as common as it is.
        known = np.bincount(needed, rest.weights, minlength=classes)
        left = max(1 - float(known.sum()), LEAST_LEFT)
        shares = np.where(known > 0, known, left / max(1, len(of_said)))
        shares /= shares.sum()
    order = np.argsort(np.concatenate([part.classes for part in parts]), kind="stable")
    number = np.concatenate([part.classes for part in parts])[order]
    inside = np.concatenate([part.weights for part in parts])[order]
    within = inside / np.bincount(number, inside, minlength=classes)[number]
    return in_shape(
        Mixture(
            within * shares[number],
            np.concatenate([part.means for part in parts])[order],
            np.concatenate([part.covariances for part in parts])[order],
            mixture.features,
            number,
        ),
        form,
    )


def _sizes(mixture: Mixture, classes: int) -> NDArray[np.intp]:
    """Return how many components each class has."""
    if mixture.class_count < len(mixture):
        known = np.bincount(mixture.classes, minlength=classes)
        return np.maximum(known, 1)
    components = max(len(mixture), classes)
    each, more = divmod(components, classes)
    return each + (np.arange(classes) < more).astype(np.intp)


def _of_scribbles(
    samples: Samples, mixture: Mixture, form: Form, sites: Sites, which: int, size: int
) -> Mixture:
    """Return a class's components as its own scribbles have them."""
    mine = sites.classes == which
    own = replace(taken(samples, sites.said[mine]), weights=sites.weights[mine])
    centres = seed_centres(own, min(size, len(own.weights)), np.random.default_rng(0))
    labels, _ = lloyd(own, centres, 2)
    _, numbers = np.unique(labels, return_inverse=True)
    found = m_step(moments_of_labels(own, numbers), form, own.total)
    for _ in range(SHORT if size > 1 else 0):
        found, _ = em_step(own, found, form)
    # Few pixels, or equal ones, say too little of how far their class spreads.
    pooled = np.einsum("k,kab->ab", mixture.weights, mixture.covariances)
    pixels = found.weights * own.total
    known = (pixels / (pixels + SHARED))[:, None, None]
    return Mixture(
        found.weights,
        found.means,
        known * found.covariances + (1 - known) * pooled,
        mixture.features,
        np.full(len(found), which),
    )


def _least_said(
    samples: Samples, mixture: Mixture, form: Form, sites: Sites, count: int
) -> Mixture:
    """Return `count` components of which scribbles say least for their weight.

    A component that holds much of a class's scribbles is no free one: beside that class it would
    compete for the same pixels, and win. If too few are left, the heaviest are split.
    """
    share = held = np.zeros(len(mixture))
    if len(sites.said):
        parts = posterior_of(taken(samples, sites.said), mixture, form).responsibilities
        weighted = parts * sites.weights
        share = weighted.sum(axis=1, dtype=np.float64)
        each = [weighted[:, sites.classes == c].sum(axis=1) for c in np.unique(sites.classes)]
        held = np.max([of_class / of_class.sum() for of_class in each], axis=0)
    order = np.argsort(share / np.maximum(mixture.weights, 1e-300), kind="stable")
    free = [k for k in order if held[k] < HELD] or [order[0]]
    found = _some(mixture, np.sort(free[:count]))
    while len(found) < count:
        found = split_in_width(found, int(np.argmax(found.weights)))
    return found


def _some(mixture: Mixture, which: NDArray[np.intp]) -> Mixture:
    return Mixture(
        mixture.weights[which],
        mixture.means[which],
        mixture.covariances[which],
        mixture.features,
    )
