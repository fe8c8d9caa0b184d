"""The polynomial powers and logarithms keep the accuracy that they promise."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from segmenter.engine.kernels.functions import exp2, log2


@pytest.fixture(scope="module")
def exp_of():
    @numba.njit
    def each(x):
        out = np.empty_like(x)
        for i in range(len(x)):
            out[i] = exp2(x[i])
        return out

    return each


@pytest.fixture(scope="module")
def log_of():
    @numba.njit
    def each(x):
        out = np.empty(len(x), np.float64)
        for i in range(len(x)):
            out[i] = log2(x[i])
        return out

    return each


def test_powers_are_right_to_1e_7(exp_of):
    x = np.linspace(-126, 0, 400_001).astype(np.float32)
    expected = np.exp2(x.astype(float))
    assert np.abs(exp_of(x) / expected - 1).max() < 1.3e-7


@pytest.mark.parametrize("power", [0, -1, -2, -17, -126])
def test_whole_powers_are_exact(exp_of, power):
    assert exp_of(np.array([power], np.float32))[0] == 2.0**power


@pytest.mark.parametrize("x", [-126.1, -1e4, -1e30, -np.inf], ids=str)
def test_a_very_small_power_is_almost_nothing(exp_of, x):
    found = exp_of(np.array([x], np.float32))[0]
    assert 0 <= found < 1.3e-38


def test_powers_never_fall(exp_of):
    x = np.linspace(-30, 0, 200_001).astype(np.float32)
    falls = np.diff(exp_of(x).astype(float)) / np.exp2(x[1:].astype(float))
    assert falls.min() > -1.2e-7  # one unit in the last place


@pytest.mark.parametrize(
    "x",
    [
        np.linspace(1, 64, 300_001),
        np.geomspace(1, 1e30, 100_001),
        np.sqrt(2) * np.linspace(0.9999, 1.0001, 1001),
    ],
    ids=["components", "huge", "border"],
)
def test_logarithms_are_right_to_2e_9(log_of, x):
    x = x.astype(np.float32)
    assert np.abs(log_of(x) - np.log2(x.astype(float))).max() < 2e-9


@pytest.mark.parametrize("power", [0, 1, 5, 100])
def test_logarithms_of_whole_powers_are_exact(log_of, power):
    assert log_of(np.array([2.0**power], np.float32))[0] == power
