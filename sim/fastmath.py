"""Exponential and logarithm in float32, as short polynomials.

They vectorise, and give the same bits in every engine and on every machine, which a system's mathematics library does
not promise. Relative error of `exp32`: at most 2e-7 + 7.5e-8 |x|; of `log32`: 2e-7 absolute, for a logarithm up to 1.
"""

from __future__ import annotations

import numpy as np

from sim.compiling import inlined

__all__ = ["clip01", "exp32", "log32"]

_LOG2_E = np.float32(1.4426950408889634)
_BIAS = np.float32(127.5)
_BIAS_BITS = np.int32(127)
# 2^x on [-1/2, 1/2]: least relative error, degree 6, constant term one.
_E1 = np.float32(0.6931472)
_E2 = np.float32(0.24022648)
_E3 = np.float32(0.055503324)
_E4 = np.float32(0.009618437)
_E5 = np.float32(0.0013398875)
_E6 = np.float32(0.0001535336)
_LOWEST = np.float32(-87.0)
_HIGHEST = np.float32(87.0)

_HALF = np.float32(0.5)
_ONE = np.float32(1.0)
_ZERO = np.float32(0.0)
_LN_2 = np.float32(0.6931471805599453)
_SQRT_HALF_BITS = np.int32(0x3F3504F3)
_MANTISSA = np.int32(0x007FFFFF)
_EXPONENT_STEP = np.int32(23)
# Cephes `logf` (Moshier 1992): log(1 + f) on [sqrt(1/2) - 1, sqrt(2) - 1].
_L0 = np.float32(7.0376836292e-2)
_L1 = np.float32(-1.1514610310e-1)
_L2 = np.float32(1.1676998740e-1)
_L3 = np.float32(-1.2420140846e-1)
_L4 = np.float32(1.4249322787e-1)
_L5 = np.float32(-1.6668057665e-1)
_L6 = np.float32(2.0000714765e-1)
_L7 = np.float32(-2.4999993993e-1)
_L8 = np.float32(3.3333331174e-1)


@inlined
def exp32(x):
    """Return e**x for a float32 x, held to [-87, 87] so that the result is finite and not zero."""
    x = min(max(x, _LOWEST), _HIGHEST)
    z = x * _LOG2_E
    n = np.int32(np.int32(z + _BIAS) - _BIAS_BITS)
    f = z - np.float32(n)
    p = (((((_E6 * f + _E5) * f + _E4) * f + _E3) * f + _E2) * f + _E1) * f + _ONE
    bits = np.int32(np.float32(p).view(np.int32) + np.int32(n << _EXPONENT_STEP))
    return np.int32(bits).view(np.float32)


@inlined
def log32(x):
    """Return the natural logarithm of a positive, normal float32 x."""
    bits = np.int32(np.float32(x).view(np.int32) - _SQRT_HALF_BITS)
    e = np.float32(np.int32(bits >> _EXPONENT_STEP))
    f = np.int32(np.int32(bits & _MANTISSA) + _SQRT_HALF_BITS).view(np.float32) - _ONE
    z = f * f
    p = (((((((_L0 * f + _L1) * f + _L2) * f + _L3) * f + _L4) * f + _L5) * f + _L6) * f + _L7) * f + _L8
    return f + (p * f * z - _HALF * z) + e * _LN_2


@inlined
def clip01(x):
    """Return x held to [0, 1]."""
    return min(max(x, _ZERO), _ONE)
