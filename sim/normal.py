"""The quantile function of the normal distribution, compiled.

The rational approximations are those of `ndtri` in the Cephes library (Moshier 1989), which scipy uses too; a test
holds both together on every uniform that can be drawn.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.compiling import compiled, inlined

__all__ = ["normal_scores"]

_EDGE = 0.13533528323661269189  # exp(−2)
_SQRT_2PI = 2.50662827463100050242

# Numerators and denominators, in the middle and in the tails.
_TOP = (
    -5.99633501014107895267e1, 9.80010754185999661536e1, -5.66762857469070293439e1, 1.39312609387279679503e1,
    -1.23916583867381258016e0,
)  # fmt: skip
_BOTTOM = (
    1.0, 1.95448858338141759834e0, 4.67627912898881538453e0, 8.63602421390890590575e1, -2.25462687854119370527e2,
    2.00260212380060660359e2, -8.20372256168333339912e1, 1.59056225126211695515e1, -1.18331621121330003142e0,
)  # fmt: skip
_NEAR_TOP = (
    4.05544892305962419923e0, 3.15251094599893866154e1, 5.71628192246421288162e1, 4.40805073893200834700e1,
    1.46849561928858024014e1, 2.18663306850790267539e0, -1.40256079171354495875e-1, -3.50424626827848203418e-2,
    -8.57456785154685413611e-4,
)  # fmt: skip
_NEAR_BOTTOM = (
    1.0, 1.57799883256466749731e1, 4.53907635128879210584e1, 4.13172038254672030440e1, 1.50425385692907503408e1,
    2.50464946208309415979e0, -1.42182922854787788574e-1, -3.80806407691578277194e-2, -9.33259480895457427372e-4,
)  # fmt: skip


def normal_scores(uniforms: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the standard normal quantiles of uniforms from `sim.streams` (float32 in (0, 1), 23 bits and a half)."""
    scores = np.empty(uniforms.shape, np.float32)
    _fill_scores(scores.reshape(-1), uniforms.reshape(-1))
    return scores


@inlined
def _polynomial(x, coefficients):
    total = coefficients[0]
    for i in range(1, len(coefficients)):
        total = total * x + coefficients[i]
    return total


@compiled
def _fill_scores(scores, uniforms):
    # First everyone as if in the middle, several at a time; then those in the tails, who need logarithms.
    for i in range(uniforms.size):
        y = np.float64(uniforms[i]) - 0.5
        square = y * y
        score = (y + y * (square * _polynomial(square, _TOP) / _polynomial(square, _BOTTOM))) * _SQRT_2PI
        scores[i] = np.float32(score)
    for i in range(uniforms.size):
        u = np.float64(uniforms[i])
        tail = min(u, 1.0 - u)
        if tail <= _EDGE:
            # x stays below 5.8 for the least uniform: the far tail of Cephes, from 8 on, is never reached.
            x = math.sqrt(-2.0 * math.log(tail))
            z = 1.0 / x
            score = x - math.log(x) / x - z * _polynomial(z, _NEAR_TOP) / _polynomial(z, _NEAR_BOTTOM)
            scores[i] = np.float32(-score if u <= _EDGE else score)
