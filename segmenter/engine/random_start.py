"""A start that nobody has looked for: far from the end, so that all of EM's way can be watched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.iterate import Fit
from segmenter.engine.maximise import m_step, moments_of_labels
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from segmenter.engine.maximise import Form
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Samples


def random_start(samples: Samples, form: Form, settings: Settings) -> Fit:
    """Return a mixture whose means are samples drawn by chance, all else being equal.

    Every component has the same share, and the spread of all samples. There are fewer than the
    settings ask for where there are fewer samples.
    """
    count = min(settings.at_most, len(samples.weights))
    random = np.random.default_rng(settings.seed)
    chances = samples.weights.astype(np.float64) / samples.weights.sum(dtype=np.float64)
    drawn = random.choice(len(chances), count, replace=False, p=chances)
    labels = np.zeros(len(chances), np.uint8)
    one = m_step(moments_of_labels(replace(samples, patterns=()), labels), form, samples.total)
    means = samples.values[:, drawn].T.astype(np.float64)
    shares = np.full(count, 1 / count)
    return Fit(Mixture(shares, means, np.repeat(one.covariances, count, axis=0)), ())
