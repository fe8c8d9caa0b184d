"""What every result must be, however odd the image."""

from __future__ import annotations

import numpy as np
import pytest

from segmenter.engine.outcome import Stop


def assert_proper(result, valid, *, stopped=(Stop.CONVERGED, Stop.LIMIT_REACHED)):
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
    assert result.stopped in stopped
    # Without the units, whose spread may be beyond what eigenvalues can be computed of.
    spreads = np.sqrt(np.diagonal(result.mixture.covariances, axis1=1, axis2=2))
    correlations = result.mixture.covariances / (spreads[:, :, None] * spreads[:, None, :])
    assert (np.linalg.eigvalsh(correlations) > 0).all()
