"""Where EM with a spatial model begins when noise hides the classes from a plain mixture.

Where classes overlap much, many mixtures make the pixels nearly equally likely, and the likeliest
need not be close to the truth. Two others often are. The mean of a block of pixels has much less
noise than a pixel, and most blocks lie in one class, so a mixture of block means tells classes
apart. And components of one common covariance have less to go astray with. Which is the best
beginning, the likelihood of a hidden Markov chain says: unlike the objective of a field, it is
normalised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from segmenter.engine.driven import last_of
from segmenter.engine.emission import class_moments
from segmenter.engine.filled import filled
from segmenter.engine.iterate import iterate
from segmenter.engine.maximise import m_step
from segmenter.engine.mixture import posterior
from segmenter.engine.patterns import taken
from segmenter.engine.refine import Seen, refine
from segmenter.engine.scaling import by_brightness
from segmenter.engine.scribbles import index_of, sites_of
from segmenter.engine.settings import Covariance
from segmenter.engine.starts import starts
from segmenter.engine.thinning import views_of
from segmenter.engine.types import Samples

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from segmenter.engine.maximise import Form
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture
    from segmenter.engine.watched import Watched

CERTAIN = 0.03  # of all pixels that a plain mixture expects to label wrongly: else it is doubtful
SIDE = 4  # px of a block
FEWEST = 64  # blocks that a mixture can be made of
STEPS = 30  # of EM on blocks, and with a common covariance
WINDOW = 384  # px: the side of the middle of an image by which mixtures are compared
TRIED = 2  # steps after which they are


def better_begun(run: Watched, mixture: Mixture) -> Generator[None, None, Mixture]:
    """Return the plain mixture or, where its classes overlap much, another; yield in between.

    Parameters
    ----------
    mixture
        In scaled units, ordered by brightness; each component is a class.
    """
    samples, form, settings = run.samples, run.form, run.settings
    views = views_of(samples)
    if samples.patterns or _expected_errors(views.most, mixture, form) < CERTAIN:
        return mixture
    others = [calmed(samples, mixture, form, settings, run.image.shape)]
    yield
    others.append(alike(views.most, form, settings.model_copy(update={"components": len(mixture)})))
    yield
    begun = [by_brightness(other, run.features) for other in others if other is not None]
    equal = [other for other in begun if len(other) == len(mixture)]
    return likelier(samples, (mixture, *equal), form, settings, run.image.shape)


def _expected_errors(samples: Samples, mixture: Mixture, form: Form) -> float:
    certainty = posterior(samples.values, mixture, form).responsibilities.max(axis=0)
    return 1 - float(np.average(certainty, weights=samples.weights))


def alike(samples: Samples, form: Form, settings: Settings) -> Mixture:
    """Return a mixture whose components have one common covariance."""
    return _mixture_of(samples, replace(form, covariance=Covariance.TIED), settings)


def calmed(
    samples: Samples, mixture: Mixture, form: Form, settings: Settings, shape: tuple[int, int]
) -> Mixture | None:
    """Return a mixture as that of block means has it, or None for images of few blocks.

    Parameters
    ----------
    mixture
        The plain one, ordered by brightness; each component is a class.
    """
    rows, columns = shape[0] // SIDE, shape[1] // SIDE
    if rows * columns < FEWEST:
        return None
    index = index_of(samples, shape)[: rows * SIDE, : columns * SIDE]
    is_whole = (_blocks(index) >= 0).all(axis=(1, 3)).ravel()
    if np.count_nonzero(is_whole) < FEWEST:
        return None
    means = [
        _blocks(row[index]).mean(axis=(1, 3)).ravel()[is_whole] for row in filled(samples).values
    ]
    blocks = Samples(np.stack(means), np.ones(len(means[0]), np.float32))
    found = _mixture_of(blocks, form, settings.model_copy(update={"components": len(mixture)}))
    if len(found) < len(mixture):
        return None
    parts = posterior(blocks.values, found, form).responsibilities
    occupancy = _spread(parts, is_whole, index, samples)
    begun = m_step(class_moments(samples, mixture, form, occupancy), form, samples.total)
    return None if len(begun) < len(mixture) else replace(begun, features=mixture.features)


def likelier(
    samples: Samples,
    mixtures: Sequence[Mixture],
    form: Form,
    settings: Settings,
    shape: tuple[int, int],
) -> Mixture:
    """Return which mixture makes the middle of the image likelier with a chain's help.

    The first, where the middle has hardly any data.
    """
    from segmenter.engine.chain import Chain  # noqa: PLC0415 - compiles

    middle = _middle_of(samples, shape)
    assert middle.index is not None
    if middle.total < FEWEST:
        return mixtures[0]
    sites = sites_of(middle, np.zeros(middle.index.shape, np.uint8), 1)
    seen = Seen(middle, form, sites)

    def promise(mixture: Mixture) -> float:
        prior = Chain(sites.codes, mixture.class_count, settings)
        return last_of(refine(seen, mixture, prior, limit=TRIED, tolerance=1e-12)).objectives[-1]

    return max(mixtures, key=promise)


def _middle_of(samples: Samples, shape: tuple[int, int]) -> Samples:
    """Return the samples that the middle of the image shows."""
    rows, columns = (slice(max(0, side - WINDOW) // 2, (side + WINDOW) // 2) for side in shape)
    index = index_of(samples, shape)[rows, columns]
    used, places = np.unique(index, return_inverse=True)
    has_gaps = int(used[0] < 0)
    numbers = (places - has_gaps).astype(np.int32).reshape(index.shape)
    used = used[has_gaps:]
    weights = np.bincount(numbers[numbers >= 0], minlength=len(used)).astype(np.float32)
    return replace(taken(samples, used), weights=weights, index=numbers)


def _blocks(values: NDArray[Any]) -> NDArray[Any]:
    """Return (rows, SIDE, columns, SIDE) of whole blocks."""
    rows, columns = values.shape
    return values.reshape(rows // SIDE, SIDE, columns // SIDE, SIDE)


def _mixture_of(samples: Samples, form: Form, settings: Settings) -> Mixture:
    begun = last_of(starts(samples, form, settings)).mixture
    climbing = iterate(samples, begun, form, limit=STEPS, tolerance=settings.tolerance)
    return last_of(climbing).mixture


def _spread(
    parts: NDArray[np.float32],
    is_whole: NDArray[np.bool_],
    index: NDArray[np.int32],
    samples: Samples,
) -> NDArray[np.float32]:
    """Return (classes, samples) how many pixels of the blocks of each class show a sample."""
    count = samples.values.shape[1]
    rows, columns = (side // SIDE for side in index.shape)
    shown = index.ravel()
    found = np.empty((len(parts), count), np.float32)
    for row, part in zip(found, parts, strict=True):
        of_block = np.zeros(rows * columns, np.float32)
        of_block[is_whole] = part
        of_pixel = of_block.reshape(rows, columns).repeat(SIDE, 0).repeat(SIDE, 1).ravel()
        known = shown >= 0
        row[:] = np.bincount(shown[known], of_pixel[known], minlength=count)
    return found
