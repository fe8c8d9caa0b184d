"""What every result must be, however odd the image."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.types import Stop


def assert_proper(result, valid):
    """Check a result against the (rows, columns) of its image that have data."""
    found = len(result.mixture)
    assert result.labels.dtype == np.uint8
    assert ((result.labels == 0) == ~valid).all()
    assert result.labels.max() <= found <= result.settings.components
    assert result.mixture.weights.sum() == pytest.approx(1)
    for array in (result.mixture.means, result.mixture.covariances, result.responsibilities):
        assert np.isfinite(array).all()
    assert (result.responsibilities >= 0).all()
    np.testing.assert_allclose(result.memberships.sum(axis=0), valid, atol=1e-5)
    assert np.isfinite(result.log_likelihoods).all()
    assert (np.diff(result.log_likelihoods) >= 0).all()
    assert result.stopped in set(Stop)
    assert (np.linalg.eigvalsh(result.mixture.covariances) > 0).all()
