"""exp and log without branches, so that LLVM computes whole vectors of them."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import inlined

F = np.float32
_SMALLEST = F(-87.3)  # exp of less is no normal float32
_LOG2_E = F(1.4426950408889634)
_LN2_HIGH = F(0.693359375)
_LN2_LOW = F(-2.12194440e-4)
_ROUND = F(12582912.0)  # 1.5 * 2^23: adding it rounds to a whole number in the low bits
_ROUND_BITS = np.int32(0x4B400000)
# Minimax polynomial of (exp(r) - 1 - r) / r^2 on |r| <= ln(2)/2: the coefficients of expf in
# Cephes (Moshier).
_E2 = F(5.0000001201e-1)
_E3 = F(1.6666665459e-1)
_E4 = F(4.1665795894e-2)
_E5 = F(8.3334519073e-3)
_E6 = F(1.3981999507e-3)
_E7 = F(1.9875691500e-4)


@inlined()
def exp32(x):
    """Return exp(x) of a float32 x <= 0 to 1e-7 relative; below -87.3 it is exp(-87.3)."""
    x = max(x, _SMALLEST)
    shifted = x * _LOG2_E + _ROUND
    n = shifted - _ROUND
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    p = _E7 * r + _E6
    p = p * r + _E5
    p = p * r + _E4
    p = p * r + _E3
    p = p * r + _E2
    p = p * (r * r) + r + F(1.0)
    power = (np.float32(shifted).view(np.int32) - _ROUND_BITS + np.int32(127)) << np.int32(23)
    return p * np.int32(power).view(np.float32)


@inlined()
def log64(x):
    """Return log(x) in float64, to 1e-9 absolute, of a float32 x >= 1."""
    bits = np.float32(x).view(np.int32)
    # Move the exponent's border from 1 to sqrt(2) so that the mantissa lies around 1.
    exponent = (bits - np.int32(0x3F3504F3)) >> np.int32(23)
    mantissa = np.float64(np.int32(bits - (exponent << np.int32(23))).view(np.float32))
    t = (mantissa - 1.0) / (mantissa + 1.0)
    s = t * t
    series = 2.0 + s * (2.0 / 3 + s * (2.0 / 5 + s * (2.0 / 7 + s * (2.0 / 9))))
    return np.float64(exponent) * 0.6931471805599453 + t * series
