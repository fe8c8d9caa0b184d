"""Values in the place of missing ones, for a search that looks at distances."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.conditional import conditional
from segmenter.engine.maximise import Form
from segmenter.engine.mixture import em_step
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from segmenter.engine.types import Samples

STEPS = 20  # of EM for one Gaussian, which a few per cent of its way suffice
FEW_PATTERNS = 64  # more would slow down every step of a search
_LEAST = 1e-6  # variance of rounding in scaled units; nothing is read from it but proper shapes


def filled(samples: Samples) -> Samples:
    """Return samples whose missing values are drawn from one Gaussian, given the known ones.

    The patterns stay, so that EM still sees what is known only; where there are more than
    `FEW_PATTERNS`, they go, and EM takes what was drawn for known.
    """
    if not samples.patterns:
        return samples
    features = len(samples.values)
    form = Form(Covariance.FULL, np.full(features, _LEAST), np.ones(features))
    whole = Mixture(np.ones(1), np.zeros((1, features)), np.eye(features)[None])
    for _ in range(STEPS):
        whole = em_step(samples, whole, form)[0]
    values, random = samples.values.copy(), np.random.default_rng(0)
    for (observed, first, last), part in zip(samples.patterns, samples.parts, strict=True):
        if not observed.all():
            drawn = _drawn(part.values, whole, observed, form, random)
            values[~observed, first:last] = drawn
    patterns = samples.patterns if len(samples.patterns) <= FEW_PATTERNS else ()
    return replace(samples, values=values, patterns=patterns)


def _drawn(
    seen: NDArray[np.float32],
    whole: Mixture,
    observed: NDArray[np.bool_],
    form: Form,
    random: np.random.Generator,
) -> NDArray[np.float64]:
    """Return (missing, samples) values, drawn given the (observed, samples) ones."""
    slopes, rest = (part[0] for part in conditional(whole, observed, form))
    mean = whole.means[0]
    # einsum, not @: the bits of long products must not depend on the threads of a BLAS.
    expected = np.einsum("mo,os->ms", slopes[~observed], seen - mean[observed][:, None])
    lengths, axes = np.linalg.eigh(rest[~observed][:, ~observed])
    root = axes * np.sqrt(np.maximum(lengths, 0))
    noise = np.einsum("mn,ns->ms", root, random.standard_normal(expected.shape))
    drawn: NDArray[np.float64] = expected + mean[~observed][:, None] + noise
    return drawn
