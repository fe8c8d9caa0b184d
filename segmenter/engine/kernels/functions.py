"""Powers and logarithms of two without branches, so that LLVM computes whole vectors of them."""

from __future__ import annotations

import numpy as np

from segmenter.engine.kernels.compile import inlined

F = np.float32
_SMALLEST = F(-126.0)  # 2 to a smaller power is no normal float32
# 1.5 * 2^23 + 127: adding it rounds to a whole number n and leaves n + 127 in the low bits, which
# shifted up are the bits of 2^n.
_ROUND = F(12583039.0)
# Minimax polynomial of (2^r - 1) / r, in relative error of 2^r, on |r| <= 1/2: 2e-9.
_E1 = F(0.693147202855)
_E2 = F(0.240226479136)
_E3 = F(0.0555033247116)
_E4 = F(0.00961843735746)
_E5 = F(0.00133988744036)
_E6 = F(0.000153533619386)
_LOG2_E = 1.4426950408889634
_SQRT_HALF_BITS = np.int32(0x3F3504F3)


@inlined()
def exp2(x):
    """Return 2^x of a float32 x <= 0 to 1e-7 relative; below -126 it is 2^-126."""
    x = max(x, _SMALLEST)
    shifted = x + _ROUND
    r = x - (shifted - _ROUND)
    p = _E6 * r + _E5
    p = p * r + _E4
    p = p * r + _E3
    p = p * r + _E2
    p = p * r + _E1
    p = p * r + F(1.0)
    power = np.float32(shifted).view(np.int32) << np.int32(23)
    return p * np.int32(power).view(np.float32)


@inlined()
def log2(x):
    """Return the binary logarithm in float64, to 2e-9 absolute, of a float32 x >= 1."""
    bits = np.float32(x).view(np.int32)
    # Move the exponent's border from 1 to sqrt(2) so that the mantissa lies around 1.
    exponent = (bits - _SQRT_HALF_BITS) >> np.int32(23)
    mantissa = np.float64(np.int32(bits - (exponent << np.int32(23))).view(np.float32))
    t = (mantissa - 1.0) / (mantissa + 1.0)
    s = t * t
    series = 2.0 + s * (2.0 / 3 + s * (2.0 / 5 + s * (2.0 / 7 + s * (2.0 / 9))))
    return np.float64(exponent) + _LOG2_E * t * series
