"""Made-up samples, mixtures and images that the tests of the engine share."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.maximise import Form
from segmenter.engine.pipeline import image_of
from segmenter.engine.settings import Covariance
from segmenter.engine.types import Mixture, Samples


@pytest.fixture(scope="session")
def random_samples():
    """Make (features, count) standard normal samples with whole weights from 1 to 5."""

    def make(features, count, *, seed=0, weighted=True):
        random = np.random.default_rng([seed, features, count])
        values = random.normal(size=(features, count)).astype(np.float32)
        weights = random.integers(1, 6, count) if weighted else np.ones(count)
        return Samples(values, weights.astype(np.float32))

    return make


@pytest.fixture(scope="session")
def random_mixture():
    """Make a mixture of the given covariance type that overlaps standard normal samples."""

    def make(components, features, covariance=Covariance.FULL, *, seed=0):
        random = np.random.default_rng([seed, components, features])
        roots = random.normal(size=(components, features, features)) * 0.4
        full = roots @ roots.transpose(0, 2, 1) + 0.3 * np.eye(features)
        variances = np.diagonal(full, axis1=1, axis2=2)
        shapes = {
            Covariance.FULL: full,
            Covariance.TIED: np.repeat(full[:1], components, axis=0),
            Covariance.DIAG: variances[:, :, None] * np.eye(features),
            Covariance.SPHERICAL: variances[:, :1, None] * np.eye(features),
        }
        weights = random.dirichlet(np.full(components, 5.0))
        means = random.normal(size=(components, features))
        return Mixture(weights, means, shapes[covariance])

    return make


@pytest.fixture(scope="session")
def form_of():
    """Make a form with plain weights and little noise, unless told otherwise."""

    def make(covariance, features, *, noise=1e-3, weight=None, noise_in_density=True):
        powers = np.ones(features) if weight is None else np.asarray(weight, float)
        return Form(covariance, np.full(features, noise), powers, noise_in_density=noise_in_density)

    return make


@pytest.fixture(scope="module")
def cloudy():
    """An image whose classes overlap, so that EM is slow enough to leap."""
    random = np.random.default_rng(3)
    middles = np.array([90, 120, 150])[random.integers(0, 3, (60, 70))]
    values = middles[..., None] + random.normal(0, 22, (60, 70, 3))
    return image_of(np.clip(values, 0, 255).astype(np.uint8))
