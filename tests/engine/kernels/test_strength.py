"""The slope of the pseudo-likelihood is that of plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.kernels.strength import CHUNK, slope


@pytest.mark.parametrize("classes", [1, 2, 5])
@pytest.mark.parametrize("pixels", [1, 700, CHUNK + 513])
def test_it_is_that_of_plain_formulas(classes, pixels):
    random = np.random.default_rng(pixels)
    own = random.dirichlet(np.ones(classes), pixels).T.astype(np.float32, order="C")
    pull = random.uniform(0, 4, (classes, pixels)).astype(np.float32)
    at = np.append(random.normal(size=classes), 1.3)
    sums = np.full((-(-pixels // CHUNK), (classes + 1) * (classes + 2)), np.nan)
    slope(0, len(sums), own, pull, at, sums)

    joint = np.exp(at[:-1, None] + at[-1] * pull)
    expected = joint / joint.sum(axis=0)
    about = pull - (expected * pull).sum(axis=0)
    second = np.empty((classes + 1, classes + 1))
    second[:-1, :-1] = expected @ expected.T
    second[-1, :-1] = second[:-1, -1] = (expected * about).sum(axis=1)
    second[-1, -1] = (expected * about**2).sum()
    surprise = own - expected
    first = [*surprise.sum(axis=1), (surprise * pull).sum()]
    together = np.concatenate([first, second.ravel()])
    np.testing.assert_allclose(sums.sum(axis=0), together, atol=2e-6 * pixels)
