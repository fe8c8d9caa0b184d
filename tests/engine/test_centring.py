"""Features have mean 0 and variance 1 over what is known, and the step they come in is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as some

from segmenter.engine.centring import centred_and_scaled, measured_step


@given(
    there=some.arrays(np.bool_, (2, 12)),
    weights=some.arrays(np.int64, 12, elements=st.integers(1, 5)),
    together=st.booleans(),
)
def test_mean_and_variance_are_those_of_what_is_known(there, weights, together):
    raw = np.random.default_rng(0).normal([[5.0], [90]], [[1], [7]], (2, 12))
    found = centred_and_scaled(raw, (0, 0), there=there, weights=weights, together=together)
    np.testing.assert_array_equal(found.values == 0, ~there | (raw == found.offset[:, None]))
    variances = np.zeros(2)
    for feature in np.flatnonzero(there.any(axis=1)):
        own = there[feature]
        repeated = np.repeat(raw[feature, own], weights[own])
        assert found.offset[feature] == pytest.approx(repeated.mean())
        variances[feature] = repeated.var()
        back = found.values[feature, own] * found.scale[feature] + found.offset[feature]
        np.testing.assert_allclose(back, raw[feature, own], rtol=1e-5)
    if together and there.any():
        variances[:] = variances[there.any(axis=1)].mean()
    varied = variances > 1e-20
    np.testing.assert_allclose(found.scale[varied], np.sqrt(variances[varied]), rtol=1e-6)


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (np.uint8([0, 3, 10]), 1),
        (np.uint16([0, 48, 160]), 16),
        (np.int32([-514, 0, 1285]), 257),
        (np.uint64([0, 2**63, 2**63 + 2**40]), 2**40),
        (np.float32([0, 1, 2, 3, 7, 255]) / np.float32(255), 1 / 255),
        (np.float64([0.1, 0.25, 0.7, 0.712345]), 0),
        (np.random.default_rng(0).random(1000), 0),
        (np.uint8([7, 7]), 1),
        (np.float32([7, 7]), 0),
    ],
    ids=[
        "8 bit",
        "12 in 16",
        "8 as 32",
        "64 bit",
        "bytes as float",
        "odd",
        "noise",
        "one",
        "one float",
    ],
)
def test_the_step_of_the_values_is_found(values, step):
    assert measured_step(values) == pytest.approx(step, rel=1e-4)
