"""The polynomial exp and log keep the accuracy that they promise."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from segmenter.engine.kernels.functions import exp32, log64


@pytest.fixture(scope="module")
def exp_of():
    @numba.njit
    def each(x):
        out = np.empty_like(x)
        for i in range(len(x)):
            out[i] = exp32(x[i])
        return out

    return each


@pytest.fixture(scope="module")
def log_of():
    @numba.njit
    def each(x):
        out = np.empty(len(x), np.float64)
        for i in range(len(x)):
            out[i] = log64(x[i])
        return out

    return each


def test_exp_is_right_to_1e_7(exp_of):
    x = np.linspace(-87.3, 0, 400_001).astype(np.float32)
    expected = np.exp(x.astype(float))
    assert np.abs(exp_of(x) / expected - 1).max() < 1.3e-7


def test_exp_of_zero_is_exactly_one(exp_of):
    assert exp_of(np.zeros(1, np.float32))[0] == 1


@pytest.mark.parametrize("x", [-87.4, -1e4, -1e30, -np.inf], ids=str)
def test_exp_of_very_little_is_almost_nothing(exp_of, x):
    found = exp_of(np.array([x], np.float32))[0]
    assert 0 <= found < 1.3e-38


def test_exp_never_falls(exp_of):
    x = np.linspace(-20, 0, 200_001).astype(np.float32)
    falls = np.diff(exp_of(x).astype(float)) / np.exp(x[1:].astype(float))
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
def test_log_is_right_to_1e_9(log_of, x):
    x = x.astype(np.float32)
    assert np.abs(log_of(x) - np.log(x.astype(float))).max() < 1e-9


def test_log_of_one_is_exactly_zero(log_of):
    assert log_of(np.ones(1, np.float32))[0] == 0
